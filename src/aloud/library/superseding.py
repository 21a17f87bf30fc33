"""Superseding: a narration that another one took the place of is forgotten after a while."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, exists, or_, select

from aloud.library.records import FINISHED
from aloud.library.removing import keys
from aloud.library.tables import articles, entries, narrations, recordings


def superseded(connection: Connection, before: datetime) -> tuple[str, ...]:
    """See `Narrations.superseded`."""
    found = select(narrations.c.id).where(_is_superseded(before)).order_by(narrations.c.id)
    return tuple(connection.scalars(found))


def forget(connection: Connection, narration_id: str, before: datetime) -> frozenset[str]:
    """See `Narrations.forget`."""
    this = narrations.c.id == narration_id
    of_it = select(narrations.c.article_id).where(this).scalar_subquery()
    # Held until the end, so that nobody asks for it between looking and forgetting.
    connection.execute(
        select(articles.c.id).where(articles.c.id == of_it).with_for_update(key_share=True)
    )
    needed = _keys_of(connection, narration_id)
    gone = connection.execute(delete(narrations).where(this, _is_superseded(before))).rowcount
    return needed - keys(connection, among=needed) if gone else frozenset()


def _is_superseded(before: datetime) -> ColumnElement[bool]:
    """Nobody's last wish; and if it was done, a later one was done before that time, in the same
    voice or of a newer revision. So the last in each voice of the newest words stays."""
    current = exists().where(entries.c.narration_id == narrations.c.id)
    later = narrations.alias("later")
    replaced = exists().where(
        later.c.article_id == narrations.c.article_id,
        later.c.listener_id == narrations.c.listener_id,
        later.c.state == "done",
        later.c.updated > narrations.c.updated,
        later.c.updated < before,
        or_(later.c.voice == narrations.c.voice, later.c.revision > narrations.c.revision),
    )
    over = narrations.c.state.in_(FINISHED) & (narrations.c.updated < before)
    return over & ~current & or_(narrations.c.state != "done", replaced)


def _keys_of(connection: Connection, narration_id: str) -> frozenset[str]:
    script = select(narrations.c.script_key).where(narrations.c.id == narration_id)
    files = select(recordings.c.key, recordings.c.timing_key)
    rows = connection.execute(files.where(recordings.c.narration_id == narration_id)).all()
    held = [connection.scalar(script), *(key for row in rows for key in row)]
    return frozenset(key for key in held if key)
