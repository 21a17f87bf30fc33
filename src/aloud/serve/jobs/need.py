"""Need: who waits for a sentence, and how work that nobody waits for makes room."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

_LONGEST_WAY = 5.0  # seconds
# A player asks for what it needs, then for the beginning, then for the first sentence: between two
# of its questions nobody should start anything long.
_NEXT = 0.1  # seconds


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
        self._since = self._until = 0.0  # when the first of those who wait now came, and to when
        self._nobody = threading.Condition()

    @contextmanager
    def wanted(self) -> Iterator[None]:
        """Held while a listener waits for a first sound, or for a part of the way there."""
        with self._nobody:
            if self._left() <= 0 and not self._waiting:
                self._since = time.monotonic()
            self._waiting += 1
        try:
            yield
        finally:
            with self._nobody:
                self._waiting -= 1
                self._until = time.monotonic() + _NEXT
                self._nobody.notify_all()

    def comes_first(self) -> bool:
        """Whether somebody waits for whom background work should rest."""
        return self._left() > 0

    def make_way(self) -> None:
        """Called by background work at every place where it can rest."""
        with self._nobody:
            while (left := self._left()) > 0:
                self._nobody.wait(left)

    def _left(self) -> float:
        """Seconds to rest, if nobody else comes."""
        until = self._since + _LONGEST_WAY
        return (until if self._waiting else min(until, self._until)) - time.monotonic()
