"""Speech: what was heard, and when each word was. And Voice: who said it."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]  # shape (n,), mono, in [-1, 1]


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


def worst(sources: list[TimingSource]) -> TimingSource:
    """The least trustworthy of these, which is all that can be said of their sum."""
    return max(sources, key=list(TimingSource).index, default=TimingSource.ENGINE)


def voice_to_json(voice: Voice) -> dict[str, Any]:
    return asdict(voice)
