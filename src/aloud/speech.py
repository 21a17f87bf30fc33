"""Speech: what was heard, and when each word was. And Voice: who said it."""

import struct
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]  # shape (n,), mono, in [-1, 1]

FORMAT = 1  # of speech as bytes
_MARK = b"ALSP"
_HEAD = struct.Struct("<4sBBHIII")  # mark, format, timing source, 0, Hz, samples, timings
_FULL_SCALE = 32768.0  # of 16-bit samples
_LONGEST = 2**31 - 1  # samples: times are 32-bit integers


class TimingSource(StrEnum):
    """Where word times come from, best first. Joined speech takes the worst of its parts."""

    ENGINE = "engine"
    ALIGNED = "aligned"
    ESTIMATED = "estimated"


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks."""

    id: str  # "engine/name"
    name: str  # as a person would say it
    language: str  # BCP 47
    sample_rate: int  # Hz
    natural_wpm: float  # spoken words a minute at rate 1.0, measured
    loudness: float  # LUFS at rate 1.0, less what is limited on the way to -16 LUFS, measured
    licence: str  # SPDX, of the voice's data
    source: str  # where the voice comes from: a URL, or the package that carries it
    sha256: str  # of the voice's data; "" where the engine makes it from rules
    bytes: int  # size of the voice's data, 0 likewise


@dataclass(frozen=True, slots=True)
class TokenTiming:
    """When one token is heard."""

    utterance: int  # index into the script's utterances
    token: int  # index into that utterance's tokens
    start: float  # seconds
    end: float  # seconds, not before start


@dataclass(frozen=True, slots=True, eq=False)
class Speech:
    """One utterance as it was spoken at natural rate, silence at its edges cut off."""

    samples: Samples
    sample_rate: int  # Hz
    timings: tuple[TokenTiming, ...]  # one a token, sorted, within the samples
    timing_source: TimingSource

    @property
    def duration(self) -> float:
        return len(self.samples) / self.sample_rate  # seconds


def silence(tokens: int, sample_rate: int) -> Speech:
    """What is heard of an utterance that a voice has no sound for: nothing, and then its pause.
    ``sample_rate`` is in Hz; ``tokens`` is how many it has, each of them heard at once."""
    times = tuple(TokenTiming(0, token, 0.0, 0.0) for token in range(tokens))
    return Speech(np.zeros(0, np.float32), sample_rate, times, TimingSource.ENGINE)


def worst(sources: list[TimingSource]) -> TimingSource:
    """The least trustworthy of these, which is all that can be said of their sum."""
    return max(sources, key=list(TimingSource).index, default=TimingSource.ENGINE)


def voice_to_json(voice: Voice) -> dict[str, Any]:
    return asdict(voice)


def to_bytes(speech: Speech) -> bytes:
    """One utterance's speech as it is kept: a head, times as pairs of 32-bit integers (start and
    end in samples, rounded), then 16-bit samples, all little-endian.

    Samples are rounded to the nearest of the 65,536 levels, and clipped: +1.0 becomes
    32,767/32,768. Samples that come from 16 bits (espeak's do) survive exactly.

    Raises:
        ValueError: times that are not one a token of utterance 0, in order and within the
            samples, or samples that are no numbers.
    """
    count = len(speech.samples)
    if not (0 < speech.sample_rate < 2**32 and count <= _LONGEST):
        raise ValueError(f"{count} samples at {speech.sample_rate} Hz cannot be written")
    if [(t.utterance, t.token) for t in speech.timings] != [
        (0, token) for token in range(len(speech.timings))
    ]:
        raise ValueError("speech is written an utterance at a time, with a time for each token")
    if not np.isfinite(speech.samples).all():
        raise ValueError("a sample is no number")
    seconds = [(t.start, t.end) for t in speech.timings]
    times = np.rint(np.array(seconds, np.float64).reshape(-1, 2) * speech.sample_rate)
    if not _in_order(times, count):
        raise ValueError("a time lies outside the samples, or out of order")
    source = list(TimingSource).index(speech.timing_source)
    levels = np.rint(speech.samples.astype(np.float64) * _FULL_SCALE)
    head = _HEAD.pack(_MARK, FORMAT, source, 0, speech.sample_rate, count, len(times))
    clipped = np.clip(levels, -_FULL_SCALE, _FULL_SCALE - 1)
    return head + times.astype("<i4").tobytes() + clipped.astype("<i2").tobytes()


def from_bytes(data: bytes) -> Speech:
    """The speech that `to_bytes` wrote.

    Raises:
        ValueError: these are not such bytes, or not all of them.
    """
    if len(data) < _HEAD.size:
        raise ValueError("these bytes are no speech")
    mark, version, source, zero, sample_rate, count, tokens = _HEAD.unpack_from(data)
    if mark != _MARK or version != FORMAT or zero or not sample_rate:
        raise ValueError("these bytes are no speech of this format")
    if source >= len(TimingSource) or count > _LONGEST:
        raise ValueError("this speech's head contradicts itself")
    if len(data) != _HEAD.size + 8 * tokens + 2 * count:
        raise ValueError("this speech is cut off, or has something behind it")
    times = np.frombuffer(data, "<i4", 2 * tokens, _HEAD.size).reshape(-1, 2)
    if not _in_order(times, count):
        raise ValueError("a time lies outside the samples, or out of order")
    levels = np.frombuffer(data, "<i2", count, _HEAD.size + 8 * tokens)
    return Speech(
        samples=levels.astype(np.float32) / np.float32(_FULL_SCALE),
        sample_rate=sample_rate,
        timings=tuple(
            TokenTiming(0, token, start / sample_rate, end / sample_rate)
            for token, (start, end) in enumerate(times.tolist())
        ),
        timing_source=list(TimingSource)[source],
    )


def _in_order(times: NDArray[np.float64] | NDArray[np.int32], count: int) -> bool:
    """Whether these ``[start, end)`` samples, shape (n, 2), lie in order within ``count``."""
    starts, ends = times[:, 0], times[:, 1]
    inside = (starts >= 0).all() and (ends <= count).all()
    return bool(inside and (starts <= ends).all() and (np.diff(starts) >= 0).all())
