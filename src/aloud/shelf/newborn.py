"""Files that have no name yet, and the sweeping of those whose maker was killed.

The maker holds a lock on its file for as long as it lives. A lock tells the living from the dead
where a process id would not: between two containers on one disk, or when ids are used again.
"""

import contextlib
import fcntl
import secrets
import time
from pathlib import Path
from typing import BinaryIO

_DAY = 24 * 60 * 60.0  # seconds; nobody takes as long to write one object


def fresh(folder: Path) -> BinaryIO:
    """A new file in ``folder``, open for writing and safe from every sweep.

    Raises:
        OSError: the disk refuses.
    """
    while True:
        path = folder / secrets.token_hex(8)
        file = path.open("xb")
        # A sweep may come between the making and the locking: then the file is gone, or about
        # to go, and the next one has better luck.
        if _locked(file) is not False and path.exists():
            return file
        file.close()


def sweep(folder: Path) -> None:
    """Remove the files whose makers are dead. What the disk refuses stays for the next time."""
    with contextlib.suppress(OSError):  # no such folder yet, or not ours to read
        for path in folder.iterdir():
            # "ab" changes nothing: a lock over a network wants a file open for writing.
            with contextlib.suppress(OSError), path.open("ab") as file:
                mine = _locked(file)
                if mine or (mine is None and time.time() - path.stat().st_mtime > _DAY):
                    path.unlink()


def _locked(file: BinaryIO) -> bool | None:
    """Whether the lock is ours now; None where the disk knows no locks."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True
