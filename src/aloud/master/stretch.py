"""Stretch: the same speech in another time, at the same pitch, with every word's onset exact.

WSOLA (Verhelst & Roelands 1993) with a short window, which keeps speech far better understood
at 2x than phase vocoders or ffmpeg's atempo (docs/notes/speed.md). Two things are ours: the result
has exactly the length asked for, and each word begins in the middle of a window that is taken
from exactly there, so onsets are never doubled or smeared and their times are known, not guessed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aloud.speech import Samples

# 20 ms, +-7.5 ms: best of the plain WSOLA settings for words understood at 1.5x to 3x.
_HOP = 0.010  # seconds; windows of two hops overlap by half
_SEARCH = 0.0075  # seconds to either side


@dataclass(frozen=True, slots=True, eq=False)
class Stretched:
    """Speech in its new time, and the map from the old: ``before[i]`` is heard at ``after[i]``."""

    samples: Samples
    before: NDArray[np.float64]  # samples, rising
    after: NDArray[np.float64]  # samples, rising

    def moved(self, positions: Sequence[float] | NDArray[np.float64]) -> NDArray[np.float64]:
        """Where these sample positions of the old speech are in the new."""
        return np.interp(positions, self.before, self.after)


def stretch(
    samples: Samples,
    sample_rate: int,
    length: int,
    onsets: Sequence[float] | NDArray[np.float64] = (),
) -> Stretched:
    """``samples`` in exactly ``length`` samples. ``onsets`` are sample positions, sorted, that
    must come through whole: the beginnings of words."""
    count = len(samples)
    if length == count or count == 0 or length == 0:
        kept = samples if length == count else np.zeros(length, np.float32)
        return Stretched(kept, np.array([0.0, count]), np.array([0.0, length]))
    hop = round(_HOP * sample_rate)
    before, after = _anchors(count, length, onsets, hop)
    centres = _centres(samples, hop, round(_SEARCH * sample_rate), length, before, after)
    return Stretched(_overlapped(samples, centres, hop)[:length], before, after)


def _anchors(
    count: int, length: int, onsets: Sequence[float] | NDArray[np.float64], hop: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Points of the time map. Each onset moves to the nearest middle of a window (5 ms at most)."""
    before, after = [0.0], [0.0]
    for onset in onsets:
        place = round(onset * length / count / hop) * hop
        # Two words in one hop cannot both have its middle; the second lies between its neighbours.
        if round(onset) > before[-1] and after[-1] < place < length and onset < count:
            before.append(float(round(onset)))
            after.append(float(place))
    return np.array([*before, float(count)]), np.array([*after, float(length)])


def _centres(
    samples: Samples,
    hop: int,
    search: int,
    length: int,
    before: NDArray[np.float64],
    after: NDArray[np.float64],
) -> list[int]:
    """Which sample of the old speech stands in the middle of each window of the new."""
    frames = -(-length // hop) + 1
    places = np.arange(frames) * hop
    wanted = np.rint(np.interp(places, after, before)).astype(int)
    wanted[-1] = before[-1] + (places[-1] - length)
    spans = np.searchsorted(after, places, side="right") - 1
    at_anchor = np.isin(places, after[:-1])
    likeness = _Likeness(samples, hop, search)
    centres: list[int] = []
    for frame in range(frames):
        nominal = int(wanted[frame])
        if at_anchor[frame] or frame == frames - 1:
            centres.append(nominal)
            continue
        span = spans[frame]
        # No window near an onset may show it a second time, early or late.
        low = max(nominal - search, int(before[span]) + hop)
        high = min(nominal + search, int(before[span + 1]) - hop)
        centres.append(likeness.best(centres[-1] + hop, low, high) if low < high else nominal)
    return centres


class _Likeness:
    """Finds the piece of speech that goes on most like the piece before it did."""

    def __init__(self, samples: Samples, hop: int, search: int) -> None:
        self._width = 2 * hop
        self._offset = hop + search  # from a window's middle to its beginning in the padded sound
        self._padded = np.pad(samples, self._width + search)
        self._energy = np.concatenate(([0.0], np.cumsum(self._padded.astype(np.float64) ** 2)))

    def best(self, natural: int, low: int, high: int) -> int:
        """The centre in ``[low, high]`` whose window is most like the one around ``natural``."""
        if low <= natural <= high:
            return natural  # the speech simply goes on: no join at all
        start, first = natural + self._offset, low + self._offset
        template = self._padded[max(0, start) : start + self._width]
        region = self._padded[first : high + self._offset + self._width]
        lags = len(region) - self._width + 1
        if len(template) < self._width or lags < 1:
            return min(max(natural, low), high)
        ends = self._energy[first + self._width : first + self._width + lags]
        energy = ends - self._energy[first : first + lags]
        score = np.correlate(region, template, "valid") / np.sqrt(energy + 1e-6)
        return low + int(score.argmax())


def _overlapped(samples: Samples, centres: Sequence[int], hop: int) -> Samples:
    """Hann windows around the centres, half overlapped; they add up to one everywhere."""
    window = np.hanning(2 * hop + 1)[:-1].astype(np.float32)
    padded = np.pad(samples, (hop, 3 * hop))
    starts = np.minimum(np.array(centres), len(samples) + hop)
    pieces = padded[starts[:, None] + np.arange(2 * hop)] * window
    out = np.zeros((len(centres) + 1, hop), np.float32)
    out[:-1] += pieces[:, :hop]
    out[1:] += pieces[:, hop:]
    # The first window is centred on the first sample: its first half lies before the beginning.
    return out.reshape(-1)[hop:]
