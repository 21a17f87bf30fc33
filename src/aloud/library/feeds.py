"""Feeds that listeners follow: when each is due, and which of its items were seen."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from aloud.errors import Conflict, NotFound
from aloud.library.records import Feed
from aloud.library.store import Store, inserted, new_id, record, row_of
from aloud.library.tables import digest, feed_items, feeds

MOST = 1_000  # feeds at once


class Feeds:
    """Each listener's own."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, listener_id: str, url: str, title: str = "") -> Feed:
        """Due at once. Raises Conflict where the listener follows it, NotFound for an unknown
        listener."""
        feed = self._new(listener_id, url, title)
        with self._store.writing() as connection:
            if not _inserted(connection, feed):
                raise Conflict(
                    "this feed is followed already",
                    subject=url[:200],
                    hint="it is in the list of feeds: ask it now, or leave it as it is",
                )
        return feed

    def add_all(
        self, listener_id: str, wanted: Iterable[tuple[str, str]]
    ) -> tuple[tuple[Feed, ...], int]:
        """Follow feeds by address and title, all or none of them: those that are new, which are
        due at once, and how many were followed already. Raises NotFound for an unknown
        listener."""
        with self._store.writing() as connection:
            all_of_them = [self._new(listener_id, url, title) for url, title in wanted]
            added = tuple(feed for feed in all_of_them if _inserted(connection, feed))
        return added, len(all_of_them) - len(added)

    def list(self, listener_id: str) -> tuple[Feed, ...]:
        """By title."""
        mine = select(feeds).where(feeds.c.listener_id == listener_id)
        with self._store.reading() as connection:
            found = [record(Feed, feeds, row) for row in connection.execute(mine)]
        # Sorted here: databases do not agree on the order of letters.
        return tuple(sorted(found, key=lambda feed: (feed.title.casefold(), feed.url)))

    def get(self, listener_id: str, feed_id: str) -> Feed:
        """Raises NotFound where this listener does not follow it."""
        with self._store.reading() as connection:
            return _one(connection, listener_id, feed_id)

    def remove(self, listener_id: str, feed_id: str) -> None:
        """The feed goes; articles that came by it stay. Raises NotFound."""
        mine = (feeds.c.listener_id == listener_id) & (feeds.c.id == feed_id)
        with self._store.writing() as connection:
            if not connection.execute(delete(feeds).where(mine)).rowcount:
                raise _unknown(feed_id)

    def pause(self, listener_id: str, feed_id: str, paused: bool) -> Feed:
        """Not due while paused; due at once when taken up again. Raises NotFound."""
        mine = (feeds.c.listener_id == listener_id) & (feeds.c.id == feed_id)
        values = (
            {"paused": paused} if paused else {"paused": False, "next_check": self._store.clock()}
        )
        with self._store.writing() as connection:
            connection.execute(update(feeds).where(mine).values(values))
            return _one(connection, listener_id, feed_id)

    def due(self, now: datetime, limit: int = 20) -> tuple[Feed, ...]:
        """Those to be asked now, the longest waiting first."""
        waiting = select(feeds).where(feeds.c.next_check <= now, feeds.c.paused.is_(False))
        waiting = waiting.order_by(feeds.c.next_check, feeds.c.id).limit(max(1, min(limit, MOST)))
        with self._store.reading() as connection:
            return tuple(record(Feed, feeds, row) for row in connection.execute(waiting))

    def claim(self, feed: Feed, until: datetime) -> bool:
        """Be the one who asks it: True for one process only. Due again then, come what may."""
        as_read = (feeds.c.id == feed.id) & (feeds.c.next_check == feed.next_check)
        with self._store.writing() as connection:
            claimed = update(feeds).where(as_read, feeds.c.paused.is_(False))
            return bool(connection.execute(claimed.values(next_check=until)).rowcount)

    def checked(
        self,
        feed_id: str,
        *,
        next_check: datetime,
        etag: str | None = None,
        last_modified: str | None = None,
        title: str | None = None,
        failures: int = 0,
        error: str = "",
        hint: str = "",
    ) -> None:
        """What came of asking. A title or validator of None stays as it was; a feed that is gone
        stays gone."""
        known = {"etag": etag, "last_modified": last_modified, "title": title}
        values = {name: value for name, value in known.items() if value is not None}
        change = update(feeds).where(feeds.c.id == feed_id).values(values)
        change = change.values(next_check=next_check, failures=failures)
        change = change.values(error=error, hint=hint)
        with self._store.writing() as connection:
            connection.execute(change)

    def seen(self, feed_id: str, guid: str) -> bool:
        """Whether this item was marked before."""
        item = (feed_items.c.feed_id == feed_id) & (feed_items.c.guid_sha256 == digest(guid))
        with self._store.reading() as connection:
            return connection.execute(select(feed_items.c.seen).where(item)).first() is not None

    def mark_seen(self, feed_id: str, guid: str, article_id: str | None = None) -> bool:
        """True for the first to mark it; False ever after, and where the feed is gone."""
        row = {
            "feed_id": feed_id,
            "guid_sha256": digest(guid),
            "article_id": article_id,
            "seen": self._store.clock(),
        }
        try:
            with self._store.writing() as connection:
                return inserted(connection, feed_items, row)
        except NotFound:
            return False

    def _new(self, listener_id: str, url: str, title: str) -> Feed:
        now = self._store.clock()
        return Feed(
            id=new_id(),
            listener_id=listener_id,
            url=url,
            title=title,
            etag=None,
            last_modified=None,
            next_check=now,
            failures=0,
            error="",
            hint="",
            paused=False,
            created=now,
        )


def _inserted(connection: Connection, feed: Feed) -> bool:
    """Whether it is there now and was not before."""
    return inserted(connection, feeds, {**row_of(feed), "url_sha256": digest(feed.url)})


def _one(connection: Connection, listener_id: str, feed_id: str) -> Feed:
    mine = (feeds.c.listener_id == listener_id) & (feeds.c.id == feed_id)
    row = connection.execute(select(feeds).where(mine)).first()
    if row is None:
        raise _unknown(feed_id)
    return record(Feed, feeds, row)


def _unknown(feed_id: str) -> NotFound:
    return NotFound("no such feed is followed", subject=feed_id, hint="look at the feeds again")
