"""Loudness: the meter, the limiter, true peaks."""

from fractions import Fraction

import av
import av.filter
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aloud.master import loudness
from aloud.master.level import Level
from aloud.master.spool import Spool

RATE = 22_050  # Hz


def noise(seconds: float, level: float, seed: int = 1) -> np.ndarray:
    """Noise with the spectrum of speech, more or less: falling towards the top."""
    white = np.random.default_rng(seed).standard_normal(round(seconds * RATE))
    return (np.convolve(white, np.ones(8) / 8, "same") * level).astype(np.float32)


def judged(samples: np.ndarray) -> tuple[float, float]:
    """Loudness (LUFS) and true peak (dBTP) by ffmpeg's own meter, oversampling included."""
    graph = av.filter.Graph()
    source = graph.add_abuffer(
        sample_rate=RATE, format="flt", layout="mono", time_base=Fraction(1, RATE)
    )
    meter, sink = graph.add("ebur128", "metadata=1:peak=true"), graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    frame = av.AudioFrame.from_ndarray(samples[None], format="flt", layout="mono")
    frame.sample_rate, frame.pts = RATE, 0
    graph.push(frame)
    graph.push(None)
    last = {}
    while True:
        try:
            last = dict(graph.pull().metadata)
        except (av.error.BlockingIOError, av.error.EOFError):
            break
    return float(last["lavfi.r128.I"]), 20 * np.log10(float(last["lavfi.r128.true_peak"]))


def levelled(samples: np.ndarray) -> tuple[np.ndarray, Level]:
    with Spool() as spool:
        meter = loudness.LoudnessMeter(RATE)
        meter.add(samples)
        spool.append(samples)
        level = Level(spool, RATE, meter.integrated())
        out = np.concatenate(list(level.pieces()))
        return out, level


def test_a_full_scale_sine_of_997_hz_in_one_channel_is_minus_3_lufs():
    # EBU Tech 3341 / BS.1770-4: 0 dBFS at 997 Hz in one channel reads -3.01 LKFS.
    t = np.arange(10 * RATE) / RATE
    meter = loudness.LoudnessMeter(RATE)
    meter.add(np.sin(2 * np.pi * 997 * t).astype(np.float32))
    assert meter.integrated() == pytest.approx(-3.01, abs=0.1)


def test_silence_and_a_moment_measure_minus_70():
    for length in (0, 100, 10 * RATE):
        meter = loudness.LoudnessMeter(RATE)
        meter.add(np.zeros(length, np.float32))
        assert meter.integrated() == -70.0


@pytest.mark.parametrize("level", [0.02, 0.1, 0.3])
def test_whatever_comes_in_goes_out_at_minus_16(level):
    out, said = levelled(noise(8, level))
    loud, peak = judged(out)
    assert loud == pytest.approx(-16, abs=0.2)
    assert said.loudness == pytest.approx(loud, abs=0.1)
    assert said.true_peak == pytest.approx(peak, abs=0.3)


def test_speech_with_hard_peaks_comes_out_at_minus_16_and_under_the_ceiling():
    samples = noise(10, 0.03)
    samples[:: RATE // 4] += 0.6  # clicks far above the rest
    out, _ = levelled(samples)
    loud, peak = judged(out)
    assert loud == pytest.approx(-16, abs=0.3)
    assert peak <= -1.0


def test_a_recording_under_three_seconds_is_brought_to_the_ceiling_by_its_peak():
    for level in (0.001, 0.1, 0.5):
        _, said = levelled(noise(2.5, level))
        assert said.true_peak == pytest.approx(-2.0, abs=0.1)


def test_silence_stays_silence():
    out, said = levelled(np.zeros(4 * RATE, np.float32))
    assert not out.any()
    assert said.loudness == -70.0


def test_pieces_fit_together_without_a_seam():
    samples = noise(6, 0.5)
    out, _ = levelled(samples)
    quiet = np.abs(samples) > 1e-3
    gain = out[quiet] / samples[quiet]
    assert np.abs(np.diff(gain)).max() < 0.05 * gain.max()


@given(seed=st.integers(0, 50), ceiling=st.floats(0.05, 1.0))
def test_nothing_passes_the_ceiling(seed, ceiling):
    out = loudness.limited(noise(0.3, 0.8, seed), RATE, ceiling)
    assert np.abs(out).max() <= ceiling * 1.0001
    assert loudness.highest(out) <= ceiling * 1.02


def test_what_lies_under_the_ceiling_is_not_touched():
    samples = noise(0.5, 0.1)
    assert loudness.limited(samples, RATE, 0.9) is samples
