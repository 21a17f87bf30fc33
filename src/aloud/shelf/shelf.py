"""The shelf: named bytes that are never half there and never silently wrong."""

import contextlib
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Self

from aloud.errors import Damaged, Missing, ShelfError
from aloud.shelf import keys, seal
from aloud.shelf.advice import damaged
from aloud.shelf.bucket import Bucket
from aloud.shelf.cap import Cap, batched, evict, objects
from aloud.shelf.files import REFRESH_AFTER, Copies, Files, hashed, kept, passing
from aloud.shelf.folder import PIECE, Folder
from aloud.shelf.shelved import DAMAGED, Finding, Health, Store, Stored, Usage

CACHE = "cache"  # how `usage` and `clear` call the local copies of what lies in a bucket
EVICTABLE = ("utterances",)  # what can be made again from what is kept
CACHE_BYTES = 1024**3


def _now() -> datetime:
    return datetime.now(UTC)


class Shelf:
    """What was made, in a folder or in a bucket. May be shared by threads and by processes.

    Names are ``kind/ab/<sha256><suffix>``. What is *put* is named by what it was made from
    (`utterance_key`) and carries a seal; what is *kept* is named by its own bytes. Every method
    raises ValueError for a name that is none, and ShelfError where the store refuses or is away;
    then nothing has changed, and the same call will do when the store is well again.
    """

    def __init__(
        self,
        url: str | Path,
        max_bytes: int | None = None,
        *,
        cache: Path | None = None,
        cache_bytes: int = CACHE_BYTES,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        """Open a shelf: a folder, made if need be, or ``s3://bucket/prefix?endpoint=…&region=…``.

        A bucket's credentials come from ``AWS_ACCESS_KEY_ID`` and its like, which obstore reads.
        ``max_bytes`` caps the utterances; None: no cap. ``cache`` is the folder for local copies
        of what lies in a bucket; None: one for this object, removed by `close`. Opening a bucket
        asks nothing of it: see `check`.

        Raises:
            UsageError: the URL means nothing.
            ShelfError: the folder cannot be made or read.
        """
        self._clock = clock
        self._closing = contextlib.ExitStack()
        self._store: Store
        self._copies: Copies | None = None
        if "://" in str(url):
            bucket = self._store = Bucket(str(url))
            self._local = Folder(cache or self._own_folder())
            self._copies = Copies(bucket, self._local, cache_bytes, clock)
        else:
            self._store = self._local = Folder(Path(url).expanduser())
        self._files = self._copies or Files(self._local)
        self._cap = None if max_bytes is None else Cap(self._store, EVICTABLE, max_bytes)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Leave nothing of this object behind. Closing twice is no mistake."""
        self._closing.close()

    def check(self) -> None:
        """Raise the ShelfError that stands in the way of putting something there, if any."""
        self._store.check()

    def put(self, key: str, data: bytes) -> None:
        """Store what was made from the inputs that ``key`` names: all of it, or nothing.

        When it returns, the bytes outlive a power cut. Near the cap, the least recently used
        utterances go first.
        """
        sealed = seal.sealed(keys.checked(key), data)
        if self._cap is not None and keys.kind_of(key) in EVICTABLE:
            self._cap.make_room(len(sealed))
        self._store.write(key, sealed)

    def get(self, key: str) -> bytes | None:
        """What was put there, every bit of it; None: nothing is.

        Raises:
            Damaged: it is not what was put. It was moved aside, so the next answer is None.
        """
        found = self._store.read(keys.checked(key))
        if found is None:
            return None
        stored, data = found
        payload = seal.unsealed(key, data)
        if payload is None:
            self._move_aside(key)
            raise damaged(self._store.place, key)
        if keys.kind_of(key) in EVICTABLE and self._clock() - stored.used > REFRESH_AFTER:
            with contextlib.suppress(ShelfError):  # it was read, which is what was asked
                self._store.touch(key, data)
        return payload

    def has(self, key: str) -> bool:
        """Whether something has that name. Its bytes are not looked at."""
        return self._store.stat(keys.checked(key)) is not None

    def keep(self, kind: str, data: bytes | Path, suffix: str = "") -> str:
        """Store bytes, or a file's, under their own hash; the answer is their key.

        What is there and whole is not written again. A file is streamed, not held.
        """
        keys.content_key(kind, "0" * 64, suffix)  # before anything is read
        if isinstance(data, bytes):
            key = keys.content_key(kind, sha256(data).hexdigest(), suffix)
            if not self._holds(key):
                self._store.write(key, data)
            return key
        with self._local.stage() as file:
            found = sha256()
            self._local.fill(file, passing(_pieces(data), found.update))
            key = keys.content_key(kind, found.hexdigest(), suffix)
            if not self._holds(key):
                (self._copies or self._local).name(file, key)
        return key

    def read(self, key: str) -> bytes:
        """What was kept there, verified against its name.

        Raises:
            Missing: nothing is there.
            Damaged: it is not what was kept. It was moved aside.
        """
        data = b"".join(kept(self._store, keys.checked(key)))
        if sha256(data).hexdigest() != keys.sha256_of(key):
            self._move_aside(key)
            raise damaged(self._store.place, key)
        return data

    def file(self, key: str) -> Path:
        """A local file of what was kept there, verified against its name, to serve from.

        Verified once: after that it costs a stat for as long as inode, size and time stay. A
        bucket's object is fetched once into the cache. The path may be freed later: open it soon.

        Raises:
            Missing: nothing is there.
            Damaged: it is not what was kept. It was moved aside.
        """
        try:
            return self._files.verified(keys.checked(key))
        except Damaged:
            self._move_aside(key)
            raise

    def drop(self, key: str) -> None:
        """Remove what has that name, if anything."""
        self._delete([keys.checked(key)])

    def names(self, kind: str) -> Iterator[str]:
        """The name of every object of a kind, in no order."""
        return (one.key for one in self._store.list(keys.checked_kind(kind)))

    def usage(self) -> tuple[Usage, ...]:
        """What each kind takes; ``cache`` is local copies, ``damaged`` what was moved aside."""
        found = [_usage(kind, self._store.list(kind)) for kind in self._store.kinds()]
        if self._copies is not None:
            found.append(_usage(CACHE, objects(self._local, None)))
        return tuple(usage for usage in found if usage.count)

    def evict(self, max_bytes: int) -> int:
        """Free the least recently used utterances until the rest takes no more than that; local
        copies of a bucket's objects likewise. Answers the bytes freed."""
        freed = evict(self._store, EVICTABLE, max_bytes)
        if self._copies is not None:
            freed += evict(self._local, None, max_bytes)
        return freed

    def clear(self, kinds: Iterable[str]) -> int:
        """Remove all objects of these kinds, as `usage` names them. Answers the bytes freed."""
        freed = 0
        for kind in kinds:
            if kind == CACHE and self._copies is not None:
                freed += evict(self._local, None, 0)
            for page in batched(self._store.list(keys.checked_kind(kind))):
                self._delete([one.key for one in page])
                freed += sum(one.size for one in page)
        return freed

    def scrub(self) -> Iterator[Finding]:
        """Read every byte there is. Each object is answered for; the damaged is moved aside."""
        for kind in self._store.kinds():
            for one in self._store.list(kind) if kind != DAMAGED else ():
                state = self._health(one.key)
                if state is not None:
                    yield Finding(one.key, kind, state)

    def _health(self, key: str) -> Health | None:
        try:
            whole = seal.is_whole(key, self._store.pieces(key))
        except FileNotFoundError:
            return None  # freed while we came to it
        except ShelfError:
            self._store.stat(key)  # a store that is away says so here, and the scrub ends
            return Health.UNREADABLE
        if whole:
            return Health.WHOLE
        self._move_aside(key)
        return Health.DAMAGED

    def _holds(self, key: str) -> bool:
        try:
            return hashed(kept(self._store, key)) == keys.sha256_of(key)
        except Missing:
            return False

    def _move_aside(self, key: str) -> None:
        # Kept for whoever wants to know what happened. Where it cannot be moved, it is found
        # damaged again, which is no worse.
        with contextlib.suppress(ShelfError):
            self._store.move(key, f"{DAMAGED}/{key}")

    def _delete(self, going: list[str]) -> None:
        self._store.delete(going)
        if self._copies is not None:
            self._local.delete(going)

    def _own_folder(self) -> Path:
        folder = tempfile.TemporaryDirectory(prefix="aloud-", ignore_cleanup_errors=True)
        return Path(self._closing.enter_context(folder))


def _usage(kind: str, found: Iterable[Stored]) -> Usage:
    count = size = 0
    for one in found:
        count, size = count + 1, size + one.size
    return Usage(kind, count, size)


def _pieces(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                yield piece
    except OSError as error:
        raise ShelfError(
            f"the file cannot be read ({error.strerror})", subject=str(path), hint="make it again"
        ) from error
