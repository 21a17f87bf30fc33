"""What a speed means, and that every recording keeps to it."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aloud import pace
from aloud.errors import UsageError
from aloud.pace import Slot, checked, label, lay_out, natural_wpm, rate_for

HARDEST = 6  # times faster than it was spoken: harder, no word is left to be heard
SECOND = 24_000  # samples

PAUSES = st.sampled_from(
    [pace.CLAUSE_PAUSE, pace.SENTENCE_PAUSE, pace.PARAGRAPH_PAUSE, pace.SECTION_PAUSE, 0.05, 0.0]
)
RATES = st.floats(pace.MIN_RATE, pace.MAX_RATE)
SAMPLE_RATES = st.sampled_from([16_000, 22_050, 24_000, 44_100])
# An utterance: samples of speech, from a click to a minute, and the pause behind it.
UTTERANCES = st.lists(st.tuples(st.integers(1, 60 * 44_100), PAUSES), min_size=1, max_size=30)


def total(slots: tuple[Slot, ...]) -> int:
    return slots[-1].start + slots[-1].length + slots[-1].pause


def speech(slots: tuple[Slot, ...]) -> int:
    return sum(slot.length for slot in slots)


@pytest.mark.parametrize(
    ("wpm", "said"),
    [
        (100, "0.50× 100 WPM"),
        (150, "0.75× 150 WPM"),
        (200, "1.00× 200 WPM"),
        (250, "1.25× 250 WPM"),
        (400, "2.00× 400 WPM"),
        (550, "2.75× 550 WPM"),
        (212.6, "1.06× 213 WPM"),
    ],
)
def test_a_speed_is_said_with_both_its_numbers(wpm, said):
    assert label(wpm) == said


def test_slow_average_and_fast_are_what_the_design_says():
    assert pace.PACES == {"slow": 150, "average": 200, "fast": 250}


@pytest.mark.parametrize("wpm", [100, 100.0, 237.5, 550])
def test_a_speed_that_can_be_meant_is_taken_as_it_is(wpm):
    assert checked(wpm) == wpm


@pytest.mark.parametrize("wpm", [99.99, 550.01, 0, -200, 1e9, math.inf, -math.inf, math.nan])
def test_a_speed_that_cannot_be_meant_is_refused_with_the_bounds(wpm):
    with pytest.raises(UsageError) as caught:
        checked(wpm)
    assert "100 WPM" in caught.value.hint
    assert "550 WPM" in caught.value.hint


@pytest.mark.parametrize(("wish", "natural", "rate"), [(250, 200, 1.25), (100, 160, 0.625)])
def test_the_rate_leads_from_the_recordings_own_speed_to_the_wish(wish, natural, rate):
    assert rate_for(wish, natural) == rate


def test_the_rate_stays_within_what_can_be_heard():
    assert rate_for(550, 60) == pace.MAX_RATE
    assert rate_for(100, 900) == pace.MIN_RATE


def test_the_natural_speed_counts_pauses_but_not_the_last_one():
    """Six words in two seconds of speech and one of pause are 120 a minute."""
    assert natural_wpm(6, [SECOND, SECOND], [1.0, 60.0], SECOND) == 120


def test_at_rate_one_everything_stays_as_it_was_spoken():
    lengths, pauses = [SECOND, 2 * SECOND, 500], [0.4, 0.65, 0.9]
    assert lay_out(lengths, pauses, SECOND) == (
        Slot(0, SECOND, 9_600),
        Slot(33_600, 2 * SECOND, 15_600),
        Slot(97_200, 500, 0),
    )


def test_no_utterances_need_no_place():
    assert lay_out([], [], SECOND, 2.0) == ()


def test_at_twice_the_speed_a_paragraph_can_still_be_heard_to_end():
    paragraph, sentence, _ = lay_out([10 * SECOND] * 3, [0.65, 0.4, 0.0], SECOND, 2.0)
    assert paragraph.pause == round(0.65 / math.sqrt(2) * SECOND)
    assert sentence.pause == round(0.4 / math.sqrt(2) * SECOND)


@given(UTTERANCES, SAMPLE_RATES, RATES)
def test_a_recording_is_as_long_as_the_rate_says_to_the_sample(utterances, sample_rate, rate):
    lengths, pauses = zip(*utterances, strict=True)
    natural = sum(lengths) + sum(round(p * sample_rate) for p in pauses[:-1])
    slots = lay_out(lengths, pauses, sample_rate, rate)
    assert total(slots) == round(natural / rate)


@given(UTTERANCES, SAMPLE_RATES, RATES)
def test_slots_follow_one_another_without_gap_or_overlap(utterances, sample_rate, rate):
    slots = lay_out(*zip(*utterances, strict=True), sample_rate, rate)
    assert len(slots) == len(utterances)
    assert slots[0].start == 0
    assert slots[-1].pause == 0
    assert all(slot.length >= 0 and slot.pause >= 0 for slot in slots)
    assert all(a.start + a.length + a.pause == b.start for a, b in pairwise(slots))


@given(UTTERANCES, SAMPLE_RATES, RATES)
def test_every_utterance_is_squeezed_alike(utterances, sample_rate, rate):
    slots = lay_out(*zip(*utterances, strict=True), sample_rate, rate)
    squeeze = speech(slots) / sum(length for length, _ in utterances)
    for slot, (length, _) in zip(slots, utterances, strict=True):
        assert abs(slot.length - length * squeeze) <= 1


@given(UTTERANCES, SAMPLE_RATES, RATES)
def test_pauses_keep_their_floors_unless_speech_could_not_be_followed(
    utterances, sample_rate, rate
):
    slots = lay_out(*zip(*utterances, strict=True), sample_rate, rate)
    if speech(slots) <= sum(length for length, _ in utterances) / HARDEST + len(slots):
        return  # there speech has given all it can
    for slot, (_, pause) in zip(slots[:-1], utterances, strict=False):
        floor = 0.25 if pause >= pace.PARAGRAPH_PAUSE else 0.12
        assert slot.pause >= round(min(pause, floor) * sample_rate)


@given(UTTERANCES, SAMPLE_RATES, RATES)
def test_speech_is_never_squeezed_harder_than_can_be_followed(utterances, sample_rate, rate):
    slots = lay_out(*zip(*utterances, strict=True), sample_rate, rate)
    # To the sample: half of a recording of one sample is rounded to none.
    assert speech(slots) > sum(length for length, _ in utterances) / HARDEST - 1


@given(UTTERANCES, SAMPLE_RATES, st.floats(1.0, pace.MAX_RATE))
def test_no_pause_grows_when_the_recording_gets_faster(utterances, sample_rate, rate):
    columns = tuple(zip(*utterances, strict=True))
    for fast, slow in zip(
        lay_out(*columns, sample_rate, rate), lay_out(*columns, sample_rate), strict=True
    ):
        assert fast.pause <= slow.pause


@given(UTTERANCES, SAMPLE_RATES, RATES, RATES)
def test_faster_is_shorter_by_exactly_the_rate(utterances, sample_rate, one, other):
    columns = tuple(zip(*utterances, strict=True))
    slow, fast = (total(lay_out(*columns, sample_rate, r)) for r in sorted((one, other)))
    assert fast <= slow
    assert abs(slow * min(one, other) - fast * max(one, other)) <= max(one, other)


@given(UTTERANCES, SAMPLE_RATES, st.floats(pace.MIN_WPM, pace.MAX_WPM), st.floats(1, 5_000))
def test_a_wish_within_reach_is_met(utterances, sample_rate, wish, words):
    lengths, pauses = zip(*utterances, strict=True)
    own = natural_wpm(words, lengths, pauses, sample_rate)
    samples = total(lay_out(lengths, pauses, sample_rate, rate_for(wish, own)))
    exact = words * 60 * sample_rate / wish  # samples
    if pace.MIN_RATE < wish / own < pace.MAX_RATE:
        assert abs(samples - exact) <= 1


def test_a_sentence_full_of_numbers_is_held_back_and_the_others_pay():
    lengths, pauses = [10_000] * 5, [0.4] * 5
    even = pace.lay_out(lengths, pauses, 10_000, 1.5)
    held = pace.lay_out(lengths, pauses, 10_000, 1.5, [1.4, 1.5, 1.4, 4.0, 1.5])
    assert even[-1].start + even[-1].length == held[-1].start + held[-1].length
    assert even[3].length < held[3].length <= even[3].length * pace.MOST_HELD_BACK
    assert all(
        h.length < e.length for i, (h, e) in enumerate(zip(held, even, strict=True)) if i != 3
    )
    assert [h.pause for h in held] == [e.pause for e in even]


@given(st.lists(st.floats(0.1, 50), min_size=1, max_size=30))
def test_nobody_is_held_back_more_than_the_most_or_pushed_on(densities):
    assert all(1 <= weight <= pace.MOST_HELD_BACK for weight in pace.held_back(densities))


def test_a_recording_of_one_sample_is_laid_out_too():
    assert pace.lay_out([1], [0.15], 16_000, 2.0) == (pace.Slot(0, 0, 0),)


def test_where_all_are_dense_nobody_is_held_back():
    lengths, pauses = [9_000, 12_000, 7_000], [0.4, 0.65, 0.4]
    even = pace.lay_out(lengths, pauses, 10_000, 1.7)
    assert pace.lay_out(lengths, pauses, 10_000, 1.7, [5.0, 5.0, 5.0]) == even


def test_nobody_is_held_back_when_it_goes_slower():
    lengths, pauses = [9_000, 12_000], [0.4, 0.65]
    slower = pace.lay_out(lengths, pauses, 10_000, 0.8)
    assert pace.lay_out(lengths, pauses, 10_000, 0.8, [1.0, 9.0]) == slower


@given(UTTERANCES, RATES, SAMPLE_RATES)
def test_utterances_placed_one_by_one_are_never_pressed_much_harder_than_the_wish(
    utterances, rate, sample_rate
):
    flow = pace.Flow(sample_rate, rate)
    at = 0
    for length, pause in utterances:
        slot = flow.place(length, pause)
        assert slot.start == at
        even = length / rate
        assert even / 1.25 - 1 <= slot.length <= even * 1.25 + 1
        assert slot.length >= length / HARDEST - 1
        assert (slot.pause == 0) == (pause == 0)
        at += slot.length + slot.pause


@pytest.mark.parametrize("rate", [0.5, 0.75, 1.25, 1.5, 2.0, 3.0, 4.0])
def test_sentences_of_news_placed_one_by_one_take_exactly_their_share_of_time(rate):
    flow = pace.Flow(SECOND, rate)
    news = [(2.9, 0.15), (3.8, 0.40), (4.4, 0.65), (0.4, 0.65), (5.1, 0.40), (6.0, 0.0)]
    for seconds, pause in news:
        last = flow.place(round(seconds * SECOND), pause)
    natural = sum(seconds + pause for seconds, pause in news) * SECOND
    assert abs(total((last,)) - natural / rate) <= 1


@given(UTTERANCES, SAMPLE_RATES)
def test_at_its_own_speed_nothing_changes_when_placed_one_by_one(utterances, sample_rate):
    flow = pace.Flow(sample_rate, 1.0)
    for length, pause in utterances:
        slot = flow.place(length, pause)
        assert (slot.length, slot.pause) == (length, round(pause * sample_rate))
