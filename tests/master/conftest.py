"""Scripts and speech for the master's tests."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import pytest

from aloud import article
from aloud.adapt import adapt
from aloud.script import Script
from aloud.speech import Samples, Speech, Voice
from aloud.voice import Booth, find_voice

NEWS = (
    "The harbour opened again on Tuesday, the mayor said. Boats left before sunrise; the first "
    "ferry carried many people to the islands.\nRepairs took longer than expected. Nobody was hurt."
)


@dataclass(frozen=True)
class Told:
    """A script with what an engine made of it."""

    script: Script
    voice: Voice
    speeches: list[Speech]


@pytest.fixture(scope="session")
def tones() -> Told:
    return tell("tone/beep", NEWS)


@pytest.fixture(scope="session")
def spoken() -> Told:
    return tell("espeak/en-us", f"{NEWS}\n" * 2)


def tell(voice_id: str, text: str) -> Told:
    script = adapt(article.plain(text))
    with Booth() as booth:
        voice = find_voice(voice_id, "en", booth)
        return Told(script, voice, list(booth.speak(script, voice)))


def decoded_file(path: Path) -> tuple[Samples, int]:
    """What a player hears: samples, shape (n,), and their rate."""

    def pieces() -> Iterator[Samples]:
        with av.open(str(path)) as container:
            flat = av.AudioResampler("flt", "mono", container.streams.audio[0].rate)
            for frame in container.decode(audio=0):
                for ready in flat.resample(frame):
                    yield ready.to_ndarray()[0]

    with av.open(str(path)) as container:
        rate = container.streams.audio[0].rate
    return np.concatenate(list(pieces())), rate


def measured(path: Path) -> tuple[float, float]:
    """Loudness (LUFS) and highest sample (dBFS) of the decoded file."""
    from aloud.master.loudness import LoudnessMeter, decibels, highest

    samples, rate = decoded_file(path)
    meter = LoudnessMeter(rate)
    meter.add(samples)
    return meter.integrated(), decibels(highest(samples))


@pytest.fixture(scope="session")
def decoded():
    return decoded_file


@pytest.fixture(scope="session")
def loudness_of():
    return measured


@pytest.fixture(scope="session")
def cover() -> bytes:
    """A picture of one colour, as a page would offer it (PNG), made a cover."""
    import io

    from aloud.master import to_jpeg

    sink = io.BytesIO()
    with av.open(sink, "w", format="image2pipe") as target:
        stream = target.add_stream("png")
        stream.width, stream.height, stream.pix_fmt = 300, 200, "rgb24"
        frame = av.VideoFrame.from_ndarray(np.full((200, 300, 3), 90, np.uint8), format="rgb24")
        target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return to_jpeg(sink.getvalue())
