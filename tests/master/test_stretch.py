"""Stretch: exact lengths, exact onsets, the same pitch."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aloud.master.stretch import stretch

RATE = 22_050  # Hz
SPEEDS = [0.5, 0.8, 1.1, 1.25, 1.7, 2.0, 3.0]


def beeps(onsets: list[int], length: int) -> np.ndarray:
    samples = np.zeros(length, np.float32)
    for index, onset in enumerate(onsets):
        t = np.arange(round(0.15 * RATE))
        pitch = (500.0, 700.0, 900.0)[index % 3]
        samples[onset : onset + len(t)] = 0.5 * np.cos(2 * np.pi * pitch * t / RATE)
    return samples


@given(count=st.integers(0, 5000), length=st.integers(0, 9000), data=st.data())
def test_the_result_has_exactly_the_length_asked_for(count, length, data):
    samples = np.random.default_rng(count).uniform(-1, 1, count).astype(np.float32)
    onsets = sorted(data.draw(st.lists(st.integers(0, max(0, count)), max_size=8)))
    new = stretch(samples, 8000, length, onsets)
    assert len(new.samples) == length
    assert new.samples.dtype == np.float32
    assert np.abs(new.samples).max(initial=0) <= 1.0001
    moved = new.moved(onsets)
    assert (np.diff(moved) >= 0).all()
    assert ((moved >= 0) & (moved <= length)).all()


@pytest.mark.parametrize("speed", SPEEDS)
def test_an_onset_is_heard_at_the_very_sample_that_the_map_says(speed):
    onsets = [round((0.1 + 0.35 * i) * RATE) for i in range(30)]
    samples = beeps(onsets, round(11 * RATE))
    new = stretch(samples, RATE, round(len(samples) / speed), onsets)
    for place in np.rint(new.moved(onsets)).astype(int):
        assert abs(new.samples[place]) > 0.45  # the beep's first sample, not faded
        before = new.samples[max(0, place - RATE // 100) : place]
        assert np.abs(before).max() < 1e-6  # and nothing of it earlier


@pytest.mark.parametrize("speed", SPEEDS)
def test_onsets_stay_within_five_milliseconds_of_an_even_change_of_pace(speed):
    onsets = [round((0.1 + 0.35 * i) * RATE) for i in range(30)]
    samples = beeps(onsets, round(11 * RATE))
    length = round(len(samples) / speed)
    even = np.array(onsets) * length / len(samples)
    moved = stretch(samples, RATE, length, onsets).moved(onsets)
    assert np.abs(moved - even).max() <= 0.0051 * RATE


@pytest.mark.parametrize("speed", SPEEDS)
def test_pitch_and_level_stay(speed):
    t = np.arange(4 * RATE) / RATE
    samples = (0.5 * np.sin(2 * np.pi * 220 * t)).astype(np.float32)
    new = stretch(samples, RATE, round(len(samples) / speed)).samples
    middle = new[len(new) // 4 : -len(new) // 4]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
    assert spectrum.argmax() * RATE / len(middle) == pytest.approx(220, abs=2)
    assert np.sqrt((middle**2).mean()) == pytest.approx(0.5 / np.sqrt(2), rel=0.05)


def test_at_rate_one_not_a_sample_changes():
    samples = np.random.default_rng(1).uniform(-1, 1, 5000).astype(np.float32)
    assert stretch(samples, RATE, 5000, [10, 200]).samples is samples
