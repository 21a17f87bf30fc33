"""The queue: what a listener wants to hear next, in order."""

from sqlalchemy import Connection, delete, func, insert, select

from aloud.errors import NotFound
from aloud.library import entries
from aloud.library.records import Entry
from aloud.library.store import Store
from aloud.library.tables import entries as listed
from aloud.library.tables import listeners, queue


class Queue:
    """Each listener's own. Any number of devices may change it at once."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def items(self, listener_id: str) -> tuple[Entry, ...]:
        """What stands in it, first the next."""
        with self._store.reading() as connection:
            return entries.some(connection, listener_id, _ids(connection, listener_id))

    def ids(self, listener_id: str) -> tuple[str, ...]:
        """The articles' ids alone, first the next."""
        with self._store.reading() as connection:
            return _ids(connection, listener_id)

    def add(self, listener_id: str, article_id: str, *, first: bool = False) -> None:
        """At the end, or first. One that stands in it already moves only to be first.

        Raises:
            NotFound: this listener does not have the article.
        """
        with self._store.writing() as connection:
            hold(connection, listener_id)
            put(connection, listener_id, article_id, first=first)

    def move(self, listener_id: str, article_id: str, to: int) -> None:
        """To that place, from 0; beyond the ends is at the end.

        Raises:
            NotFound: it does not stand in the queue.
        """
        with self._store.writing() as connection:
            hold(connection, listener_id)
            others = _without(_ids(connection, listener_id), article_id)
            to = max(0, to)
            _write(connection, listener_id, [*others[:to], article_id, *others[to:]])

    def remove(self, listener_id: str, article_id: str) -> None:
        """Raises NotFound where it does not stand in the queue."""
        with self._store.writing() as connection:
            hold(connection, listener_id)
            others = _without(_ids(connection, listener_id), article_id)
            _write(connection, listener_id, others)

    def replace(self, listener_id: str, article_ids: tuple[str, ...]) -> None:
        """These, in this order, and nothing else. An article named twice stands where it first was.

        Raises:
            NotFound: this listener does not have one of them; the queue stays as it was.
        """
        with self._store.writing() as connection:
            hold(connection, listener_id)
            _write(connection, listener_id, list(dict.fromkeys(article_ids)))


def hold(connection: Connection, listener_id: str) -> None:
    """Nobody else changes the queue before the transaction ends."""
    mine = select(listeners.c.id).where(listeners.c.id == listener_id)
    connection.execute(mine.with_for_update(key_share=True))


def put(connection: Connection, listener_id: str, article_id: str, *, first: bool) -> None:
    """First, or last unless it stands there already; the queue is held."""
    if first:
        others = [each for each in _ids(connection, listener_id) if each != article_id]
        _write(connection, listener_id, [article_id, *others])
        return
    mine = queue.c.listener_id == listener_id
    standing = select(queue.c.position).where(mine, queue.c.article_id == article_id)
    if connection.execute(standing).first() is not None:
        return
    _refuse_others(connection, listener_id, [article_id])
    # One row and not all of it anew: a reading list of hundreds comes in one by one.
    last = connection.scalar(select(func.max(queue.c.position)).where(mine))
    row = {"listener_id": listener_id, "article_id": article_id}
    connection.execute(insert(queue).values(**row, position=0 if last is None else last + 1))


def _ids(connection: Connection, listener_id: str) -> tuple[str, ...]:
    mine = select(queue.c.article_id).where(queue.c.listener_id == listener_id)
    return tuple(connection.scalars(mine.order_by(queue.c.position)))


def _without(ids: tuple[str, ...], article_id: str) -> list[str]:
    if article_id not in ids:
        raise NotFound(
            "the article is not in the queue", subject=article_id, hint="look at the queue again"
        )
    return [each for each in ids if each != article_id]


def _write(connection: Connection, listener_id: str, ids: list[str]) -> None:
    """All of it anew: queues are short, and places counted from 0 are easy to trust."""
    _refuse_others(connection, listener_id, ids)
    connection.execute(delete(queue).where(queue.c.listener_id == listener_id))
    rows = [
        {"listener_id": listener_id, "article_id": article_id, "position": position}
        for position, article_id in enumerate(ids)
    ]
    if rows:
        connection.execute(insert(queue), rows)


def _refuse_others(connection: Connection, listener_id: str, ids: list[str]) -> None:
    """Raise NotFound where one of these is not the listener's."""
    mine = select(listed.c.article_id).where(listed.c.listener_id == listener_id)
    theirs = set(connection.scalars(mine.where(listed.c.article_id.in_(ids))))
    for article_id in ids:
        if article_id not in theirs:
            raise entries.not_theirs(article_id)
