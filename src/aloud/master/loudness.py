"""Loudness: every recording as loud as the next, and no sample above the ceiling.

-16 LUFS integrated and -1 dBTP, as podcast apps ask for. One gain for the whole recording, then a
limiter for the few peaks that the gain lifts over the ceiling: the voice's own dynamics stay.
"""

import contextlib
from fractions import Fraction

import av
import av.filter
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from aloud.speech import Samples

TARGET_LUFS = -16.0
CEILING_DBTP = -1.0
SILENCE_LUFS = -70.0  # the absolute gate: nothing measures less
# Loudness is an average over gated blocks of 400 ms; of a few words it says little. Such short
# recordings are brought to the ceiling instead.
SHORTEST_FOR_LOUDNESS = 3.0  # seconds

# Four times oversampled, as ITU-R BS.1770-4 Annex 2 measures true peaks: three points between
# two samples by a windowed sinc of 16 taps.
_TAPS = 16
_FRACTIONS = (0.25, 0.5, 0.75)
# A band-limited peak between samples is hardly ever 6 dB above its neighbours: quieter stretches
# need no oversampling.
_BETWEEN = 10 ** (6 / 20)
BLOCK = 0.001  # seconds of one step of the gain curve
_HOLD, _SMOOTH = 6, 5  # steps to either side; hold > smooth, or the curve would miss the peak
LOOK = BLOCK * (_HOLD + _SMOOTH + 2)  # seconds to either side that decide a sample's gain


class LoudnessMeter:
    """Integrated loudness of samples that come piece by piece.

    Source: ffmpeg's ebur128 filter, which follows EBU R 128 and ITU-R BS.1770-4.
    """

    def __init__(self, sample_rate: int) -> None:
        self._rate, self._at = sample_rate, 0
        self._graph = av.filter.Graph()
        source = self._graph.add_abuffer(
            sample_rate=sample_rate,
            format="flt",
            layout="mono",
            time_base=Fraction(1, sample_rate),
        )
        meter = self._graph.add("ebur128", "metadata=1:framelog=quiet")
        sink = self._graph.add("abuffersink")
        source.link_to(meter)
        meter.link_to(sink)
        self._graph.configure()
        self._last = SILENCE_LUFS

    def add(self, samples: Samples) -> None:
        """Hear these samples, shape (n,), after those before them."""
        if not len(samples):
            return
        frame = av.AudioFrame.from_ndarray(samples[None, :], format="flt", layout="mono")
        frame.sample_rate, frame.pts = self._rate, self._at
        self._at += len(samples)
        self._graph.push(frame)
        self._drain()

    def integrated(self) -> float:
        """LUFS of everything heard; -70 for silence or less than 400 ms. Ends the measurement."""
        self._graph.push(None)
        self._drain()
        return self._last

    def _drain(self) -> None:
        with contextlib.suppress(av.error.BlockingIOError, av.error.EOFError):
            while True:
                metadata = self._graph.pull().metadata
                self._last = max(SILENCE_LUFS, float(metadata.get("lavfi.r128.I", self._last)))


def decibels(factor: float) -> float:
    """A factor of level in dB; silence is -120.

    >>> decibels(0.5)
    -6.020599913279624
    """
    return float(20 * np.log10(max(factor, 1e-6)))


def factor(db: float) -> float:
    """The factor of level that so many dB are."""
    return float(10 ** (db / 20))


def true_peaks(samples: Samples, above: float) -> NDArray[np.float32]:
    """At each sample, the highest level at or just after it, between samples too; shape (n,).

    Only what may lie above ``above`` is looked at between samples: that is a small part of speech.
    """
    peaks = np.abs(samples)
    loud = peaks > above / _BETWEEN
    loud[:-1] |= loud[1:]  # where either neighbour is loud, the point between them may be
    near = np.flatnonzero(loud)
    if not len(near):
        return peaks
    around = sliding_window_view(np.pad(samples, (_TAPS // 2 - 1, _TAPS // 2)), _TAPS)[near]
    between = np.abs(around @ _KERNELS).max(axis=1)
    peaks[near] = np.maximum(peaks[near], between)
    return peaks


def highest(samples: Samples) -> float:
    """The true peak of these samples as a factor of full scale."""
    loudest = float(np.abs(samples).max(initial=0.0))
    return float(true_peaks(samples, loudest).max(initial=0.0)) if loudest else 0.0


def limited(samples: Samples, sample_rate: int, ceiling: float) -> Samples:
    """The samples with their true peaks brought down to ``ceiling`` (a factor of full scale).

    The gain dips smoothly from 13 ms before a peak to 13 ms after it, and is one elsewhere.
    ``samples`` must begin at a whole block, and have `LOOK` seconds more on either side than
    will be used, for two neighbouring pieces to fit together.
    """
    if np.abs(samples).max(initial=0.0) * _BETWEEN <= ceiling:
        return samples
    peaks = true_peaks(samples, ceiling)
    if peaks.max() <= ceiling:
        return samples
    # The sample after the peak between the two needs its gain as well.
    peaks[1:] = np.maximum(peaks[1:], peaks[:-1])
    block = block_size(sample_rate)
    padded = np.pad(peaks, (0, -len(peaks) % block))
    need = np.minimum(1.0, ceiling / np.maximum(padded.reshape(-1, block).max(axis=1), 1e-9))
    held = sliding_window_view(np.pad(need, _HOLD, constant_values=1.0), 2 * _HOLD + 1).min(axis=1)
    weights = np.hanning(2 * _SMOOTH + 3)[1:-1]
    smooth = np.convolve(np.pad(held, _SMOOTH, mode="edge"), weights / weights.sum(), "valid")
    middles = np.arange(len(smooth)) * block + (block - 1) / 2
    gain = np.interp(np.arange(len(samples)), middles, smooth)
    return (samples * gain).astype(np.float32)


def block_size(sample_rate: int) -> int:
    """Samples of one step of the limiter's gain curve."""
    return round(BLOCK * sample_rate)


def _kernel(fraction: float) -> NDArray[np.float32]:
    """Weights of the 16 samples around a point ``fraction`` of a sample after the eighth."""
    at = np.arange(_TAPS) - (_TAPS // 2 - 1) - fraction
    window = np.cos(np.pi * at / (_TAPS + 1)) ** 2
    taps = np.sinc(at) * window
    weights: NDArray[np.float32] = (taps / taps.sum()).astype(np.float32)
    return weights


_KERNELS = np.stack([_kernel(fraction) for fraction in _FRACTIONS], axis=1)  # (16, 3)
