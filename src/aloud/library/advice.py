"""Advice: what a database's refusal means for whoever runs it, and what to do about it."""

import sqlite3

from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnection

from aloud.errors import Conflict, LibraryError, NotFound

_BUSY = (
    "the library is locked by another process",
    "try again; if it stays so, look for a process that holds the database",
)
_FULL = ("the disk of the library is full", "make room on it; nothing that was kept is lost")
_READ_ONLY = (
    "the library can be read but not written",
    "let the user who runs this write the database and its folder, on a disk that is not read-only",
)
_AWAY = ("the database cannot be reached", "start its server, or mend the address, and try again")
_DAMAGED = (
    "the library is damaged, or is no library",
    "move it away and restore a backup: aloud library restore",
)
_REFUSED = ("the database refuses the user", "mend the name or the password in its address")
_CROWDED = (
    "the database has no connection left",
    "let its server take more (max_connections), or run fewer processes of Aloud",
)

_SQLITE = {
    sqlite3.SQLITE_PERM: _READ_ONLY,
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_IOERR: (
        "the disk of the library fails to read or write",
        "look at the disk and the system's log; nothing was kept of the last change",
    ),
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_CANTOPEN: (
        "the library's file cannot be opened",
        "let the user who runs this read and write its folder",
    ),
    sqlite3.SQLITE_NOTADB: _DAMAGED,
}

# By SQLSTATE or its class: https://www.postgresql.org/docs/15/errcodes-appendix.html
_POSTGRES = {
    "08": _AWAY,
    "57": _AWAY,
    "25006": _READ_ONLY,
    "28": _REFUSED,
    "3D": ("there is no such database", "make it: createdb --encoding UTF8 NAME"),
    "40": _BUSY,
    "42501": _REFUSED,
    "53": _CROWDED,
    "53100": _FULL,
    "55P03": _BUSY,
}
_FOREIGN_KEY = "23503"


def told(error: SQLAlchemyError, subject: str) -> LibraryError | None:
    """The failure with its advice; None for a bug of ours, which must be seen as one."""
    if isinstance(error, NoConnection):
        return _with(_BUSY, subject)
    if isinstance(error, IntegrityError):
        return _contradiction(error)
    if not isinstance(error, DBAPIError) or error.orig is None:
        return None
    if isinstance(error.orig, sqlite3.Error):
        code = getattr(error.orig, "sqlite_errorcode", 0)
        found = _SQLITE.get(code & 0xFF)  # the low byte is the kind, the rest says more of it
    else:
        found = _by_state(error)
    return _with(found, subject) if found else None


def busy(subject: str) -> LibraryError:
    return _with(_BUSY, subject)


def _by_state(error: DBAPIError) -> tuple[str, str] | None:
    state: str | None = getattr(error.orig, "sqlstate", None)
    if state:
        return _POSTGRES.get(state) or _POSTGRES.get(state[:2])
    # Without one the server never answered, or said no before there was a connection.
    said = str(error.orig)
    if "authentication" in said or "no pg_hba.conf entry" in said:
        return _REFUSED
    if "does not exist" in said and "database" in said:
        return _POSTGRES["3D"]
    if "too many clients" in said or "remaining connection slots" in said:
        return _CROWDED
    # psycopg's OperationalError: a server that is not there, or that went away.
    return _AWAY if error.connection_invalidated or _is_operational(error) else None


def _is_operational(error: DBAPIError) -> bool:
    return type(error).__name__ in ("OperationalError", "InterfaceError")


def _contradiction(error: IntegrityError) -> LibraryError:
    state = getattr(error.orig, "sqlstate", None)
    if state == _FOREIGN_KEY or "FOREIGN KEY" in str(error.orig):
        return NotFound(
            "what this belongs to is not in the library",
            hint="it may have been removed a moment ago: look again",
        )
    return Conflict("that is in the library already", hint="look again, or choose another name")


def _with(found: tuple[str, str], subject: str) -> LibraryError:
    message, hint = found
    return LibraryError(message, subject=subject, hint=hint)
