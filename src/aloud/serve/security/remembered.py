"""Remembered: an answer that costs a look into the library, kept for a few seconds."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

SECONDS = 5.0  # a token that was taken back is good for no longer than this
MOST = 4096


class Remembered(Generic[T]):
    """``ask`` blocks and answers None for what it does not know, which is not remembered.

    A thousand requests with one token ask once, in a thread.
    """

    def __init__(
        self, ask: Callable[[str], T | None], clock: Callable[[], float], most: int = MOST
    ) -> None:
        self._ask = ask
        self._clock = clock
        self._most = most
        self._known: OrderedDict[str, tuple[float, T]] = OrderedDict()
        self._asking: dict[str, asyncio.Task[T | None]] = {}

    def at_once(self, key: str) -> T | None:
        """What is remembered; None: it has to be asked."""
        known = self._known.get(key)
        return known[1] if known is not None and self._clock() < known[0] else None

    async def __call__(self, key: str) -> T | None:
        known = self.at_once(key)
        if known is not None:
            return known
        task = self._asking.get(key)
        if task is None:
            task = self._asking[key] = asyncio.create_task(self._look_up(key))
            task.add_done_callback(lambda _: self._asking.pop(key, None))
        return await asyncio.shield(task)

    def forget(self) -> None:
        """What is asked next is asked anew: a token was taken back."""
        self._known.clear()
        self._asking.clear()

    async def _look_up(self, key: str) -> T | None:
        me = asyncio.current_task()
        until = self._clock() + SECONDS
        found = await asyncio.to_thread(self._ask, key)
        self._known.pop(key, None)
        # Forgotten while it was asked for: the answer may be of before.
        if found is not None and self._asking.get(key) is me:
            self._known[key] = until, found
            while len(self._known) > self._most:
                self._known.popitem(last=False)
        return found
