"""Open files: the recordings that are being listened to, open and ready to be read from.

A bounded number of descriptors, the least recently used closed first, and never under a reader. A
file that was replaced, removed or written to is noticed within a second. Everything here happens
on one event loop; only what may block, finding and opening, goes to a thread.
"""

import asyncio
import errno
import os
import time
from collections import OrderedDict
from collections.abc import Callable
from email.utils import formatdate
from pathlib import Path

# Linux reads what it has in memory and says so when it would have to wait for a disk.
_NO_WAIT: int = getattr(os, "RWF_NOWAIT", 0)

LOOK_EVERY = 1.0  # seconds

Find = Callable[[str], Path | None]


class OpenFile:
    """A descriptor, and what the file was like when it was opened. Not to be made by hand."""

    __slots__ = ("closing", "etag", "fd", "headers", "lines", "look_again", "modified",
                 "path", "readers", "size", "stamp", "waits_never")  # fmt: skip

    def __init__(self, path: Path, name: str) -> None:
        self.path = str(path)
        self.fd = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
        status = os.fstat(self.fd)
        self.size = status.st_size
        self.stamp = _stamp(status)
        self.look_again = 0.0
        self.modified = int(status.st_mtime)
        self.readers = 0
        self.closing = False
        self.waits_never = bool(_NO_WAIT)
        digest, _, suffix = name.partition(".")
        self.etag = f'"{digest}"'.encode()
        self.headers = _headers(self.etag, self.modified, digest, suffix)
        self.lines: bytes | None = None  # the headers as they are sent, once somebody needs them

    def unchanged(self, now: float) -> bool:
        """As far as has been looked: once a second, since names are of contents and last."""
        if now < self.look_again:
            return True
        self.look_again = now + LOOK_EVERY
        try:
            return _stamp(Path(self.path).stat()) == self.stamp
        except OSError:
            return False

    def close(self) -> None:
        """Close now, or when the last reader has given it back."""
        self.closing = True
        if self.readers == 0 and self.fd >= 0:
            os.close(self.fd)
            self.fd = -1

    def at_once(self, count: int, start: int) -> bytearray | None:
        """``count`` bytes from ``start`` if they are in memory; None: a disk would have to think,
        and must not hold up everybody else's sentence."""
        if not self.waits_never:
            return None
        buffer = bytearray(count)
        try:
            return buffer if os.preadv(self.fd, [buffer], start, _NO_WAIT) == count else None
        except BlockingIOError:
            return None
        except OSError as error:
            if error.errno not in (errno.EOPNOTSUPP, errno.EINVAL):
                raise
            self.waits_never = False  # a file system that cannot tell
            return None

    async def read(self, count: int, start: int) -> bytes | bytearray:
        """``count`` bytes from ``start``, fewer only where the file has become shorter."""
        body = self.at_once(count, start)
        if body is not None:
            return body
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(None, os.pread, self.fd, count, start)


class OpenFiles:
    """The open files by name, ``<sha256>.<suffix>``. ``find`` may block; None: there is none."""

    def __init__(
        self, find: Find, most: int = 128, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._find = find
        self._clock = clock
        self._most = most
        self._files: OrderedDict[str, OpenFile] = OrderedDict()
        self._finding: dict[str, asyncio.Task[OpenFile | None]] = {}

    def __len__(self) -> int:
        return len(self._files)

    def at_hand(self, name: str) -> OpenFile | None:
        """The file if it is open, and still what it was; good until the next await."""
        file = self._files.get(name)
        if file is None:
            return None
        if file.unchanged(self._clock()):
            self._files.move_to_end(name)
            return file
        self._files.pop(name).close()
        return None

    async def lend(self, name: str) -> OpenFile | None:
        """The file, to be given back. However many ask at once, it is looked for once."""
        while True:
            file = self.at_hand(name)
            if file is not None:
                file.readers += 1
                return file
            task = self._finding.get(name)
            if task is None:
                task = self._finding[name] = asyncio.create_task(self._look_for(name))
                task.add_done_callback(lambda _: self._finding.pop(name, None))
            # One who goes away must not take the file from the others who wait for it.
            file = await asyncio.shield(task)
            if file is None:
                return None
            if not file.closing:
                file.readers += 1
                return file

    def give_back(self, file: OpenFile) -> None:
        file.readers -= 1
        if file.closing:
            file.close()

    def close(self) -> None:
        while self._files:
            self._files.popitem()[1].close()

    async def _look_for(self, name: str) -> OpenFile | None:
        file = await asyncio.get_running_loop().run_in_executor(None, self._open, name)
        if file is not None:
            self._files[name] = file
            while len(self._files) > self._most:
                self._files.popitem(last=False)[1].close()
        return file

    def _open(self, name: str) -> OpenFile | None:
        path = self._find(name)
        try:
            return None if path is None else OpenFile(path, name)
        except FileNotFoundError:  # it went away in between
            return None


def _stamp(status: os.stat_result) -> tuple[int, int, int, int]:
    return status.st_ino, status.st_dev, status.st_size, status.st_mtime_ns


_TYPES = {"m4a": b"audio/mp4", "mp3": b"audio/mpeg"}


def _headers(
    etag: bytes, modified: int, digest: str, suffix: str
) -> tuple[tuple[bytes, bytes], ...]:
    """What every answer with this file says."""
    return (
        (b"etag", etag),
        (b"last-modified", formatdate(modified, usegmt=True).encode()),
        (b"accept-ranges", b"bytes"),
        # The name is the content's hash, so it never changes. Private: a token may have been
        # needed, and a cache that is shared would hand the recording to those who have none.
        (b"cache-control", b"private, max-age=31536000, immutable"),
        (b"content-type", _TYPES[suffix]),
        (b"content-disposition", f'inline; filename="aloud-{digest[:12]}.{suffix}"'.encode()),
    )
