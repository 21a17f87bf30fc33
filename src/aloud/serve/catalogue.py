"""Catalogue: the voices that can be chosen, asked of an engine's booth once and remembered."""

import threading
import time
from collections.abc import Callable

from aloud.speech import Voice
from aloud.voice import Booth, voices

KEPT = 60.0  # seconds: engines do not change while the service runs, and their voices seldom

_Voices = tuple[Voice, ...]


class Catalogue:
    """``ask`` has a question answered in a booth, and waits until one is free."""

    def __init__(
        self,
        ask: Callable[[Callable[[Booth], _Voices]], _Voices],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ask = ask
        self._clock = clock
        self._known: _Voices | None = None
        self._until = 0.0
        self._asking = threading.Lock()

    def at_once(self) -> _Voices | None:
        """As remembered; None: it has to be asked."""
        return self._known if self._clock() < self._until else None

    def voices(self) -> _Voices:
        """By language, the embedded ones first. May wait for a booth; while somebody else does,
        what was known before is the answer.

        Raises:
            VoiceError: no engine can be asked.
            Stopping: the service is being stopped.
        """
        known = self.at_once()
        if known is not None:
            return known
        known = self._known
        if not self._asking.acquire(blocking=known is None):
            assert known is not None
            return known
        try:
            return self.at_once() or self._asked()
        finally:
            self._asking.release()

    def _asked(self) -> _Voices:
        found = self._ask(voices)
        self._known, self._until = found, self._clock() + KEPT
        return found
