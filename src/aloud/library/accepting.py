"""Accepting: what was sent becomes an article, an entry and a wish, all together or not at all."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import ReturningInsert

from aloud.errors import Conflict
from aloud.library.records import Accepted, ArticleRecord, Narration, Request
from aloud.library.store import inserted, record, row_of
from aloud.library.tables import articles, digest, entries, narrations, requests

REMEMBERED = timedelta(hours=24)  # an idempotency key


def accept(
    connection: Connection, listener_id: str, sent: ArticleRecord, identity: str, now: datetime
) -> Accepted:
    """What was sent as an article, or the one there is of that identity, and its entry."""
    article = _shared(connection, sent, identity)
    added = _entered(connection, listener_id, article.id, now)
    return Accepted(article, created=article.id == sent.id, added=added, narration=None)


def as_before(
    connection: Connection, listener_id: str, request: Request, now: datetime
) -> Accepted | None:
    """The answer that this request had, if it came in the last 24 hours.

    Raises:
        Conflict: the key came with something else.
    """
    row = _known(connection, listener_id, request, now)
    if row is None:
        return None
    article = connection.execute(select(articles).where(articles.c.id == row.article_id)).one()
    mine = (entries.c.article_id == row.article_id) & (entries.c.listener_id == listener_id)
    wished = select(narrations).join(entries, entries.c.narration_id == narrations.c.id)
    narration = connection.execute(wished.where(mine)).first()
    return Accepted(
        record(ArticleRecord, articles, article),
        created=row.made,
        added=row.added,
        narration=record(Narration, narrations, narration) if narration else None,
        replayed=True,
    )


def answered(
    connection: Connection, listener_id: str, request: Request, now: datetime
) -> str | None:
    """See `Requests.find`."""
    row = _known(connection, listener_id, request, now)
    return row.article_id if row else None


def _known(
    connection: Connection, listener_id: str, request: Request, now: datetime
) -> Row[Any] | None:
    known = (requests.c.listener_id == listener_id) & (requests.c.key_sha256 == digest(request.key))
    lately = known & (requests.c.created > now - REMEMBERED)
    row = connection.execute(select(requests).where(lately)).first()
    if row is not None and row.digest != request.digest:
        raise Conflict(
            "this idempotency key came with something else before",
            subject=request.key[:100],
            hint="send a new key with every new request",
        )
    return row


def _shared(connection: Connection, made: ArticleRecord, identity: str) -> ArticleRecord:
    """The one article of that identity. It is locked from here on, so nobody removes it before
    the entry is there: a bare INSERT that finds it there would lock nothing."""
    row = {**row_of(made), "identity": digest(identity)}
    kept = connection.execute(_insert_or_hold(connection.dialect.name), row).one()
    article = record(ArticleRecord, articles, kept)
    if article.state != "failed":
        return article
    anew = update(articles).where(articles.c.id == article.id)
    anew = anew.values(state="accepted", error="", hint="", page_key=made.page_key)
    return record(ArticleRecord, articles, connection.execute(anew.returning(*articles.c)).one())


@cache
def _insert_or_hold(dialect: str) -> ReturningInsert[Any]:
    change = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(articles)
    as_it_is = {"created": articles.c.created}
    held = change.on_conflict_do_update(index_elements=["identity"], set_=as_it_is)
    return held.returning(*articles.c)


def _entered(connection: Connection, listener_id: str, article_id: str, now: datetime) -> bool:
    row = {"listener_id": listener_id, "article_id": article_id, "added": now}
    if inserted(connection, entries, {**row, "title": "", "archived": False, "heard": False}):
        return True
    known = (entries.c.listener_id == listener_id) & (entries.c.article_id == article_id)
    connection.execute(update(entries).where(known).values(archived=False))
    return False


def remember(
    connection: Connection, listener_id: str, request: Request, accepted: Accepted, now: datetime
) -> None:
    """Answer this request with that article for a day.

    Raises:
        Conflict: the key came with something else at the same moment.
    """
    over = requests.c.created <= now - REMEMBERED
    connection.execute(delete(requests).where(over, requests.c.listener_id == listener_id))
    row = {
        "listener_id": listener_id,
        "key_sha256": digest(request.key),
        "digest": request.digest,
        "article_id": accepted.article.id,
        "made": accepted.created,
        "added": accepted.added,
        "created": now,
    }
    if not inserted(connection, requests, row):
        # The same key at the same moment from elsewhere: what it said is visible now.
        _known(connection, listener_id, request, now)
