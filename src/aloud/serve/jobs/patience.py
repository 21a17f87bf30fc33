"""Patience: which failures pass by themselves, how long to wait for that, and when to give up."""

import random
import threading
import time
from collections.abc import Callable
from enum import Enum

from aloud.errors import (
    AloudError,
    Conflict,
    DiskError,
    EngineMissing,
    FetchLater,
    LibraryError,
    NotFound,
    ShelfError,
    UnknownVoice,
    Unsayable,
    VoiceError,
)

FIRST_WAIT, LONGEST_WAIT = 2.0, 300.0  # seconds; doubled each time
# A site that is down for a quarter of an hour is likely to be down when one has forgotten about it;
# an engine that died twice on one sentence will die a third time.
MOST_FETCHES, MOST_VOICE_FAILURES = 8, 2


class Verdict(Enum):
    """What becomes of a narration that failed."""

    INTERRUPTED = "interrupted"  # nothing is wrong with it
    LATER = "later"
    GIVEN_UP = "given up"

    @property
    def final(self) -> bool:
        return self is Verdict.GIVEN_UP

    @property
    def worth_saying(self) -> bool:
        return self is Verdict.LATER


class Interrupted(AloudError):
    """The service is being stopped, or nobody wants it any more. No fault of the article."""


def is_passing(error: BaseException) -> bool:
    """Whether the same may go well a moment later: the disk, the database, the network."""
    if isinstance(error, NotFound | Conflict):
        return False  # it was removed while it was worked on
    return isinstance(error, FetchLater | ShelfError | LibraryError | DiskError)


class Patience:
    """Remembers failures while the process lives, by a clock that nobody can set."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, seed: int = 0) -> None:
        self._clock, self._chance = clock, random.Random(seed)
        self._failures: dict[str, int] = {}
        self._until: dict[str, float] = {}
        self._lock = threading.Lock()

    def over(self, narration: str) -> bool:
        """Whether a narration may be tried (again)."""
        with self._lock:
            return self._clock() >= self._until.get(narration, 0.0)

    def waiting(self) -> int:
        """How many narrations failed and may be tried again now or later."""
        with self._lock:
            return len(self._until)

    def forget(self, narration: str) -> None:
        with self._lock:
            self._failures.pop(narration, None)
            self._until.pop(narration, None)

    def judge(self, narration: str, error: AloudError) -> Verdict:
        """What to do about a failure; `over` answers for it from now on."""
        if isinstance(error, Interrupted):
            return Verdict.INTERRUPTED
        with self._lock:
            count = self._failures.get(narration, 0) + 1
            if not self._may_try_again(error, count):
                self._failures.pop(narration, None)
                self._until.pop(narration, None)
                return Verdict.GIVEN_UP
            wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** (count - 1))
            self._failures[narration] = count
            # Scattered, so that fifty articles do not all come back in the same second.
            self._until[narration] = self._clock() + wait * self._chance.uniform(0.5, 1.0)
            return Verdict.LATER

    def _may_try_again(self, error: AloudError, count: int) -> bool:
        if isinstance(error, FetchLater):
            return count < MOST_FETCHES
        if isinstance(error, EngineMissing | UnknownVoice | Unsayable):
            return False
        if isinstance(error, VoiceError):
            return count < MOST_VOICE_FAILURES
        return is_passing(error)  # our own disk and database: as long as it takes
