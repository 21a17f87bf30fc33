"""Liveness: which service processes on one database are still there. Locks say so, not clocks.

The system gives a dead process's locks away at once, whatever the time is said to be: there is no
lease that a clock set back could keep alive for an hour.
"""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

import psycopg

try:
    import fcntl
except ImportError:  # Windows: one service on one library there
    fcntl = None  # type: ignore[assignment]


class Liveness(Protocol):
    """Holds this process's own lock from its making to `close`."""

    def dead(self, others: Iterable[str]) -> list[str]:
        """Those of the other executors whose locks nobody holds any more."""
        ...

    def close(self) -> None: ...


class FileLiveness:
    """A locked file for each process, beside an SQLite database."""

    def __init__(self, folder: Path, executor: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._own = folder, folder / executor
        self._file = self._own.open("wb")
        if fcntl is not None:
            fcntl.flock(self._file, fcntl.LOCK_EX)

    def dead(self, others: Iterable[str]) -> list[str]:
        return [other for other in others if self._is_dead(other)]

    def close(self) -> None:
        self._own.unlink(missing_ok=True)
        self._file.close()

    def _is_dead(self, executor: str) -> bool:
        path = self._folder / executor
        if executor == self._own.name:
            return False
        try:
            with path.open("r+b") as file:
                if fcntl is not None:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink(missing_ok=True)
        except FileNotFoundError:
            return True  # it took its lock with it when it ended, or somebody buried it before us
        except BlockingIOError:
            return False
        return True


class PostgresLiveness:
    """An advisory lock for each process, held by a connection that does nothing else.

    When that connection breaks, the lock is lost and others may take our articles over; it is
    taken anew at the next look. Steps are idempotent, so the worst is work done twice.
    """

    def __init__(self, url: str, executor: str) -> None:
        self._url, self._executor = url, executor
        self._connection = self._locked()

    def dead(self, others: Iterable[str]) -> list[str]:
        try:
            return [other for other in others if self._is_dead(other)]
        except psycopg.OperationalError:
            self._connection.close()
            self._connection = self._locked()
            return []

    def close(self) -> None:
        self._connection.close()

    def _locked(self) -> "psycopg.Connection[tuple[object, ...]]":
        connection = psycopg.connect(self._url, autocommit=True)
        connection.execute("SELECT pg_advisory_lock(%s)", (_number(self._executor),))
        return connection

    def _is_dead(self, executor: str) -> bool:
        if executor == self._executor:
            return False
        number = _number(executor)
        row = self._connection.execute("SELECT pg_try_advisory_lock(%s)", (number,)).fetchone()
        free = bool(row and row[0])
        if free:
            self._connection.execute("SELECT pg_advisory_unlock(%s)", (number,))
        return free


def _number(executor: str) -> int:
    """A lock's number: 63 bits of the name's digest."""
    return int.from_bytes(hashlib.sha256(executor.encode()).digest()[:8], "big") >> 1


def new_executor() -> str:
    """A name that no process had before: recovery must not take this one for its own past."""
    return f"{os.getpid()}-{os.urandom(6).hex()}"


def open_liveness(database_url: str, data: Path, executor: str) -> Liveness:
    """The kind of lock that fits the database."""
    if database_url.startswith("postgresql"):
        url = database_url.replace("postgresql+psycopg://", "postgresql://", 1)
        return PostgresLiveness(url, executor)
    return FileLiveness(data / "alive", executor)
