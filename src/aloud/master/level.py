"""Level: one gain for a whole recording, found on the recording itself, and the peaks limited."""

from collections.abc import Callable, Iterable, Iterator

import numpy as np

from aloud.master.loudness import (
    BLOCK,
    CEILING_DBTP,
    LOOK,
    SHORTEST_FOR_LOUDNESS,
    SILENCE_LUFS,
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
LIMIT = factor(CEILING_DBTP - _CODEC_HEADROOM)  # what no sample's true peak is above
_PIECE = 1.0  # seconds
# Pieces, spread evenly, on which the loss by limiting is found out: two minutes tell it to a few
# hundredths of a LU, and a three-hour recording need not be gone through again and again.
_SAMPLE = 120
_NEAR_ENOUGH = 0.05  # LU
# Limiting takes away loudness, about half of what the gain adds: the first correction assumes
# that, the next ones what was seen. Three rounds settle it for speech.
_ROUNDS, _USUAL_YIELD, _LEAST_YIELD = 4, 0.6, 0.2


class Level:
    """The recording in ``paced`` at its final level. ``loudness`` is what it has now, in LUFS.
    ``resting`` is called after every second that was measured: others may come first.

    Go through `pieces` to the end, as often as it is to be written; then `loudness` and
    `true_peak` say what came of it.
    """

    gain: float  # factor, before the limiter
    loudness: float  # LUFS
    true_peak: float  # dBTP

    def __init__(
        self,
        paced: Spool,
        sample_rate: int,
        loudness: float,
        resting: Callable[[], None] = lambda: None,
    ) -> None:
        self._paced, self._rate, self._resting = paced, sample_rate, resting
        self._block = block_size(sample_rate)
        self._places = list(paced.pieces(round(_PIECE / BLOCK) * self._block))
        if paced.length < SHORTEST_FOR_LOUDNESS * sample_rate:
            peak = max(highest(paced.read(*place)) for place in self._places)
            self.gain = LIMIT / peak if peak else 1.0
        else:
            self.gain = self._settled(loudness)

    def pieces(self) -> Iterator[Samples]:
        """The samples at their final level, in order, about a second each."""
        meter, top = LoudnessMeter(self._rate), 0.0
        for start, length in self._places:
            piece = self._levelled(start, length, self.gain)
            meter.add(piece)
            top = max(top, highest(piece))
            yield piece
        self.loudness, self.true_peak = meter.integrated(), decibels(top)

    def _levelled(self, start: int, length: int, gain: float) -> Samples:
        look = -(-round(LOOK * self._rate) // self._block) * self._block
        around = self._paced.read(start - look, length + 2 * look) * np.float32(gain)
        return limited(around, self._rate, LIMIT)[look : look + length]

    def _settled(self, loudness: float) -> float:
        """The gain that leads to the target although limiting takes some of it away."""
        if loudness <= SILENCE_LUFS:
            return 1.0
        places = self._places[:: max(1, len(self._places) // _SAMPLE)]
        before = self._measured(self._paced.read(*place) for place in places)
        gain, reached, step = TARGET_LUFS - loudness, 0.0, 0.0  # dB, LUFS, dB
        gained = _USUAL_YIELD  # LU for each dB of gain
        for _ in range(_ROUNDS):
            after = self._measured(self._levelled(*place, factor(gain)) for place in places)
            previous, reached = reached, loudness + (after - before)
            missing = TARGET_LUFS - reached
            if abs(missing) <= _NEAR_ENOUGH:
                break
            if step:
                gained = max(_LEAST_YIELD, (reached - previous) / step)
            step = missing / gained
            gain += step
        return factor(gain)

    def _measured(self, pieces: Iterable[Samples]) -> float:
        meter = LoudnessMeter(self._rate)
        for piece in pieces:
            meter.add(piece)
            self._resting()
        return meter.integrated()
