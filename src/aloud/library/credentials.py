"""Credentials: the tokens and sessions by which a listener is known.

A secret is shown once and never kept: only its SHA-256 is, so that nobody who reads the database
or a backup can listen in another's name. 256 random bits need no slow hash.
"""

import hashlib
import hmac
import secrets
from datetime import datetime

from sqlalchemy import Column, Connection, Table, delete, insert, select

from aloud.errors import NotFound
from aloud.library.records import Bearer, Listener, Role, Token
from aloud.library.store import new_id, record
from aloud.library.tables import listeners, sessions, tokens

PREFIX = "aloud_"  # lets scanners for leaked secrets know one
SECRET_BYTES = 32


def issue(connection: Connection, listener: Listener, role: Role, label: str, now: datetime) -> str:
    token = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    row = {
        "id": new_id(),
        "listener_id": listener.id,
        "role": role,
        "label": label,
        "sha256": _sha256(token),
        "created": now,
    }
    connection.execute(insert(tokens).values(row))
    return token


def who(connection: Connection, token: str) -> Bearer | None:
    return _bearer(connection, tokens, token, tokens.c.id)


def issued(connection: Connection) -> tuple[Token, ...]:
    held = select(tokens, listeners.c.name).join(listeners)
    rows = connection.execute(held.order_by(tokens.c.created, tokens.c.id)).all()
    return tuple(Token(row.id, row.name, row.role, row.label, row.created) for row in rows)


def revoke(connection: Connection, token_id: str) -> None:
    if not connection.execute(delete(tokens).where(tokens.c.id == token_id)).rowcount:
        raise NotFound("there is no such token", subject=token_id, hint="aloud library tokens")


def open_session(
    connection: Connection,
    listener_id: str,
    role: Role,
    token_id: str | None,
    *,
    now: datetime,
    expires: datetime,
) -> str:
    connection.execute(delete(sessions).where(sessions.c.expires <= now))
    secret = secrets.token_urlsafe(SECRET_BYTES)
    row = {
        "sha256": _sha256(secret),
        "listener_id": listener_id,
        "token_id": token_id,
        "role": role,
        "expires": expires,
    }
    connection.execute(insert(sessions).values(row))
    return secret


def session(connection: Connection, secret: str, now: datetime) -> Bearer | None:
    return _bearer(connection, sessions, secret, sessions.c.token_id, after=now)


def close_session(connection: Connection, secret: str) -> None:
    connection.execute(delete(sessions).where(sessions.c.sha256 == _sha256(secret)))


def _bearer(
    connection: Connection,
    table: Table,
    secret: str,
    token_id: Column[str],
    after: datetime | None = None,
) -> Bearer | None:
    sha256 = _sha256(secret)
    held = select(listeners, table.c.role, table.c.sha256, token_id.label("token_id"))
    held = held.join(table, table.c.listener_id == listeners.c.id)
    held = held.where(table.c.sha256 == sha256)
    if after is not None:
        held = held.where(table.c.expires > after)
    row = connection.execute(held).first()
    # Found by its hash, whose bytes a guesser cannot steer; compared once more so that nothing
    # hangs on how a database compares.
    if row is None or not hmac.compare_digest(row.sha256, sha256):
        return None
    return Bearer(record(Listener, listeners, row), row.role, row.token_id)


def _sha256(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()
