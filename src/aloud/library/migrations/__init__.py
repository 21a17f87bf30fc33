"""Migrations: how a library of yesterday becomes one of today, step by step, and back."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from aloud.errors import LibraryError

HEAD = "r0005"
# Any number that nothing else on the server locks; these are the bytes of "aloud".
_LOCK = int.from_bytes(b"aloud")
_ENCODING = "UTF8"
_ONE_AT_A_TIME = threading.Lock()


def upgrade(connection: Connection, subject: str) -> None:
    """Bring the database to where this version of Aloud wants it, in the transaction there is.

    Processes that come at once wait for one another: on Postgres at a lock that ends with the
    transaction, on SQLite because there is one writer.

    Raises:
        LibraryError: a newer version of Aloud made it, or it cannot hold every script.
    """
    if connection.dialect.name == "postgresql":
        _refuse_poor_encoding(connection, subject)
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    now = current(connection)
    if now == HEAD:
        return
    scripts = _scripts()
    if now not in (None, *(script.revision for script in scripts.walk_revisions())):
        raise LibraryError(
            f"the library was made by a newer version of Aloud ({now})",
            subject=subject,
            hint="upgrade Aloud, or restore a backup into another library",
        )
    _run(connection, scripts, lambda at, _context: scripts._upgrade_revs(HEAD, at))


def downgrade(connection: Connection, revision: str) -> None:
    """Take the database back to an earlier step ("base": none at all)."""
    scripts = _scripts()
    _run(connection, scripts, lambda at, _context: scripts._downgrade_revs(revision, at))


def current(connection: Connection) -> str | None:
    """The step the database stands at; None: it is empty."""
    return MigrationContext.configure(connection).get_current_revision()


def _run(connection: Connection, scripts: ScriptDirectory, steps: Callable[..., Any]) -> None:
    # Alembic's `op` is one for the whole process: two libraries opened by two threads take turns.
    with _ONE_AT_A_TIME:
        options = {"fn": steps, "script": scripts, "transactional_ddl": True}
        context = MigrationContext.configure(connection, opts=options)
        with Operations.context(context):
            context.run_migrations()


def _scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return ScriptDirectory.from_config(config)


def _refuse_poor_encoding(connection: Connection, subject: str) -> None:
    encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
    if encoding != _ENCODING:
        raise LibraryError(
            f"the database holds text as {encoding}, which cannot hold every script",
            subject=subject,
            hint="make it anew: createdb --encoding UTF8 --template template0 NAME",
        )
