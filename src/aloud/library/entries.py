"""Entries: a listener's list, put together from what hangs on each article."""

import base64
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, Update, and_, select, tuple_, update

from aloud.errors import NotFound, UsageError
from aloud.library.records import ArticleRecord, Entries, Entry, Narration, Place, Summary
from aloud.library.store import record
from aloud.library.tables import articles, entries, narrations, places, revisions, tags

MOST = 500  # entries at once
_BETWEEN = " "  # stands in no time and in no id


def one(connection: Connection, listener_id: str, article_id: str) -> Entry:
    """Raises NotFound where this listener does not have it."""
    found = some(connection, listener_id, (article_id,))
    if not found:
        raise not_theirs(article_id)
    return found[0]


def some(connection: Connection, listener_id: str, article_ids: Iterable[str]) -> tuple[Entry, ...]:
    """The entries of these articles, in this order, without those the listener does not have."""
    wanted = tuple(article_ids)
    rows = connection.execute(_of(listener_id).where(entries.c.article_id.in_(wanted))).all()
    by_id = {each.article.id: each for each in _whole(connection, listener_id, rows)}
    return tuple(by_id[each] for each in wanted if each in by_id)


def newest(
    connection: Connection,
    listener_id: str,
    *,
    archived: bool | None,
    tag: str | None,
    limit: int,
    before: str | None,
) -> Entries:
    limit = max(1, min(limit, MOST))
    asked = _of(listener_id).order_by(entries.c.added.desc(), entries.c.article_id.desc())
    if archived is not None:
        asked = asked.where(entries.c.archived == archived)
    if tag is not None:
        tagged = select(tags.c.article_id).where(tags.c.listener_id == listener_id)
        asked = asked.where(entries.c.article_id.in_(tagged.where(tags.c.tag == tag)))
    if before is not None:
        added, article_id = _from_cursor(before)
        earlier = and_(entries.c.added == added, entries.c.article_id < article_id)
        asked = asked.where((entries.c.added < added) | earlier)
    rows = connection.execute(asked.limit(limit + 1)).all()
    found = _whole(connection, listener_id, rows[:limit])
    return Entries(found, _cursor(found[-1]) if len(rows) > limit else None)


def hold(connection: Connection, listener_id: str, article_id: str) -> Update:
    """A change of this entry, which nobody else changes before the transaction ends.

    Raises:
        NotFound: this listener does not have it.
    """
    mine = (entries.c.listener_id == listener_id) & (entries.c.article_id == article_id)
    held = select(entries.c.added).where(mine).with_for_update(key_share=True)
    if connection.execute(held).first() is None:
        raise not_theirs(article_id)
    return update(entries).where(mine)


def not_theirs(article_id: str) -> NotFound:
    return NotFound(
        "the article is not in this library", subject=article_id, hint="look at your list again"
    )


def _of(listener_id: str) -> Select[Any]:
    joined = entries.join(articles).outerjoin(
        revisions,
        and_(revisions.c.article_id == articles.c.id, revisions.c.number == articles.c.revision),
    )
    # Without the words themselves, which are long.
    summary = [column for column in revisions.c if column.name not in ("noun", "choices")]
    chosen = select(*entries.c, *articles.c, *summary).select_from(joined)
    return chosen.where(entries.c.listener_id == listener_id)


def _whole(connection: Connection, listener_id: str, rows: Iterable[Row[Any]]) -> tuple[Entry, ...]:
    listed = list(rows)
    ids = [row._mapping[articles.c.id] for row in listed]
    wished = [row._mapping[entries.c.narration_id] for row in listed]
    spoken = {
        row.id: record(Narration, narrations, row)
        for row in connection.execute(select(narrations).where(narrations.c.id.in_(wished)))
    }
    mine = tuple_(places.c.listener_id, places.c.article_id).in_([(listener_id, i) for i in ids])
    placed = {
        row.article_id: record(Place, places, row)
        for row in connection.execute(select(places).where(mine))
    }
    marked: defaultdict[str, list[str]] = defaultdict(list)
    of_listener = select(tags).where(tags.c.listener_id == listener_id, tags.c.article_id.in_(ids))
    for row in connection.execute(of_listener):
        marked[row.article_id].append(row.tag)
    return tuple(
        Entry(
            article=record(ArticleRecord, articles, row),
            summary=_summary(row),
            title=row._mapping[entries.c.title],
            archived=row._mapping[entries.c.archived],
            heard=row._mapping[entries.c.heard],
            tags=tuple(sorted(marked[article_id])),
            added=row._mapping[entries.c.added],
            narration=spoken.get(row._mapping[entries.c.narration_id]),
            place=placed.get(article_id),
        )
        for article_id, row in zip(ids, listed, strict=True)
    )


def _summary(row: Row[Any]) -> Summary | None:
    return None if row._mapping[revisions.c.number] is None else record(Summary, revisions, row)


def _cursor(entry: Entry) -> str:
    text = f"{entry.added.isoformat()}{_BETWEEN}{entry.article.id}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _from_cursor(cursor: str) -> tuple[datetime, str]:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        added, _, article_id = text.partition(_BETWEEN)
        moment = datetime.fromisoformat(added).astimezone(UTC)
    except (ValueError, OverflowError) as error:  # binascii's errors are ValueErrors
        raise UsageError(
            "this is no cursor", hint="take the one that the page before gave, or none"
        ) from error
    return moment, article_id
