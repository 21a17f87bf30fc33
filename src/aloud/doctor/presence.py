"""Presence: a running service says in its data folder where it is, for whoever looks for it.

A file for each process, which holds its address and which it keeps locked. The system gives the
lock away when the process ends, however it does: so a file that nobody locks is a dead one's.
"""

import contextlib
import os
from pathlib import Path
from typing import Self

try:
    import fcntl
except ImportError:  # Windows: whoever does not answer is gone
    fcntl = None  # type: ignore[assignment]

_FOLDER = "running"
_NEW = ".new"  # of files that are not whole yet


class Presence:
    """Says that a service of the data folder ``data`` is at ``url``, until it is closed."""

    def __init__(self, data: Path, url: str) -> None:
        """Raises OSError."""
        folder = data / _FOLDER
        folder.mkdir(mode=0o700, exist_ok=True)
        addresses(data)  # the dead are buried on the way
        self._path = folder / f"{os.getpid()}-{os.urandom(6).hex()}"
        made = self._path.with_suffix(_NEW)
        self._file = made.open("w", encoding="utf-8")
        if fcntl is not None:
            fcntl.flock(self._file, fcntl.LOCK_EX)
        self._file.write(url)
        self._file.flush()
        made.replace(self._path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        with contextlib.suppress(OSError):  # on a full or broken disk the lock says enough
            self._path.unlink(missing_ok=True)
        self._file.close()


def addresses(data: Path) -> tuple[str, ...]:
    """Where the services of this data folder are that still run, by their own words."""
    folder = data / _FOLDER
    whole = [path for path in folder.iterdir() if path.suffix != _NEW] if folder.is_dir() else []
    return tuple(url for path in sorted(whole) if (url := _address(path)))


def _address(path: Path) -> str:
    """What a living process says; "" and no file any more, where it is a dead one's."""
    with contextlib.suppress(OSError), path.open("r+", encoding="utf-8") as file:
        try:
            if fcntl is None:
                return file.read()
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return file.read()
        path.unlink()
    return ""
