"""Stream: one file of sound that is heard while it is still being spoken, for other programs.

Its bytes come out utterance by utterance and are never gone back to: no index, no total length,
no loudness of the whole. What needs those is made by `master`.
"""

from collections.abc import Generator, Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import chain

import av
import av.container
import numpy as np

from aloud.errors import MasterError
from aloud.master.encode import FORMATS, Format
from aloud.master.level import LIMIT
from aloud.master.loudness import limited
from aloud.master.stretch import stretch
from aloud.pace import Flow
from aloud.speech import Samples, Speech

_RAW_RATE = 24_000  # Hz of OpenAI's pcm, which no header tells; wav has the same

# Media types as OpenAI sends them. Not every one is registered, but clients compare them.
STREAMED = {
    # A Xing frame holds the number of frames, so it is written last and at the beginning: without
    # it players cannot take off the encoder's delay, and the stream begins 25 ms late.
    "mp3": replace(FORMATS["mp3"], container_options={"write_xing": "0", "id3v2_version": "0"}),
    # ffmpeg fills pages of a second, which the first words would wait for (microseconds).
    "opus": replace(
        FORMATS["opus"], media_type="audio/opus", container_options={"page_duration": "100000"}
    ),
    # 44.1 kHz for the same reason as mp3: the delay, which ADTS cannot tell either, is 23 ms.
    "aac": Format(
        "aac", "audio/aac", "adts", "aac", 44_100, "fltp", 64_000,
        {"aac_coder": "fast"}, {}, False,
    ),
    # Without padding, which is 8 KiB to be filled by taggers.
    "flac": Format(
        "flac", "audio/flac", "flac", "flac", None, "s16", None,
        {}, {"metadata_header_padding": "0"}, False,
    ),
    "wav": replace(FORMATS["wav"], sample_rate=_RAW_RATE),
    "pcm": Format(
        "pcm", "audio/pcm", "s16le", "pcm_s16le", _RAW_RATE, "s16", None, {}, {}, False
    ),
}  # fmt: skip


def stream(
    speeches: Iterable[tuple[Speech, float]], kind: str, *, gain: float, rate: float = 1.0
) -> Iterator[bytes]:
    """The bytes of one recording, some as soon as each utterance is spoken.

    ``speeches`` are utterances in order with the seconds of pause after each, at natural rate; 0
    after the last. ``kind`` is one of `STREAMED`. Samples are multiplied by ``gain`` and their
    peaks limited as in a finished file; ``rate`` 2.0 takes half the time. When nobody asks any
    more (the iterator is closed), speaking ends too.

    Raises:
        MasterError: nothing to say, or the voice changed its sample rate.
    """
    source = iter(speeches)
    try:
        first = next(source, None)
        if first is None:
            raise _nothing()
        sample_rate = first[0].sample_rate
        pieces = _paced(chain((first,), source), sample_rate, gain, rate)
        yield from _encoded(pieces, sample_rate, STREAMED[kind])
    finally:
        if isinstance(source, Generator):
            source.close()


def _paced(
    speeches: Iterable[tuple[Speech, float]], sample_rate: int, gain: float, rate: float
) -> Iterator[Samples]:
    """Each utterance in its time and at its level, silence after it."""
    flow = Flow(sample_rate, rate)
    for speech, pause in speeches:
        if speech.sample_rate != sample_rate:
            raise MasterError("the voice changed its sample rate in the middle")
        slot = flow.place(len(speech.samples), pause)
        onsets = [timing.start * sample_rate for timing in speech.timings]
        spoken = stretch(speech.samples, sample_rate, slot.length, onsets).samples
        yield np.pad(limited(spoken * np.float32(gain), sample_rate, LIMIT), (0, slot.pause))


def _encoded(pieces: Iterator[Samples], sample_rate: int, kind: Format) -> Iterator[bytes]:
    sink = _Sink()
    # bitexact: no name of a program and its version inside. Every packet is flushed: otherwise
    # 32 KiB are gathered first, four seconds of mp3.
    options = {**kind.container_options, "fflags": "+bitexact", "flush_packets": "1"}
    with av.open(sink, "w", format=kind.container, options=options) as container:
        rate = kind.sample_rate or sample_rate
        track = _track(container, kind, rate)
        container.start_encoding()
        resampler = av.AudioResampler(kind.sample_format, "mono", rate)
        at = 0
        for samples in pieces:
            if not len(samples):
                continue  # a word that the voice has no sound for
            level = np.ascontiguousarray(samples[None, :] * np.float32(kind.level))
            frame = av.AudioFrame.from_ndarray(level, format="flt", layout="mono")
            frame.sample_rate, frame.pts = sample_rate, at
            frame.time_base = Fraction(1, sample_rate)
            at += len(samples)
            for ready in resampler.resample(frame):
                container.mux(track.encode(ready))
            if sink.written:
                yield sink.taken()
        if not at:
            raise _nothing()
        for ready in resampler.resample(None):
            container.mux(track.encode(ready))
        container.mux(track.encode(None))
    if sink.written:
        yield sink.taken()


def _track(container: av.container.OutputContainer, kind: Format, rate: int) -> av.AudioStream:
    track = container.add_stream(kind.codec, rate=rate, options=dict(kind.options))
    assert isinstance(track, av.AudioStream)
    track.codec_context.layout = "mono"
    track.codec_context.format = av.AudioFormat(kind.sample_format)
    if kind.bit_rate:
        track.codec_context.bit_rate = kind.bit_rate
    return track


def _nothing() -> MasterError:
    return MasterError("there is nothing to say", hint="give a text with words in it")


class _Sink:
    """Takes what a muxer writes. It has no ``seek``: no muxer can go back in it."""

    def __init__(self) -> None:
        self.written: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.written.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        """What was written since the last time."""
        data = b"".join(self.written)
        self.written.clear()
        return data
