"""Speech as bytes: what an engine said is had back to the sample, nothing else passes for it."""

import struct
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from aloud.adapt import adapt
from aloud.article import plain
from aloud.speech import FORMAT, Samples, Speech, TimingSource, TokenTiming, from_bytes, to_bytes
from aloud.voice import Booth, find_voice

FULL_SCALE = 32768
RATES = st.sampled_from([8_000, 16_000, 22_050, 24_000, 44_100, 48_000]) | st.integers(1, 2**31)


def of_levels(levels: np.ndarray) -> Samples:
    return levels.astype(np.float32) / np.float32(FULL_SCALE)


LEVELS = arrays.arrays(np.int16, st.integers(0, 300))
SIXTEEN_BITS = LEVELS.map(of_levels)
FLOATS = arrays.arrays(
    np.float32, st.integers(0, 300), elements=st.floats(-2, 2, width=32, allow_nan=False)
)


@st.composite
def speeches(draw: st.DrawFn, samples: st.SearchStrategy[Samples] = SIXTEEN_BITS) -> Speech:
    """Speech as engines give it: times lie on samples."""
    heard, rate = draw(samples), draw(RATES)
    places = st.tuples(st.integers(0, len(heard)), st.integers(0, len(heard)))
    spans = sorted(tuple(sorted(span)) for span in draw(st.lists(places, max_size=8)))
    timings = tuple(TokenTiming(0, i, a / rate, b / rate) for i, (a, b) in enumerate(spans))
    return Speech(heard, rate, timings, draw(st.sampled_from(TimingSource)))


def same(one: Speech, other: Speech) -> bool:
    return (
        np.array_equal(one.samples, other.samples)
        and one.samples.dtype == other.samples.dtype == np.float32
        and (one.sample_rate, one.timings, one.timing_source)
        == (other.sample_rate, other.timings, other.timing_source)
    )


@given(speeches())
def test_speech_of_sixteen_bits_survives_exactly(said):
    assert same(from_bytes(to_bytes(said)), said)


@given(speeches(FLOATS))
def test_any_other_speech_comes_back_within_half_a_level_and_then_never_changes(said):
    heard = from_bytes(to_bytes(said))
    clipped = np.clip(said.samples, -1, 1 - 1 / FULL_SCALE)
    assert np.abs(heard.samples.astype(np.float64) - clipped).max(initial=0) <= 0.5 / FULL_SCALE
    assert same(from_bytes(to_bytes(heard)), heard)
    assert to_bytes(heard) == to_bytes(said)


@pytest.mark.parametrize(
    ("sample", "level"),
    [(1.0, 32767), (1.5, 32767), (-1.0, -32768), (-1.5, -32768), (0.0, 0), (0.5, 16384)],
)
def test_samples_beyond_full_scale_are_clipped(sample, level):
    said = Speech(np.array([sample], np.float32), 8_000, (), TimingSource.ENGINE)
    assert from_bytes(to_bytes(said)).samples.tolist() == [level / FULL_SCALE]


@given(st.lists(st.floats(0, 1), min_size=2, max_size=12), RATES)
def test_times_are_rounded_to_samples_and_stay_in_order(places, rate):
    count = 1000
    edges = sorted(place * count / rate for place in places)
    timings = tuple(TokenTiming(0, i, a, b) for i, (a, b) in enumerate(pairwise(edges)))
    said = Speech(np.zeros(count, np.float32), rate, timings, TimingSource.ALIGNED)
    for before, after in zip(timings, from_bytes(to_bytes(said)).timings, strict=True):
        assert after.start <= after.end <= count / rate
        assert abs(after.start - before.start) * rate <= 0.5 + 1e-6
        assert abs(after.end - before.end) * rate <= 0.5 + 1e-6


def speech(*spans: tuple[float, float]) -> Speech:
    timings = tuple(TokenTiming(0, i, a, b) for i, (a, b) in enumerate(spans))
    return Speech(np.zeros(8_000, np.float32), 8_000, timings, TimingSource.ENGINE)


@pytest.mark.parametrize(
    "broken",
    [
        speech((-0.001, 0.5)),
        speech((0.5, 1.001)),
        speech((0.5, 0.4)),
        speech((0.5, 0.6), (0.4, 0.6)),
        speech((float("nan"), 0.6)),
        speech((0.5, float("inf"))),
        replace(speech(), timings=(TokenTiming(1, 0, 0.0, 0.1),)),
        replace(speech(), timings=(TokenTiming(0, 1, 0.0, 0.1),)),
        replace(speech(), sample_rate=0),
        replace(speech(), samples=np.array([float("nan")], np.float32)),
        replace(speech(), samples=np.array([float("inf")], np.float32)),
    ],
)
def test_speech_that_contradicts_itself_is_not_written(broken):
    with pytest.raises(ValueError, match=r"time|sample"):
        to_bytes(broken)


def test_the_bytes_are_those_that_the_format_says():
    said = Speech(of_levels(np.array([1, -2], np.int16)), 8_000, (), TimingSource.ESTIMATED)
    said = replace(said, timings=(TokenTiming(0, 0, 0.0, 2 / 8_000),))
    head = struct.pack("<4sBBHIII", b"ALSP", FORMAT, 2, 0, 8_000, 2, 1)
    assert len(head) == 20
    assert to_bytes(said) == head + struct.pack("<iihh", 0, 2, 1, -2)


def read(data: bytes) -> Speech | None:
    """The speech, or None where the bytes are refused; whatever else goes wrong is a mistake."""
    try:
        return from_bytes(data)
    except ValueError:
        return None


@given(st.binary(max_size=200) | st.binary(max_size=100).map(lambda tail: b"ALSP\1\0\0\0" + tail))
def test_bytes_of_any_kind_are_speech_or_refused(data):
    found = read(data)
    assert found is None or to_bytes(found) == data


@given(speeches(), st.data())
def test_bytes_that_were_changed_are_refused_or_still_speech(said, data):
    whole = to_bytes(said)
    at = data.draw(st.integers(0, 8 * len(whole) - 1))
    changed = bytearray(whole)
    changed[at // 8] ^= 1 << at % 8
    found = read(bytes(changed))
    assert found is None or to_bytes(found) == changed


@given(speeches(), st.binary(min_size=1, max_size=9), st.data())
def test_bytes_that_are_cut_off_or_go_on_are_refused(said, more, data):
    whole = to_bytes(said)
    assert read(whole[: data.draw(st.integers(0, len(whole) - 1))]) is None
    assert read(whole + more) is None


def test_a_head_that_promises_more_than_there_is_takes_no_memory():
    huge = struct.pack("<4sBBHIII", b"ALSP", FORMAT, 0, 0, 8_000, 2**31 - 1, 2**32 - 1)
    assert read(huge) is None


def test_another_format_is_refused():
    whole = to_bytes(speech((0.0, 0.5)))
    assert read(whole) is not None
    assert read(whole[:4] + bytes([FORMAT + 1]) + whole[5:]) is None


@pytest.mark.parametrize("voice", ["espeak/en-gb", "espeak/de", "tone/beep"])
def test_what_our_engines_say_survives(voice):
    script = adapt(plain("The harbour is open again, since 9.30 a.m. It cost $5m."))
    with Booth() as booth:
        for utterance in script.utterances:
            said = booth.say(utterance, find_voice(voice, "en", booth))
            heard = from_bytes(to_bytes(said))
            assert len(heard.timings) == len(utterance.tokens)
            assert same(from_bytes(to_bytes(heard)), heard)
            for after, before in zip(heard.timings, said.timings, strict=True):
                assert after.start == pytest.approx(before.start, abs=0.5 / said.sample_rate)
                assert after.end == pytest.approx(before.end, abs=0.5 / said.sample_rate)
            if voice.startswith("espeak/"):
                assert np.array_equal(heard.samples, said.samples)
