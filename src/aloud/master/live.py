"""Live: utterances become segments of a stream while the next ones are still being spoken.

A run is one encoder from some utterance on. Inside a run nothing is ever encoded again or filled
up, so its segments play one after another without a gap; a jump opens a new run.
"""

import io
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

import av
import numpy as np

from aloud.errors import MasterError
from aloud.master.boxes import fragment
from aloud.master.level import LIMIT
from aloud.master.loudness import TARGET_LUFS, factor, limited
from aloud.speech import Samples, Speech, Voice

MEDIA_TYPE = 'audio/mp4; codecs="mp4a.40.2"'  # what a MediaSource is asked to open
_FRAME = 1024  # samples of one AAC packet
# What ffmpeg's AAC encoder holds back: a packet comes out when the two frames after its own have
# gone in. Every utterance is followed by as much silence, so only silence is ever held back, and
# what one segment holds back is the lead of the next.
HELD_BACK = 2 * _FRAME  # samples
_BIT_RATE = 64_000  # bits a second, as in the finished m4a
_OPTIONS = {"aac_coder": "fast"}


@dataclass(frozen=True, slots=True)
class Segment:
    """One utterance and the pause after it, ready to be appended to a stream."""

    data: bytes  # moof and mdat; starts at time zero
    samples: int  # its true length, a whole number of packets
    lead: int  # samples from its beginning to the utterance's first sample


class LiveEncoder:
    """One run of AAC in fragments of MP4. Not for two threads at once.

    ``init`` comes before the first segment; a player gives each segment the sum of the lengths
    before it (``timestampOffset``). Samples are multiplied by ``gain`` and their peaks limited
    as in the finished file.
    """

    def __init__(self, sample_rate: int, gain: float) -> None:
        """Open the encoder.

        Raises:
            MasterError: AAC knows no such sample rate.
        """
        self.init = _init(sample_rate)  # ftyp and moov
        self._rate, self._gain = sample_rate, gain
        self._codec = av.CodecContext.create("aac", "w")
        _set_up(self._codec, sample_rate)
        self._at = 0  # samples encoded
        self._sequence = 0
        # The first packet primes the decoder and is dropped: without it the first frame is lost,
        # so that frame is silence too, and the lead is the same in every segment.
        self._encode(np.zeros(HELD_BACK, np.float32))

    def segment(self, speech: Speech, pause: float) -> Segment:
        """The next utterance, and ``pause`` seconds after it, to the nearest packet.

        A pause is never shorter than what the encoder holds back (0.09 s at 22,050 Hz).

        Raises:
            MasterError: the sample rate is not that of this run.
        """
        if speech.sample_rate != self._rate:
            raise MasterError("the voice changed its sample rate in the middle")
        spoken = limited(speech.samples * np.float32(self._gain), self._rate, LIMIT)
        wanted = round((len(spoken) + pause * self._rate) / _FRAME)
        least = -(-(len(spoken) + HELD_BACK) // _FRAME)
        samples = max(wanted, least) * _FRAME
        packets = self._encode(np.pad(spoken, (0, samples - len(spoken))))
        return Segment(self._fragment(packets), samples, HELD_BACK)

    def end(self) -> bytes | None:
        """The `HELD_BACK` samples of silence that end the run; None if nothing was spoken.

        After it the run takes no more utterances.
        """
        packets = [bytes(packet) for packet in self._codec.encode(None)]
        return self._fragment(packets) if self._sequence else None

    def _encode(self, samples: Samples) -> list[bytes]:
        """Put whole frames in; the packets that come out."""
        packets: list[bytes] = []
        for frame in samples.reshape(-1, 1, _FRAME):
            sound = av.AudioFrame.from_ndarray(frame, format="fltp", layout="mono")
            sound.sample_rate, sound.pts = self._rate, self._at
            sound.time_base = Fraction(1, self._rate)
            self._at += _FRAME
            packets += [bytes(p) for p in self._codec.encode(sound) if (p.pts or 0) >= 0]
        return packets

    def _fragment(self, packets: list[bytes]) -> bytes:
        self._sequence += 1
        return fragment(self._sequence, packets, _FRAME)


def live_gain(voice: Voice) -> float:
    """The factor that brings a voice to the loudness of a finished file, before it is heard."""
    return factor(TARGET_LUFS - voice.loudness)


@cache
def _init(sample_rate: int) -> bytes:
    """What a stream begins with. The same for every run at this rate."""
    codec = av.Codec("aac", "w")
    if sample_rate not in (codec.audio_rates or ()):
        raise MasterError(
            f"a voice of {sample_rate} Hz cannot be heard while it speaks",
            hint="wait for the finished recording, or choose another voice: aloud voices",
        )
    sink = io.BytesIO()
    # bitexact: no name of a program and its version inside
    options = {"movflags": "empty_moov+default_base_moof+frag_custom", "fflags": "+bitexact"}
    with av.open(sink, "w", format="mp4", options=options) as container:
        stream = container.add_stream("aac", rate=sample_rate)
        assert isinstance(stream, av.AudioStream)
        _set_up(stream.codec_context, sample_rate)
        container.start_encoding()
        return sink.getvalue()  # before the container is closed, which appends an index


def _set_up(codec: av.AudioCodecContext, sample_rate: int) -> None:
    codec.sample_rate, codec.layout, codec.bit_rate = sample_rate, "mono", _BIT_RATE
    codec.format = av.AudioFormat("fltp")
    codec.options = dict(_OPTIONS)
    codec.open()
