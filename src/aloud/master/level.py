"""Level: one gain for a whole recording, found on the recording itself, and the peaks limited."""

from collections.abc import Iterator

import numpy as np

from aloud.master.loudness import (
    CEILING_DBTP,
    LOOK,
    SHORTEST_FOR_LOUDNESS,
    TARGET_LUFS,
    LoudnessMeter,
    block_size,
    decibels,
    factor,
    highest,
    limited,
)
from aloud.master.spool import Spool
from aloud.speech import Samples

# Decoders give back peaks a little above what the encoder was given; this much is kept for them.
_CODEC_HEADROOM = 1.0  # dB
_PIECE = 1.0  # seconds
_NEAR_ENOUGH = 0.1  # LU
# Limiting takes away loudness, about half of what the gain adds: the first correction assumes
# that, the next ones what was seen. Three rounds settle it for speech.
_ROUNDS, _USUAL_YIELD, _LEAST_YIELD = 4, 0.6, 0.2


class Level:
    """The recording in ``paced`` at its final level. ``loudness`` is what it has now, in LUFS."""

    loudness: float  # LUFS of the result
    true_peak: float  # dBTP of the result

    def __init__(self, paced: Spool, sample_rate: int, loudness: float) -> None:
        self._paced, self._rate = paced, sample_rate
        self._ceiling = factor(CEILING_DBTP - _CODEC_HEADROOM)
        self._piece = (
            round(_PIECE * sample_rate) // block_size(sample_rate) * block_size(sample_rate)
        )
        peak = max((highest(p) for p in self._untouched()), default=0.0)
        if paced.length < SHORTEST_FOR_LOUDNESS * sample_rate:
            self._gain = self._ceiling / peak if peak else 1.0
        else:
            self._gain = factor(TARGET_LUFS - loudness)
        self.loudness, self.true_peak = self._settled(peak)

    def pieces(self) -> Iterator[Samples]:
        """The samples at their final level, in order, about a second each."""
        block = block_size(self._rate)
        look = -(-round(LOOK * self._rate) // block) * block
        for start, length in self._paced.pieces(self._piece):
            around = self._paced.read(start - look, length + 2 * look)
            done = limited(around * np.float32(self._gain), self._rate, self._ceiling)
            yield done[look : look + length]

    def _untouched(self) -> Iterator[Samples]:
        return (self._paced.read(*piece) for piece in self._paced.pieces(self._piece))

    def _settled(self, peak: float) -> tuple[float, float]:
        """Correct the gain until limiting no longer changes the loudness; what came of it."""
        gained, step = _USUAL_YIELD, 0.0  # LU gained for each dB of gain; the last change in dB
        before = 0.0  # LUFS, before that change
        for left in reversed(range(_ROUNDS)):
            meter, top = LoudnessMeter(self._rate), 0.0
            for piece in self.pieces():
                meter.add(piece)
                top = max(top, highest(piece))
            loudness = meter.integrated()
            missing = TARGET_LUFS - loudness
            limiting = peak * self._gain > self._ceiling
            if not left or not limiting or abs(missing) <= _NEAR_ENOUGH:
                break
            if step:
                gained = max(_LEAST_YIELD, (loudness - before) / step)
            before, step = loudness, missing / gained
            self._gain *= factor(step)
        return loudness, decibels(top)
