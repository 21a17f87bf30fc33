"""Places: where a listener is in each article, whatever device they left it on."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import islice

from sqlalchemy import Connection, select, update

from aloud.errors import Conflict, NotFound, UsageError
from aloud.library import entries, revisions
from aloud.library.records import Place
from aloud.library.store import Store, inserting, record, row_of
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

        A device may show an older reading of the page than the newest: what it tells becomes the
        same words' place in that.

        Raises:
            NotFound: this listener does not have the article, or it never had such a block.
            Conflict: the article was not read yet, so that there is no place in it.
            UsageError: the block has no character of that number.
        """
        now = self._store.clock()
        with self._store.writing() as connection:
            entries.hold(connection, listener_id, place.article_id)
            place = _resolved(connection, place)
            there = _place(connection, listener_id, place.article_id)
            # A place from the future is of a device whose clock was wrong: believed, it would
            # stand in the way of every other until that time has come.
            if there and place.updated < there.updated <= now:
                return there
            values = row_of(place)
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


def carry(connection: Connection, article_id: str) -> None:
    """Have all places in an article be where they were, in the words of a reading just made."""
    readings = tuple(islice(revisions.texts(connection, article_id), 2))
    if len(readings) < 2:
        return
    newest, before = readings
    for row in connection.execute(select(places).where(places.c.article_id == article_id)).all():
        block, start = _carried(row.block, row.start, before, newest)
        mine = (places.c.listener_id == row.listener_id) & (places.c.article_id == article_id)
        connection.execute(update(places).where(mine).values(block=block, start=start))


def _resolved(connection: Connection, place: Place) -> Place:
    """The place in the newest reading. Raises as `Places.set`."""
    newest: Mapping[str, str] | None = None
    length: int | None = None
    for reading in revisions.texts(connection, place.article_id):
        newest = newest or reading
        text = reading.get(place.block)
        if text is not None and 0 <= place.start <= len(text):
            if reading is newest:
                return place
            block, start = _carried(place.block, place.start, reading, newest)
            return replace(place, block=block, start=start)
        if text is not None and length is None:
            length = len(text)
    if newest is None:
        raise Conflict(
            "the article was not read yet",
            subject=place.article_id,
            hint="wait until it was read: its events tell when",
        )
    if length is None:
        some = ", ".join(list(newest)[:3])
        raise NotFound(
            "the article has no such block",
            subject=place.block,
            hint=f"its blocks have ids such as {some}: look at the article again",
        )
    raise UsageError(
        "the block has no character of that number",
        subject=f"{place.block} {place.start}",
        hint=f"count from 0, up to {length}, which is its end",
    )


def _carried(
    block: str, start: int, before: Mapping[str, str], newest: Mapping[str, str]
) -> tuple[str, int]:
    """Block and character of the same words in another reading; where they are gone, the end of
    what is left before them, which is where to go on."""
    ids = list(before)
    if block not in before:
        return next(iter(newest), block), 0
    if newest.get(block) == before[block]:
        return block, start
    by_text = {text: id for id, text in reversed(tuple(newest.items()))}
    if before[block] in by_text:
        return by_text[before[block]], start
    for earlier in reversed(ids[: ids.index(block)]):
        if (found := by_text.get(before[earlier])) is not None:
            return found, len(before[earlier])
    return next(iter(newest), block), 0


def _place(connection: Connection, listener_id: str, article_id: str) -> Place | None:
    mine = (places.c.listener_id == listener_id) & (places.c.article_id == article_id)
    row = connection.execute(select(places).where(mine)).first()
    return record(Place, places, row) if row else None
