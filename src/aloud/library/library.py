"""Library: one database, opened, brought up to date, and its subjects."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from aloud.library import index, removing, revisions
from aloud.library.articles import Articles
from aloud.library.backup import back_up, restore
from aloud.library.feeds import Feeds
from aloud.library.lexicon import Lexicon
from aloud.library.listeners import Listeners
from aloud.library.narrations import Narrations
from aloud.library.places import Places
from aloud.library.queue import Queue
from aloud.library.records import Hit
from aloud.library.requests import Requests
from aloud.library.search import search
from aloud.library.store import Store


def now() -> datetime:
    return datetime.now(UTC)


class Library:
    """What listeners have, in one database. Safe to call from many threads and processes.

    ``url`` is the path of an SQLite file, ``sqlite:///…`` or ``postgresql://…``. The database is
    made and brought up to date at opening, by one process at a time.

    Every method raises LibraryError, with advice, where the database cannot be reached, read or
    written; NotFound where a listener has no such thing; Conflict where it is there already.

    Raises:
        LibraryError: the database cannot be opened, or is of a newer version of Aloud.
        UsageError: the address means nothing.
    """

    def __init__(self, url: str | Path, *, clock: Callable[[], datetime] = now) -> None:
        self._store = Store(url, clock)
        self._complete_index()
        self.listeners = Listeners(self._store)
        self.articles = Articles(self._store)
        self.narrations = Narrations(self._store)
        self.queue = Queue(self._store)
        self.places = Places(self._store)
        self.lexicon = Lexicon(self._store)
        self.feeds = Feeds(self._store)
        self.requests = Requests(self._store)

    def close(self) -> None:
        """Let go of the database. Nothing is lost without it."""
        self._store.close()

    def check(self) -> None:
        """Come back if the database can be read and written now.

        Raises:
            LibraryError: it cannot, and what to do.
        """
        self._store.check()

    def search(self, listener_id: str, query: str, limit: int = 20) -> tuple[Hit, ...]:
        """Articles of this listener that hold every word of the query, the best first.

        Any text is a query. The last word may be the beginning of one; accents and capitals do
        not matter; in scripts without spaces, characters that stand together must stand together.
        """
        return search(self._store, listener_id, query, limit)

    def keys(self, among: Iterable[str] | None = None) -> frozenset[str]:
        """The shelf's keys that something in the library needs: all, or which of some.

        Ask again before dropping one: the same page may have been accepted meanwhile.
        """
        with self._store.reading() as connection:
            return removing.keys(connection, None if among is None else frozenset(among))

    def backup(self, path: Path) -> None:
        """Everything as it stands at one moment, in one file that fits either database.

        The file appears whole or not at all. Sound and pages are the shelf's and not in it.

        Raises:
            LibraryError: the file cannot be written.
        """
        back_up(self._store, path)

    def restore(self, path: Path, *, replace: bool = False) -> None:
        """Everything that `backup` wrote, or nothing: it is one transaction.

        Raises:
            LibraryError: the file is damaged or of a newer Aloud.
            Conflict: the library is not empty, and ``replace`` did not say that it may go.
        """
        restore(self._store, path, replace=replace)

    def _complete_index(self) -> None:
        """Index what is not in the index yet: after a migration brought a new one."""
        with self._store.reading() as connection:
            missing = index.missing(connection)
        for article_id in missing:
            with self._store.writing() as connection:
                revisions.index_newest(connection, article_id)
