"""Need: who waits for a sentence, and how work that nobody waits for makes room."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

_LONGEST_WAY = 5.0  # seconds that background work makes room for at a time: it must not starve


class Need(IntEnum):
    """How soon something is needed, soonest first."""

    WAITING = 0  # somebody hears silence until this is spoken
    LISTENING = 1  # of an article that is being listened to
    QUEUE = 2  # of an article in somebody's queue
    ARCHIVE = 3  # whenever there is time


class Attention:
    """How many listeners hear silence right now. Everything else makes room for them."""

    def __init__(self) -> None:
        self._waiting = 0
        self._nobody = threading.Condition()

    @contextmanager
    def wanted(self) -> Iterator[None]:
        """Held while a listener waits for a first sound."""
        with self._nobody:
            self._waiting += 1
        try:
            yield
        finally:
            with self._nobody:
                self._waiting -= 1
                self._nobody.notify_all()

    def make_way(self) -> None:
        """Called by background work at every place where it can rest: it rests while anybody
        waits, but not for ever."""
        with self._nobody:
            self._nobody.wait_for(lambda: not self._waiting, timeout=_LONGEST_WAY)
