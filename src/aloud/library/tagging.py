"""Tagging: the words under which a listener finds articles again."""

from sqlalchemy import Connection, delete, select

from aloud.errors import UsageError
from aloud.library.store import inserted
from aloud.library.tables import tags

LONGEST = 100  # characters
MOST = 100  # of one article


def proper(wanted: tuple[str, ...]) -> tuple[str, ...]:
    """The tags without spaces around them and none twice.

    Raises:
        UsageError: one is empty or too long, or they are too many.
    """
    kept = tuple(sorted({" ".join(tag.replace("\0", " ").split()) for tag in wanted}))
    if len(kept) > MOST or not all(0 < len(tag) <= LONGEST for tag in kept):
        raise UsageError(
            "these cannot be the tags of an article",
            hint=f"up to {MOST}, of 1 to {LONGEST} characters each",
        )
    return kept


def put(connection: Connection, listener_id: str, article_id: str, wanted: tuple[str, ...]) -> None:
    """These and no others."""
    mine = (tags.c.listener_id == listener_id) & (tags.c.article_id == article_id)
    connection.execute(delete(tags).where(mine))
    add(connection, listener_id, article_id, wanted)


def add(connection: Connection, listener_id: str, article_id: str, wanted: tuple[str, ...]) -> None:
    """These beside those there are."""
    for tag in wanted:
        row = {"listener_id": listener_id, "article_id": article_id, "tag": tag}
        inserted(connection, tags, row)


def used(connection: Connection, listener_id: str) -> tuple[str, ...]:
    """Every tag of this listener's, in alphabetical order."""
    mine = select(tags.c.tag).where(tags.c.listener_id == listener_id).distinct()
    return tuple(sorted(connection.scalars(mine)))
