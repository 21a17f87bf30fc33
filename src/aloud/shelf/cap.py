"""The cap: what is made again with ease makes room for what is new, the least recently used first.

Nobody counts the whole shelf at every sentence, and several processes fill one shelf without
knowing of each other. So each keeps a running count and looks again after a small share of the
cap: up to four processes together stay within it.
"""

import heapq
import threading
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from aloud.shelf.shelved import Store, Stored

_SLACK = 16  # the part of the cap that is left free for what is not counted yet
_SHARE = 4  # of that slack for each process: how many processes the cap holds for
_AT_ONCE = 1000  # names in one deletion, as many as S3 takes


class Cap:
    """Keeps some kinds of a store within so many bytes."""

    def __init__(self, store: Store, kinds: Sequence[str] | None, max_bytes: int) -> None:
        """``kinds`` None: whatever kinds there are."""
        self._store = store
        self._kinds = kinds
        self._slack = max_bytes // _SLACK
        self._full = max_bytes - self._slack
        self._uncounted: int | None = None  # bytes put since the last look; None: never looked
        self._lock = threading.Lock()

    def make_room(self, size: int) -> None:
        """Room for one more object of so many bytes, which is about to be put.

        Raises:
            ShelfError: the store cannot be counted, or nothing removed from it.
        """
        with self._lock:
            if self._uncounted is not None:
                self._uncounted += size
                if self._uncounted <= self._slack // _SHARE:
                    return
            self._uncounted = None  # in case that looking fails
            if _total(self._store, self._kinds) + size > self._full:
                evict(self._store, self._kinds, max(0, self._full - self._slack - size))
            self._uncounted = 0


def evict(store: Store, kinds: Sequence[str] | None, max_bytes: int) -> int:
    """Free the least recently used until the rest takes no more than that; bytes freed.

    Raises:
        ShelfError: the store cannot be counted, or nothing removed from it.
    """
    excess = _total(store, kinds) - max_bytes
    going = oldest(objects(store, kinds), excess)
    for page in batched(going):
        store.delete([one.key for one in page])
    return sum(one.size for one in going)


def oldest(objects: Iterable[Stored], excess: int) -> list[Stored]:
    """As few of the least recently used as take at least ``excess`` bytes, the oldest first.

    Holds no more than them, however many there are.
    """
    if excess <= 0:
        return []
    chosen: list[tuple[float, str, Stored]] = []  # a heap with the youngest of them on top
    total = 0
    for one in objects:
        heapq.heappush(chosen, (-one.used.timestamp(), one.key, one))
        total += one.size
        while total - chosen[0][2].size >= excess:
            total -= heapq.heappop(chosen)[2].size
    return [one for _, _, one in sorted(chosen, reverse=True)]


def _total(store: Store, kinds: Sequence[str] | None) -> int:
    return sum(one.size for one in objects(store, kinds))


def objects(store: Store, kinds: Sequence[str] | None) -> Iterator[Stored]:
    """Every object of these kinds; None: of whatever kinds there are."""
    for kind in store.kinds() if kinds is None else kinds:
        yield from store.list(kind)


def batched(going: Iterable[Stored]) -> Iterator[list[Stored]]:
    """The same in lists as long as one deletion takes."""
    rest = iter(going)
    while page := list(islice(rest, _AT_ONCE)):
        yield page
