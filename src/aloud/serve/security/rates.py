"""Rates: how much narration one caller may ask for, so that the others get theirs."""

import math
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from fastapi import HTTPException, Request

from aloud.serve.security.identity import peer


class Bucket:
    """A token bucket for each caller: ``burst`` at once, and ``rate`` a second in the long run.

    Holds at most ``most`` callers, and forgets first who has not asked for longest.

    >>> bucket = Bucket(rate=0.5, burst=1, clock=lambda: 0.0)
    >>> bucket.take("me"), bucket.take("me")
    (0.0, 2.0)
    """

    def __init__(
        self,
        rate: float,
        burst: float,
        most: int = 10_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rate = rate
        self._burst = burst
        self._most = most
        self._clock = clock
        self._callers: OrderedDict[str, tuple[float, float]] = OrderedDict()  # left, when

    def __len__(self) -> int:
        return len(self._callers)

    def take(self, caller: str, cost: float = 1.0) -> float:
        """0: it was taken. Otherwise the seconds until it could be, and nothing was taken.

        What costs more than a whole burst is taken from a full bucket, and leaves a debt.
        """
        now = self._clock()
        left, then = self._callers.pop(caller, (self._burst, now))
        left = min(self._burst, left + max(0.0, now - then) * self._rate)
        missing = min(cost, self._burst) - left
        if missing <= 0:
            left -= cost
        self._callers[caller] = left, now
        if len(self._callers) > self._most:
            self._callers.popitem(last=False)
        return max(0.0, missing) / self._rate


def charge(bucket: Bucket, request: Request, cost: float = 1.0) -> None:
    """Take ``cost`` for who asks: one caller is one listener; without one, one address.

    Raises:
        HTTPException: 429 with Retry-After, where the bucket does not hold as much.
    """
    bearer = request.scope["state"].get("bearer")
    wait = bucket.take(bearer.listener.id if bearer else peer(request.scope), cost)
    if wait:
        raise HTTPException(
            429, "too much was asked for at once", headers={"Retry-After": str(math.ceil(wait))}
        )


def within(bucket: Bucket, cost: float = 1.0) -> Callable[[Request], Awaitable[None]]:
    """A dependency of routes that make sound: see `charge`."""

    # Said with `async`, it costs no hop into a thread and back.
    async def check(request: Request) -> None:
        charge(bucket, request, cost)

    return check
