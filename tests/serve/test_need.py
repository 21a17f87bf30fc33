"""Need: whoever hears silence comes first, but nothing else stops for ever."""

import threading

import pytest

from aloud.serve.jobs import need
from aloud.serve.jobs.need import Attention


@pytest.fixture
def attention() -> Attention:
    return Attention()


def resting(attention: Attention) -> threading.Thread:
    """Background work that has come to a place where it can rest."""
    thread = threading.Thread(target=attention.make_way)
    thread.start()
    return thread


def test_background_work_goes_on_when_nobody_waits(attention):
    attention.make_way()
    assert not attention.comes_first()


def test_it_rests_while_somebody_waits(attention, monkeypatch):
    monkeypatch.setattr(need, "_NEXT", 0.0)
    with attention.wanted():
        assert attention.comes_first()
        thread = resting(attention)
        assert thread.is_alive()
    thread.join()
    assert not attention.comes_first()


def test_it_rests_between_two_questions_of_a_player(attention, monkeypatch):
    monkeypatch.setattr(need, "_NEXT", 60.0)
    with attention.wanted():
        pass
    assert attention.comes_first()


def test_it_does_not_rest_for_ever(attention, monkeypatch):
    monkeypatch.setattr(need, "_LONGEST_WAY", 0.0)
    with attention.wanted():
        attention.make_way()
        assert not attention.comes_first()


def test_several_wait_and_the_last_of_them_ends_the_rest(attention, monkeypatch):
    monkeypatch.setattr(need, "_NEXT", 0.0)
    with attention.wanted():
        with attention.wanted():
            thread = resting(attention)
        assert attention.comes_first()
        assert thread.is_alive()
    thread.join()
