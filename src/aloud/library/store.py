"""Store: the database under the library. Opening it, reading, and writing one at a time.

Nobody above sees an error of the database's own: it becomes a LibraryError with advice, or it is
a bug. It never waits without an end.
"""

import secrets
import string
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import IO, Any, TypeVar

from sqlalchemy import (
    URL,
    ColumnElement,
    Connection,
    Engine,
    Row,
    Table,
    create_engine,
    event,
    make_url,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import QueuePool
from sqlalchemy.sql.dml import ReturningInsert

from aloud.errors import LibraryError, UsageError
from aloud.library import advice, migrations
from aloud.library.lock import locked
from aloud.library.tables import heartbeat

Noun = TypeVar("Noun")

PATIENCE = 10  # seconds to wait for another writer, and for a connection
OPENING = 60  # seconds to wait for another process that brings the database up to date
# Threads wait for one another in this process sooner than for a connection: a call takes
# milliseconds, and Postgres gives 100 connections to all processes together by default.
CONNECTIONS = 10
AT_A_TIME = 200  # rows, where there may be any number
_LETTERS = string.ascii_letters + string.digits
_LONG = 12  # letters of an id


class Store:
    """One database, its engine and its clock."""

    def __init__(self, url: str | Path, clock: Callable[[], datetime]) -> None:
        self._url = _address(url)
        self.clock = clock
        # As it may be shown: the password is left out.
        shown = self._url.render_as_string(hide_password=True)
        self.subject = self._url.database or "" if self.is_sqlite else shown
        self._writer = threading.Lock()
        self._engine = self._sqlite() if self.is_sqlite else self._postgres()
        try:
            with self._alone(), self.writing() as connection:
                migrations.upgrade(connection, self.subject)
        except BaseException:
            self.close()
            raise

    @property
    def is_sqlite(self) -> bool:
        return self._url.get_backend_name() == "sqlite"

    def close(self) -> None:
        self._engine.dispose()

    def check(self) -> None:
        """A real read and a real write: a full disk shows only when something is kept."""
        with self.writing() as connection:
            row = {"id": 1, "at": self.clock()}
            change = inserting(connection, heartbeat).values(row)
            connection.execute(change.on_conflict_do_update(index_elements=["id"], set_=row))

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection to read with; SQLite shows one moment throughout."""
        with self._advised(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A connection that shows one moment throughout, however long it takes."""
        with self._advised(), self._engine.connect() as connection:
            if not self.is_sqlite:
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction: all of it is kept at the end of the block, or nothing."""
        with self._advised(), self._turn(), self._engine.connect() as connection:
            connection.execution_options(writes=True)  # of this connection, until it goes back
            with connection.begin():
                yield connection

    @contextmanager
    def _advised(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            if known := advice.told(error, self.subject):
                raise known from error
            raise

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """SQLite takes one writer at a time. Its own waiting is a row of longer and longer naps,
        so under forty threads the unlucky starve: ours stand in line here instead."""
        if not self.is_sqlite:
            yield
            return
        if not self._writer.acquire(timeout=PATIENCE):
            raise advice.busy(self.subject)
        try:
            yield
        finally:
            self._writer.release()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time opens an SQLite file: turning to WAL fails at once, without any
        waiting, while another does it. Postgres has a lock inside the transaction instead."""
        if not self.is_sqlite:
            yield
            return
        with _lock_file(Path(self.subject)) as file:
            if not locked(file, OPENING):
                raise advice.busy(self.subject)
            yield

    def _sqlite(self) -> Engine:
        engine = create_engine(
            self._url,
            poolclass=QueuePool,
            pool_size=CONNECTIONS,
            max_overflow=0,  # none is closed after use: opening one costs more than a call
            pool_timeout=PATIENCE,
            connect_args={"timeout": PATIENCE, "check_same_thread": False},
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine

    def _postgres(self) -> Engine:
        engine = create_engine(
            self._url,
            pool_size=CONNECTIONS,
            max_overflow=0,
            pool_timeout=PATIENCE,
            pool_pre_ping=True,  # a server that was restarted is found again without a failure
            connect_args={"connect_timeout": PATIENCE, "application_name": "aloud"},
        )
        event.listen(engine, "connect", _prepare_postgres)
        return engine


def inserting(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that knows ON CONFLICT, in the words of the connection's database."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)


def inserted(connection: Connection, table: Table, row: Mapping[str, object]) -> bool:
    """Insert the row, or leave what is there already and say False."""
    # What comes back tells: psycopg does not count the rows of an INSERT.
    return (
        connection.execute(_insert_or_leave(connection.dialect.name, table), row).first()
        is not None
    )


@cache
def _insert_or_leave(dialect: str, table: Table) -> ReturningInsert[Any]:
    change = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(table)
    return change.on_conflict_do_nothing().returning(*table.primary_key)


def new_id() -> str:
    """Short, safe in a URL, and never first a dash, which a command line takes for an option.

    12 letters and digits are 71 random bits.
    """
    number, letters = secrets.randbelow(len(_LETTERS) ** _LONG), ""
    while len(letters) < _LONG:
        number, letter = divmod(number, len(_LETTERS))
        letters += _LETTERS[letter]
    return letters


def record(kind: type[Noun], table: Table, row: Row[Any]) -> Noun:
    """The record whose fields bear the names of the table's columns."""
    found = row._mapping
    columns = _columns(kind, table)  # type: ignore[arg-type]
    return kind(*(found[column] for column in columns))


def row_of(noun: Any) -> dict[str, Any]:
    """The other way round. `dataclasses.asdict` copies every value deeply, which takes longer than
    to insert them."""
    return {each.name: getattr(noun, each.name) for each in fields(noun)}


@cache
def _columns(kind: type[Any], table: Table) -> tuple[ColumnElement[Any], ...]:
    return tuple(table.c[each.name] for each in fields(kind))


def every(
    store: Store, kind: type[Noun], table: Table, *where: ColumnElement[bool]
) -> Iterator[Noun]:
    """Records of any number of rows, read some at a time: between two reads nothing is held."""
    last = ""
    while True:
        some = select(table).where(*where, table.c.id > last).order_by(table.c.id).limit(AT_A_TIME)
        with store.reading() as connection:
            rows = connection.execute(some).all()
        if not rows:
            return
        yield from (record(kind, table, row) for row in rows)
        last = rows[-1].id


def _address(url: str | Path) -> URL:
    if isinstance(url, Path) or "://" not in url:
        return URL.create("sqlite", database=str(url))
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise _unknown() from error
    backend = address.drivername.partition("+")[0]
    if backend in ("postgresql", "postgres"):
        return address.set(drivername="postgresql+psycopg")
    if backend == "sqlite" and address.database and address.database != ":memory:":
        return address.set(drivername="sqlite")
    raise _unknown()


def _lock_file(path: Path) -> IO[bytes]:
    try:
        # What somebody listens to is theirs: nobody else on this machine looks in.
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return path.with_name(path.name + ".lock").open("ab")
    except OSError as error:
        raise LibraryError(
            f"the library's folder cannot be written ({error.strerror})",
            subject=str(path),
            hint="let the user who runs this write there, or choose another folder",
        ) from error


def _unknown() -> UsageError:
    # Without the address itself: it may hold a password.
    return UsageError(
        "the library's address means nothing",
        hint="it is the path of a file, sqlite:///PATH or postgresql://USER@HOST/NAME",
    )


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself: see _begin_sqlite
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    # A writer that began as a reader fails at once with "database is locked" when somebody wrote
    # in between, whatever the patience: so it says at the start that it will write.
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _prepare_postgres(connection: Any, _record: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{PATIENCE}s'")
    connection.commit()
