"""What a listener is told when something fails. That errors survive pickling: test_house."""

import pytest

from aloud import errors
from aloud.errors import AloudError


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (errors.AloudError, 1),
        (errors.UsageError, 2),
        (errors.FetchError, 3),
        (errors.AddressRefused, 3),
        (errors.TooLarge, 3),
        (errors.ExtractError, 4),
        (errors.VoiceError, 5),
        (errors.EngineMissing, 5),
        (errors.UnknownVoice, 5),
        (errors.MasterError, 6),
        (errors.PublishError, 7),
    ],
)
def test_each_kind_of_failure_has_the_exit_code_of_its_room(kind, code):
    assert kind.exit_code == code


def test_a_failure_says_on_what_it_failed_first():
    assert str(AloudError("the disk is full", subject="out", hint="free some space")) == (
        "out: the disk is full"
    )


def test_a_failure_on_nothing_in_particular_says_what_failed():
    assert str(AloudError("there is nothing to say")) == "there is nothing to say"
