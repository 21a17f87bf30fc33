"""Need: who waits for a sentence, and how work that nobody waits for makes room."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

_LONGEST_WAY = 5.0  # seconds


class Need(IntEnum):
    """How soon something is needed, soonest first."""

    WAITING = 0  # somebody hears silence until this is spoken
    LISTENING = 1  # of an article that is being listened to
    QUEUE = 2  # of an article in somebody's queue
    ARCHIVE = 3  # whenever there is time


class Attention:
    """How many listeners hear silence right now. Everything else makes room for them, but only
    for some seconds on end: a house full of listeners must not stop all other work."""

    def __init__(self) -> None:
        self._waiting = 0
        self._since = 0.0  # when the first of those who wait now came
        self._nobody = threading.Condition()

    @contextmanager
    def wanted(self) -> Iterator[None]:
        """Held while a listener waits for a first sound."""
        with self._nobody:
            if not self._waiting:
                self._since = time.monotonic()
            self._waiting += 1
        try:
            yield
        finally:
            with self._nobody:
                self._waiting -= 1
                self._nobody.notify_all()

    def comes_first(self) -> bool:
        """Whether somebody waits for whom background work should rest."""
        return self._waiting > 0 and time.monotonic() < self._since + _LONGEST_WAY

    def make_way(self) -> None:
        """Called by background work at every place where it can rest."""
        with self._nobody:
            left = self._since + _LONGEST_WAY - time.monotonic()
            self._nobody.wait_for(lambda: not self._waiting, timeout=max(0.0, left))
