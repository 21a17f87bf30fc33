"""Backups: the library at one moment, in one zip of JSON lines that fits either database.

`library.json` says what it is and how many rows of each table there are, with the SHA-256 of each
table's file; a table's file has a row a line. The search index is worked out anew, sessions and
idempotency keys are of the day and stay behind, and of tokens there are only hashes.
"""

import hashlib
import json
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Column, Connection, Table, delete, insert, select

from aloud.errors import Conflict, LibraryError
from aloud.library import index, revisions
from aloud.library.migrations import HEAD
from aloud.library.store import Store
from aloud.library.tables import KEPT, Moment, articles, listeners, search_texts

VERSION = 1
_HEAD = "library.json"
_ROWS = 500  # read and written at a time
_LONGEST = 1 << 30  # bytes of a line: a row is an article at the most
# What reading a zip and its JSON raises when bits have flipped.
_NONSENSE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    LookupError,
    RuntimeError,  # encrypted, or compressed as nobody does
    ArithmeticError,
    TypeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class Contents:
    """One table of a backup."""

    rows: int
    sha256: str


def back_up(store: Store, path: Path) -> None:
    """See `Library.backup`."""
    unfinished = path.with_name(path.name + ".part")
    try:
        with unfinished.open("wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                with store.snapshot() as connection:
                    contents = {t.name: _write_table(archive, connection, t) for t in KEPT}
                archive.writestr(_HEAD, json.dumps(_head(contents, store.clock()), indent=1))
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError as error:
        raise LibraryError(
            f"the backup cannot be written ({error.strerror})",
            subject=str(path),
            hint="choose a folder that can be written, with room enough",
        ) from error
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


def restore(store: Store, path: Path, *, replace: bool) -> None:
    """See `Library.restore`."""
    try:
        with zipfile.ZipFile(path) as archive:
            contents = _checked(archive, path)
            with store.writing() as connection:
                _make_room(connection, replace=replace)
                for table in KEPT:
                    _read_table(archive, connection, table, contents[table.name], path)
                for article_id in index.missing(connection):
                    revisions.index_newest(connection, article_id)
    except OSError as error:
        raise LibraryError(
            f"the backup cannot be read ({error.strerror or error})",
            subject=str(path),
            hint="look whether the file is there and may be read",
        ) from error
    except _NONSENSE as error:
        raise _damaged(path) from error


def _head(contents: Mapping[str, Contents], now: datetime) -> dict[str, Any]:
    return {
        "aloud": "library",
        "version": VERSION,
        "schema": HEAD,
        "made": now.isoformat(),
        "tables": {name: asdict(each) for name, each in contents.items()},
    }


def _write_table(archive: zipfile.ZipFile, connection: Connection, table: Table) -> Contents:
    sha256, count = hashlib.sha256(), 0
    asked = select(table).order_by(*table.primary_key)
    rows = connection.execute(asked, execution_options={"yield_per": _ROWS})
    with archive.open(_file(table), "w", force_zip64=True) as file:
        for row in rows:
            line = json.dumps({c.name: _to_json(row._mapping[c]) for c in table.c}).encode() + b"\n"
            sha256.update(line)
            file.write(line)
            count += 1
    return Contents(count, sha256.hexdigest())


def _checked(archive: zipfile.ZipFile, path: Path) -> dict[str, Contents]:
    """What the backup says it has, after everything was found to be so."""
    head = json.loads(archive.read(_HEAD))
    if head["aloud"] != "library":
        raise _damaged(path)
    if head["version"] != VERSION or head["schema"] > HEAD:
        raise LibraryError(
            "the backup was made by a newer version of Aloud",
            subject=str(path),
            hint="upgrade Aloud, then restore it",
        )
    contents = {name: Contents(**each) for name, each in head["tables"].items()}
    for table in KEPT:
        sha256 = hashlib.sha256()
        with archive.open(_file(table)) as file:
            while piece := file.read(1 << 20):
                sha256.update(piece)
        if sha256.hexdigest() != contents[table.name].sha256:
            raise _damaged(path)
    return contents


def _make_room(connection: Connection, *, replace: bool) -> None:
    held = connection.execute(select(listeners.c.id).limit(1)).first()
    if (held or connection.execute(select(articles.c.id).limit(1)).first()) and not replace:
        raise Conflict(
            "the library is not empty",
            hint="restore into a new one, or give up this one: aloud library restore --replace",
        )
    connection.execute(delete(search_texts))
    for table in reversed(KEPT):
        connection.execute(delete(table))


def _read_table(
    archive: zipfile.ZipFile, connection: Connection, table: Table, contents: Contents, path: Path
) -> None:
    count = 0
    with archive.open(_file(table)) as file:
        for rows in _batches(file, table):
            connection.execute(insert(table), rows)
            count += len(rows)
    if count != contents.rows:
        raise _damaged(path)


def _batches(file: IO[bytes], table: Table) -> Iterator[list[dict[str, Any]]]:
    rows: list[dict[str, Any]] = []
    while line := file.readline(_LONGEST):
        data = json.loads(line)
        # An older backup lacks the columns that came since: those have a default.
        rows.append({c.name: _from_json(c, data[c.name]) for c in table.c if _has(data, c)})
        if len(rows) == _ROWS:
            yield rows
            rows = []
    if rows:
        yield rows


def _file(table: Table) -> str:
    return f"{table.name}.jsonl"


def _to_json(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def _from_json(column: Column[Any], value: Any) -> Any:
    if isinstance(column.type, Moment) and value is not None:
        return datetime.fromisoformat(value)
    return value


def _has(data: Mapping[str, Any], column: Column[Any]) -> bool:
    return column.name in data or column.default is None


def _damaged(path: Path) -> LibraryError:
    return LibraryError(
        "this is no backup of a library, or it is damaged",
        subject=str(path),
        hint="take another backup: nothing was changed",
    )
