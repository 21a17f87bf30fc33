"""A folder as a store: each object is a file, made out of sight and given its name in one step.

obstore lists it, but does not write it: its own writing renames too, and yet flushes nothing to
the disk, so that a power cut could leave half an object (docs/notes/shelf.md).
"""

import contextlib
import errno
import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from obstore.store import LocalStore

from aloud.shelf import listing, newborn
from aloud.shelf.advice import disk_errors
from aloud.shelf.shelved import Stored

PIECE = 1024 * 1024  # bytes read at a time
_NEW = ".new"  # of files that have no name yet

Identity = tuple[int, int, int]  # inode, time of change in ns, size


class Folder:
    """A folder as a store, as the seam `Store` has it."""

    def __init__(self, root: Path) -> None:
        """Open a folder, made if need be, and sweep what killed processes left half made.

        Raises:
            ShelfError: it cannot be made.
        """
        self.root = root.absolute()
        self.place = str(self.root)
        with disk_errors(self.place):
            _make(self.root, Path(self.root.anchor))
            self._listed = LocalStore(self.root)
        with contextlib.suppress(OSError):  # a read-only shelf can be read all the same
            _make(self.root / _NEW, self.root)
        # What shows that this is still our disk, and not the bare place where it was mounted.
        self._sign = next(path for path in (self.root / _NEW, self.root) if path.is_dir())
        newborn.sweep(self.root / _NEW)

    def path(self, key: str) -> Path:
        return self.root / key

    @contextlib.contextmanager
    def stage(self) -> Iterator[BinaryIO]:
        """A new file without a name, to `fill` and `name`. It is gone at the block's end."""
        with self._present():
            if self._sign == self.root:
                _make(self.root / _NEW, self.root)
            file = newborn.fresh(self.root / _NEW)
        try:
            yield file
        finally:
            with contextlib.suppress(OSError):  # what a full disk could not take is not wanted
                file.close()
            with contextlib.suppress(OSError):
                Path(file.name).unlink(missing_ok=True)

    def fill(self, file: BinaryIO, pieces: Iterable[bytes]) -> None:
        for piece in pieces:  # what goes wrong in getting them is told by whoever makes them
            with disk_errors(self.place):
                file.write(piece)

    def name(self, file: BinaryIO, key: str) -> None:
        """Give a staged file its name: bytes on the disk first, then the name, then the folder."""
        path = self.path(key)
        with disk_errors(self.place):
            file.flush()
            os.fsync(file.fileno())
            _make(path.parent, self.root)
            Path(file.name).replace(path)
            _flush(path.parent)

    def write(self, key: str, data: bytes) -> None:
        with self.stage() as file:
            self.fill(file, [data])
            self.name(file, key)

    def kinds(self) -> tuple[str, ...]:
        with self._present():
            return listing.kinds(self._listed)

    def list(self, kind: str) -> Iterator[Stored]:
        with self._present():
            yield from listing.objects(self._listed, kind)

    def stat(self, key: str) -> Stored | None:
        with self._present():
            try:
                return _stored(key, self.path(key).stat())
            except (FileNotFoundError, NotADirectoryError):
                return None

    def identity(self, key: str) -> Identity | None:
        """What tells this file from any other, and from what it was before a change."""
        with self._present():
            try:
                found = self.path(key).stat()
            except (FileNotFoundError, NotADirectoryError):
                return None
            return found.st_ino, found.st_mtime_ns, found.st_size

    def read(self, key: str) -> tuple[Stored, bytes] | None:
        with self._present():
            try:
                with self.path(key).open("rb") as file:
                    return _stored(key, os.fstat(file.fileno())), file.read()
            except (FileNotFoundError, NotADirectoryError):
                return None

    def pieces(self, key: str) -> Iterator[bytes]:
        with disk_errors(self.place, but=FileNotFoundError), self.path(key).open("rb") as file:
            while piece := file.read(PIECE):
                yield piece

    def touch(self, key: str, data: bytes) -> None:
        with disk_errors(self.place), contextlib.suppress(FileNotFoundError):
            os.utime(self.path(key))

    def delete(self, keys: Sequence[str]) -> None:
        with self._present():
            for key in keys:
                self.path(key).unlink(missing_ok=True)

    def move(self, key: str, to: str) -> None:
        with disk_errors(self.place), contextlib.suppress(FileNotFoundError):
            _make(self.path(to).parent, self.root)
            self.path(key).replace(self.path(to))
            _flush(self.path(to).parent)

    def check(self) -> None:
        with self.stage() as file:
            self.fill(file, [b"check"])
            with disk_errors(self.place):
                file.flush()

    @contextlib.contextmanager
    def _present(self) -> Iterator[None]:
        with disk_errors(self.place):
            if not self._sign.is_dir():
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
            yield


def _make(folder: Path, within: Path) -> None:
    """The folder and those above it, each one's name on the disk before anything is put in it."""
    if folder.is_dir():
        return
    if folder.parent != within:
        _make(folder.parent, within)
    folder.mkdir(exist_ok=True)
    _flush(folder.parent)


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _stored(key: str, found: os.stat_result) -> Stored:
    return Stored(key, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))
