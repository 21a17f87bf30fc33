"""Staging: where files are made, and where those of processes that died are swept away."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: nothing is swept there
    fcntl = None  # type: ignore[assignment]

_LOCK = ".lock"


class Staging:
    """A folder of this process, beside those of others on one data folder. A lock says that its
    process lives; what has none is swept when the next one starts."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for left in folder.iterdir():
            _sweep(left)
        self._folder = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=folder))
        self._lock = _locked(self._folder / _LOCK)

    @contextlib.contextmanager
    def folder(self) -> Iterator[Path]:
        """An empty folder, which is gone at the end of the block."""
        with tempfile.TemporaryDirectory(dir=self._folder) as made:
            yield Path(made)

    def close(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        os.close(self._lock)


def _locked(path: Path) -> int:
    lock = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    if fcntl is not None:
        fcntl.flock(lock, fcntl.LOCK_EX)
    return lock


def _sweep(left: Path) -> None:
    """Take a dead process's folder away. One without a lock file is being made this moment."""
    if fcntl is None:
        return
    with contextlib.suppress(OSError):
        lock = os.open(left / _LOCK, os.O_RDWR)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(left, ignore_errors=True)
        finally:
            os.close(lock)
