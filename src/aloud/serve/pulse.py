"""Pulse: whether the library and the shelf work, looked at seldom, however often it is asked."""

import logging
import time
from collections.abc import Callable, Iterable
from typing import Literal

from anyio import CapacityLimiter
from anyio.to_thread import run_sync

from aloud.errors import AloudError

log = logging.getLogger(__name__)
KEPT = 2.0  # seconds: a check writes, and everybody may ask for one

State = Literal["ok", "failed"]
Checks = tuple[tuple[str, State], ...]


class Pulse:
    """``checks`` are named, block, and raise an AloudError for what does not work."""

    def __init__(
        self,
        checks: Iterable[tuple[str, Callable[[], None]]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._checks = tuple(checks)
        self._clock = clock
        self._known: Checks = ()
        self._until = 0.0
        # Not one of the server's own threads: when those are all taken, that has to be told. And
        # one at a time: what hangs takes one thread, not one of everybody who asks.
        self._one = CapacityLimiter(1)

    async def __call__(self) -> Checks:
        """Each check's name and how it went, at most two seconds ago."""
        return self._at_once() or await run_sync(self._look, limiter=self._one)

    def _at_once(self) -> Checks:
        return self._known if self._clock() < self._until else ()

    def _look(self) -> Checks:
        known = self._at_once()  # somebody may have looked while we stood in line
        if not known:
            known = tuple((name, _works(name, check)) for name, check in self._checks)
            self._known, self._until = known, self._clock() + KEPT
        return known


def _works(name: str, check: Callable[[], None]) -> State:
    try:
        check()
    except AloudError as error:
        log.warning("%s: %s", name, error.message)
        return "failed"
    return "ok"
