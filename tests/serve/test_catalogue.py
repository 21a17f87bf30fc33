"""The catalogue: voices are asked of a booth once, and nobody waits for one who need not."""

import threading

from aloud.serve.catalogue import KEPT, Catalogue

PATIENCE = 60.0


def test_a_booth_is_asked_once_a_minute():
    asked, now = [], 0.0

    def ask(work):
        asked.append(work)
        return (f"voice {len(asked)}",)

    catalogue = Catalogue(ask, clock=lambda: now)
    assert catalogue.at_once() is None
    assert catalogue.voices() == catalogue.voices() == catalogue.at_once() == ("voice 1",)
    now = KEPT
    assert catalogue.at_once() is None
    assert catalogue.voices() == ("voice 2",)


def test_while_one_waits_for_a_booth_the_others_have_what_was_known():
    now, free, waits = 0.0, threading.Event(), threading.Event()

    def ask(work):
        if now:
            waits.set()
            assert free.wait(PATIENCE)
            return ("new",)
        return ("old",)

    catalogue = Catalogue(ask, clock=lambda: now)
    catalogue.voices()
    now = KEPT
    found = []
    one = threading.Thread(target=lambda: found.append(catalogue.voices()))
    one.start()
    assert waits.wait(PATIENCE)
    assert catalogue.voices() == ("old",)
    free.set()
    one.join()
    assert found == [("new",)] == [catalogue.voices()]


def test_those_who_come_first_have_it_asked_once():
    asked, free = [], threading.Event()

    def ask(work):
        asked.append(work)
        assert free.wait(PATIENCE)
        return ("voice",)

    catalogue = Catalogue(ask, clock=lambda: 0.0)
    crowd = [threading.Thread(target=catalogue.voices) for _ in range(20)]
    for one in crowd:
        one.start()
    free.set()
    for one in crowd:
        one.join()
    assert len(asked) == 1
