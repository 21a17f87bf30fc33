"""Watch: narrations are followed by any number of listeners with one look at the library."""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager

from anyio import CapacityLimiter
from anyio.to_thread import run_sync

from aloud.library.records import Narration

PAUSE = 0.3  # seconds between two looks
MOST_SEATS = 16  # of one listener: a dozen devices, and no script that opens one after another


class Full(Exception):
    """A listener follows as much as anybody may."""


class Watch:
    """For one event loop. ``look`` blocks, and gives those of the narrations that there are."""

    def __init__(
        self, look: Callable[[Collection[str]], Iterable[Narration]], pause: float = PAUSE
    ) -> None:
        self._look = look
        self._pause = pause
        self._waiting: dict[asyncio.Future[Narration | None], Narration] = {}
        self._looking: asyncio.Task[None] | None = None
        self._seats: Counter[str] = Counter()
        self._one = CapacityLimiter(1)  # a thread of its own: those of the server may be taken

    @contextmanager
    def seat(self, listener_id: str) -> Iterator[None]:
        """Held by each who follows something.

        Raises:
            Full: the listener has all that one may have.
        """
        if self._seats[listener_id] >= MOST_SEATS:
            raise Full
        self._seats[listener_id] += 1
        try:
            yield
        finally:
            self._seats[listener_id] -= 1
            if not self._seats[listener_id]:
                del self._seats[listener_id]

    async def change(self, known: Narration) -> Narration | None:
        """The narration as soon as it is another than ``known``; None: it is gone.

        Raises:
            LibraryError: the library cannot be read now.
        """
        changed: asyncio.Future[Narration | None] = asyncio.get_running_loop().create_future()
        self._waiting[changed] = known
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look_on())
        try:
            return await changed
        finally:
            self._waiting.pop(changed, None)

    async def _look_on(self) -> None:
        """As long as anybody waits."""
        while self._waiting:
            await asyncio.sleep(self._pause)
            waiting = dict(self._waiting)
            if not waiting:
                return  # they were told, or left
            try:
                ids = {known.id for known in waiting.values()}
                found = await run_sync(self._look, ids, limiter=self._one)
            except Exception as error:  # noqa: BLE001 # whoever waits is told, and waits no more
                for changed in waiting:
                    if not changed.done():
                        changed.set_exception(error)
                continue
            now = {narration.id: narration for narration in found}
            for changed, known in waiting.items():
                if not changed.done() and now.get(known.id) != known:
                    changed.set_result(now.get(known.id))
