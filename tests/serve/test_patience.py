"""Patience: what passes by itself is tried again, by a clock that nobody can set."""

import pytest

from aloud.errors import (
    AddressRefused,
    DiskError,
    ExtractError,
    FetchLater,
    LibraryError,
    ShelfError,
    UnknownVoice,
    VoiceError,
)
from aloud.serve.jobs.patience import (
    LONGEST_WAIT,
    MOST_FETCHES,
    MOST_VOICE_FAILURES,
    Interrupted,
    Patience,
    Verdict,
)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_what_was_never_tried_may_be_tried(clock):
    assert Patience(clock).over("a")


@pytest.mark.parametrize("error", [ExtractError("x"), AddressRefused("x"), UnknownVoice("x")])
def test_what_will_not_change_is_given_up_at_once(clock, error):
    assert Patience(clock).judge("a", error) is Verdict.GIVEN_UP


@pytest.mark.parametrize("error", [DiskError("full"), LibraryError("locked"), ShelfError("away")])
def test_our_own_disk_and_database_are_waited_for_as_long_as_it_takes(clock, error):
    patience = Patience(clock)
    for _ in range(1000):
        assert patience.judge("a", error) is Verdict.LATER
        assert not patience.over("a")
        clock.now += LONGEST_WAIT
        assert patience.over("a")


def test_waits_grow_and_one_article_waits_alone(clock):
    patience = Patience(clock)
    waits = []
    for _ in range(6):
        patience.judge("a", ShelfError("away"))
        began = clock.now
        while not patience.over("a"):
            clock.now += 0.01
        waits.append(clock.now - began)
    assert all(later > earlier for earlier, later in zip(waits[::2], waits[2::2], strict=False))
    assert patience.over("b")


@pytest.mark.parametrize(
    ("error", "most"), [(FetchLater("x"), MOST_FETCHES), (VoiceError("x"), MOST_VOICE_FAILURES)]
)
def test_sites_and_engines_get_a_number_of_tries(clock, error, most):
    patience = Patience(clock)
    verdicts = [patience.judge("a", error) for _ in range(most)]
    assert verdicts == [Verdict.LATER] * (most - 1) + [Verdict.GIVEN_UP]


def test_being_stopped_is_no_failure(clock):
    patience = Patience(clock)
    assert patience.judge("a", Interrupted("x")) is Verdict.INTERRUPTED
    assert patience.over("a")


def test_what_went_well_is_forgotten(clock):
    patience = Patience(clock)
    patience.judge("a", VoiceError("x"))
    patience.forget("a")
    assert patience.over("a")
    assert patience.judge("a", VoiceError("x")) is Verdict.LATER
