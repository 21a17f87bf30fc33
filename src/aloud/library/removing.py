"""Removing: an entry goes at once, an article with its last entry, and what lies on the shelf
for nobody is named, so that it can be dropped there."""

from sqlalchemy import Connection, delete, select, union

from aloud.library.entries import not_theirs
from aloud.library.tables import articles, entries, listeners, narrations, recordings, requests

# Every column that holds a key of the shelf.
KEYS = (articles.c.page_key, narrations.c.script_key, recordings.c.key, recordings.c.timing_key)


def remove(connection: Connection, listener_id: str, article_id: str) -> frozenset[str]:
    """See `Articles.remove`."""
    # Whoever locks more than one row takes listener, article, entry, narration, in this order,
    # so that no two transactions ever wait for each other.
    mine = select(listeners.c.id).where(listeners.c.id == listener_id)
    connection.execute(mine.with_for_update(key_share=True))
    shared = select(articles.c.id).where(articles.c.id == article_id)
    connection.execute(shared.with_for_update())
    before = _keys_of(connection, article_id)
    entry = (entries.c.listener_id == listener_id) & (entries.c.article_id == article_id)
    if not connection.execute(delete(entries).where(entry)).rowcount:
        raise not_theirs(article_id)
    mine_of_it = (narrations.c.listener_id == listener_id) & (narrations.c.article_id == article_id)
    connection.execute(delete(narrations).where(mine_of_it))
    answers = (requests.c.listener_id == listener_id) & (requests.c.article_id == article_id)
    connection.execute(delete(requests).where(answers))
    others = select(entries.c.listener_id).where(entries.c.article_id == article_id)
    if connection.execute(others.limit(1)).first() is None:
        connection.execute(delete(articles).where(articles.c.id == article_id))
    return before - keys(connection, among=before)


def keys(connection: Connection, among: frozenset[str] | None = None) -> frozenset[str]:
    """The shelf's keys that something needs: all, or which of some."""
    held = [select(column).where(column.is_not(None)) for column in KEYS]
    if among is not None:
        held = [each.where(column.in_(among)) for column, each in zip(KEYS, held, strict=True)]
    return frozenset(connection.scalars(union(*held)))


def _keys_of(connection: Connection, article_id: str) -> frozenset[str]:
    page, script, key, timing_key = KEYS
    of_it = narrations.c.article_id == article_id
    spoken = recordings.join(narrations)
    held = (
        select(page).where(articles.c.id == article_id),
        select(script).where(of_it),
        select(key).select_from(spoken).where(of_it),
        select(timing_key).select_from(spoken).where(of_it),
    )
    return frozenset(connection.scalars(union(*held))) - {None}
