"""Places: where a listener is in each article, whatever device they left it on."""

from dataclasses import asdict

from sqlalchemy import Connection, select

from aloud.errors import UsageError
from aloud.library import entries
from aloud.library.records import Place
from aloud.library.store import Store, inserting, record
from aloud.library.tables import places

MOST = 500  # places at once


class Places:
    """One place an article and listener."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, listener_id: str, article_id: str) -> Place | None:
        """None before the listener has begun it."""
        with self._store.reading() as connection:
            return _place(connection, listener_id, article_id)

    def set(self, listener_id: str, place: Place) -> Place:
        """The place that holds now: this one, or the one there if that is newer.

        Raises:
            NotFound: this listener does not have the article.
            UsageError: no text has a character of that number.
        """
        if not 0 <= place.start < 2**31:
            raise UsageError("a place is a character of a block, counted from 0")
        now = self._store.clock()
        with self._store.writing() as connection:
            entries.hold(connection, listener_id, place.article_id)
            there = _place(connection, listener_id, place.article_id)
            # A place from the future is of a device whose clock was wrong: believed, it would
            # stand in the way of every other until that time has come.
            if there and place.updated < there.updated <= now:
                return there
            values = asdict(place)
            change = inserting(connection, places).values(listener_id=listener_id, **values)
            pair = ["listener_id", "article_id"]
            connection.execute(change.on_conflict_do_update(index_elements=pair, set_=values))
            return place

    def recent(self, listener_id: str, limit: int = 20) -> tuple[Place, ...]:
        """Where the listener was last, newest first."""
        mine = select(places).where(places.c.listener_id == listener_id)
        newest = mine.order_by(places.c.updated.desc(), places.c.article_id)
        with self._store.reading() as connection:
            rows = connection.execute(newest.limit(max(1, min(limit, MOST)))).all()
        return tuple(record(Place, places, row) for row in rows)


def _place(connection: Connection, listener_id: str, article_id: str) -> Place | None:
    mine = (places.c.listener_id == listener_id) & (places.c.article_id == article_id)
    row = connection.execute(select(places).where(mine)).first()
    return record(Place, places, row) if row else None
