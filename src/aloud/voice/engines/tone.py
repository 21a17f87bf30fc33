"""The tone engine: a beep a word, its times exact, no weights. It stands in for voices in tests.

Each word starts with the steepest edge a beep can have, so that where it lands can be measured
to the sample after any change of pace and any codec.
"""

import numpy as np

from aloud import __version__
from aloud.script import Utterance
from aloud.speech import Samples, Speech, TimingSource, TokenTiming, Voice
from aloud.voice.engine import Concurrency

SAMPLE_RATE = 24_000  # Hz
BEEP = 0.04  # seconds a character
GAP = 0.08  # seconds of silence between two words
LEVEL = 0.25
PITCHES = (660.0, 880.0)  # Hz, in turn, so that neighbours can be told apart


class ToneEngine:
    """Beeps. A word of n characters takes n x 40 ms, and 80 ms of silence follow it."""

    name = "tone"
    version = __version__
    concurrency = Concurrency.SHARED

    def voices(self) -> tuple[Voice, ...]:
        return (
            Voice(
                id="tone/beep",
                name="Beep (for tests)",
                language="und",
                sample_rate=SAMPLE_RATE,
                natural_wpm=215.7,  # of an English news text (bench/voices.py)
                loudness=-17.3,  # likewise
                licence="GPL-3.0-or-later",
                source="aloud",
                sha256="",
                bytes=0,
            ),
        )

    def speak(self, utterance: Utterance, voice: Voice, *, rate: float = 1.0) -> Speech:
        parts: list[Samples] = []
        timings: list[TokenTiming] = []
        at = 0
        gap = round(GAP / rate * SAMPLE_RATE)
        for index, token in enumerate(utterance.tokens):
            if index:
                parts.append(np.zeros(gap, np.float32))
                at += gap
            beep = _beep(max(1, len(token.spoken)) * BEEP / rate, PITCHES[index % 2])
            parts.append(beep)
            end = at + len(beep)
            timings.append(TokenTiming(0, index, at / SAMPLE_RATE, end / SAMPLE_RATE))
            at = end
        return Speech(np.concatenate(parts), SAMPLE_RATE, tuple(timings), TimingSource.ENGINE)


def _beep(seconds: float, pitch: float) -> Samples:
    t = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    wave = LEVEL * np.cos(2 * np.pi * pitch * t)  # a cosine: full level at the first sample
    fade = np.minimum(1.0, (len(t) - np.arange(len(t))) / (0.01 * SAMPLE_RATE))
    return (wave * fade).astype(np.float32)
