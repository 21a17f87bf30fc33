"""Files to serve from: local, and verified before they are handed out for the first time.

A recording is asked for thousands of times, 64 KiB at a time. Its hash is computed once; after
that a stat says whether it is still the same file.
"""

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from aloud.errors import Damaged, Missing, ShelfError
from aloud.shelf.advice import damaged, disk_errors, missing
from aloud.shelf.bucket import Bucket
from aloud.shelf.cap import Cap
from aloud.shelf.folder import Folder, Identity
from aloud.shelf.keys import sha256_of
from aloud.shelf.shelved import Store

REFRESH_AFTER = timedelta(hours=1)  # so that listening costs no write a sentence
_REMEMBERED = 4096  # files, some 400 bytes each
_AT_ONCE = 16  # files that are verified or fetched at the same time


class Files:
    """The files of a folder, and which of them were seen to be whole."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._whole: dict[str, Identity] = {}
        self._change = threading.Lock()
        self._turns = [threading.RLock() for _ in range(_AT_ONCE)]

    def turn(self, key: str) -> threading.RLock:
        """Held while a file is verified or fetched: whoever waits for it finds it done."""
        return self._turns[hash(key) % _AT_ONCE]

    def verified(self, key: str) -> Path:
        """The file that holds what the name says.

        Raises:
            Missing: there is none.
            Damaged: it holds something else.
            ShelfError: it cannot be read.
        """
        if self._whole.get(key) != self._identity(key):
            with self.turn(key):
                # Before its bytes are read: a change while they are shows the next time.
                found = self._identity(key)
                if self._whole.get(key) != found:
                    if hashed(kept(self._folder, key)) != sha256_of(key):
                        raise damaged(self._folder.place, key)
                    self._remember(key, found)
        return self._folder.path(key)

    def note(self, key: str) -> None:
        """What has this name now was made or touched by us, and is whole."""
        with contextlib.suppress(ShelfError):
            self._remember(key, self._identity(key))

    def _identity(self, key: str) -> Identity:
        found = self._folder.identity(key)
        if found is None:
            raise missing(self._folder.place, key)
        return found

    def _remember(self, key: str, found: Identity) -> None:
        with self._change:
            self._whole.pop(key, None)
            self._whole[key] = found
            if len(self._whole) > _REMEMBERED:
                del self._whole[next(iter(self._whole))]  # the one that was verified longest ago


class Copies:
    """Local copies of what lies in a bucket, the least recently used of which go first."""

    def __init__(
        self, bucket: Bucket, folder: Folder, max_bytes: int, clock: Callable[[], datetime]
    ) -> None:
        self._bucket = bucket
        self._folder = folder
        self._files = Files(folder)
        self._cap = Cap(folder, None, max_bytes)
        self._clock = clock

    def verified(self, key: str) -> Path:
        """The copy, fetched if need be.

        Raises:
            Missing: the bucket has none either.
            Damaged: the bucket holds something else.
            ShelfError: the bucket is away, or the copy cannot be written.
        """
        with contextlib.suppress(Missing, Damaged):
            return self._known(key)
        with self._files.turn(key):
            with contextlib.suppress(Missing, Damaged):
                return self._known(key)  # while we waited, somebody fetched it
            with self._folder.stage() as file:
                found = sha256()
                self._folder.fill(file, passing(kept(self._bucket, key), found.update))
                if found.hexdigest() != sha256_of(key):
                    raise damaged(self._bucket.place, key)
                self._adopt(file, key)
        return self._folder.path(key)

    def name(self, file: BinaryIO, key: str) -> None:
        """Send a staged file to the bucket, under this name, and make it the copy.

        Raises:
            ShelfError: the bucket is away, or the file cannot be written.
        """
        with disk_errors(self._folder.place):
            file.flush()
        self._bucket.write_file(key, Path(file.name))
        with contextlib.suppress(ShelfError):  # the bucket has it, which is what was asked
            self._adopt(file, key)

    def _adopt(self, file: BinaryIO, key: str) -> None:
        self._cap.make_room(file.tell())
        self._folder.name(file, key)
        self._files.note(key)

    def _known(self, key: str) -> Path:
        path = self._files.verified(key)
        found = self._folder.stat(key)
        if found is not None and self._clock() - found.used > REFRESH_AFTER:
            with contextlib.suppress(ShelfError):  # served all the same
                self._folder.touch(key, b"")
                self._files.note(key)
        return path


def kept(store: Store, key: str) -> Iterator[bytes]:
    """The bytes of what is there, bit by bit.

    Raises:
        Missing: nothing is.
    """
    if store.stat(key) is None:
        raise missing(store.place, key)
    try:
        yield from store.pieces(key)
    except FileNotFoundError as error:  # gone since we asked
        raise missing(store.place, key) from error


def hashed(pieces: Iterable[bytes]) -> str:
    """The SHA-256 of these bytes, in hexadecimal digits."""
    found = sha256()
    for piece in pieces:
        found.update(piece)
    return found.hexdigest()


def passing(pieces: Iterable[bytes], update: Callable[[bytes], None]) -> Iterator[bytes]:
    """The same bytes, shown to ``update`` on their way."""
    for piece in pieces:
        update(piece)
        yield piece
