"""Lock: one process at a time, held by an open file. The system lets go of it when one dies."""

import sys
import time
from typing import IO

_NAP = 0.02  # seconds between two tries

if sys.platform == "win32":
    import msvcrt

    def _try(file: IO[bytes]) -> bool:
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def locked(file: IO[bytes], patience: float) -> bool:
    """Whether the file could be locked within that many seconds. Closing it lets go."""
    until = time.monotonic() + patience
    while not _try(file):
        if time.monotonic() > until:
            return False
        time.sleep(_NAP)
    return True
