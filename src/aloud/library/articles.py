"""Articles: what was accepted, whose lists it stands in, and its revisions."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Literal

from sqlalchemy import select, update

from aloud.article import Article, State
from aloud.errors import NotFound
from aloud.library import entries, places, removing, revisions, tagging
from aloud.library import queue as queues
from aloud.library.accepting import accept, as_before, remember
from aloud.library.asking import ask, begin
from aloud.library.records import (
    Accepted,
    ArticleRecord,
    ArticleState,
    Entries,
    Entry,
    Request,
    Source,
    Wish,
)
from aloud.library.store import Store, every, new_id, record
from aloud.library.tables import articles
from aloud.library.tables import revisions as revisions_table


class Articles:
    """Articles are shared; an entry in a list belongs to one listener."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def accept(
        self,
        listener_id: str,
        *,
        url: str,
        source: Source,
        identity: str,
        page_key: str | None = None,
        request: Request | None = None,
        narrate: Wish | None = None,
        tags: tuple[str, ...] = (),
        queue: Literal["first", "last"] | None = None,
    ) -> Accepted:
        """Article, entry, idempotency key and first narration, in one transaction.

        The same ``identity`` is the same article, whoever sends it and however often: the URL for
        what came by URL, a digest of what was sent for everything else. An article that had
        failed is accepted anew; an archived entry comes back from the archive. The same
        ``request`` within 24 hours answers as before and changes nothing. ``tags`` come to those
        there are; ``queue`` puts it first in the queue, or last unless it stands there already.

        Raises:
            UsageError: as `update` for tags.
            NotFound: no such listener.
            Conflict: the request's key came with something else before.
        """
        now = self._store.clock()
        sent = _sent(url, source, page_key, now)
        labels = tagging.proper(tags)
        with self._store.writing() as connection:
            if queue:
                queues.hold(connection, listener_id)
            if request and (before := as_before(connection, listener_id, request, now)):
                return before
            accepted = accept(connection, listener_id, sent, identity, now)
            article_id = accepted.article.id
            if request:
                remember(connection, listener_id, request, accepted, now)
            tagging.add(connection, listener_id, article_id, labels)
            if queue:
                queues.put(connection, listener_id, article_id, first=queue == "first")
            if narrate is None:
                return accepted
            # A new entry has no narration that could be found: the usual case is the short one.
            wish = begin if accepted.added else ask
            narration = wish(
                connection, article_id, listener_id, narrate.voice, narrate.priority, now=now
            )
            return replace(accepted, narration=narration)

    def record(self, article_id: str) -> ArticleRecord:
        """The article, whoever has it: for work on it. Raises NotFound."""
        with self._store.reading() as connection:
            row = connection.execute(select(articles).where(articles.c.id == article_id)).first()
        if row is None:
            raise _gone(article_id)
        return record(ArticleRecord, articles, row)

    def mark(
        self, article_id: str, state: ArticleState, *, error: str = "", hint: str = ""
    ) -> None:
        """How far reading it has come. Raises NotFound."""
        self._set(article_id, state=state, error=error, hint=hint)

    def keep_page(self, article_id: str, page_key: str) -> None:
        """Remember where on the shelf its page lies. Raises NotFound."""
        self._set(article_id, page_key=page_key)

    def with_pages(self) -> Iterator[ArticleRecord]:
        """Every article whose page is kept, some at a time."""
        return every(self._store, ArticleRecord, articles, articles.c.page_key.is_not(None))

    def images(self) -> frozenset[str]:
        """The addresses of the pictures of all revisions of all articles."""
        named = select(revisions_table.c.image).where(revisions_table.c.image.is_not(None))
        with self._store.reading() as connection:
            return frozenset(connection.scalars(named.distinct()))

    def get(self, listener_id: str, article_id: str) -> Entry:
        """Raises NotFound where this listener does not have it."""
        with self._store.reading() as connection:
            return entries.one(connection, listener_id, article_id)

    def entries(
        self,
        listener_id: str,
        *,
        archived: bool | None = None,
        tag: str | None = None,
        limit: int = 50,
        before: str | None = None,
    ) -> Entries:
        """The listener's list, newest first: all of it, or what is archived or is not.

        ``before`` is the cursor that the page before gave as its ``next``.

        Raises:
            UsageError: not such a cursor.
        """
        with self._store.reading() as connection:
            return entries.newest(
                connection, listener_id, archived=archived, tag=tag, limit=limit, before=before
            )

    def update(
        self,
        listener_id: str,
        article_id: str,
        *,
        title: str | None = None,
        archived: bool | None = None,
        heard: bool | None = None,
        tags: tuple[str, ...] | None = None,
    ) -> Entry:
        """The entry with these changes; None leaves as it is, a title "" gives the headline back.

        Raises:
            NotFound: this listener does not have it.
            UsageError: a tag is empty or longer than 100 characters, or there are more than 100.
        """
        wanted = {"title": title, "archived": archived, "heard": heard}
        changed = {name: value for name, value in wanted.items() if value is not None}
        labels = tagging.proper(tags or ())
        with self._store.writing() as connection:
            entry = entries.hold(connection, listener_id, article_id)
            if changed:
                connection.execute(entry.values(changed))
            if tags is not None:
                tagging.put(connection, listener_id, article_id, labels)
            return entries.one(connection, listener_id, article_id)

    def tags(self, listener_id: str) -> tuple[str, ...]:
        """Every tag this listener uses, in alphabetical order."""
        with self._store.reading() as connection:
            return tagging.used(connection, listener_id)

    def remove(self, listener_id: str, article_id: str) -> frozenset[str]:
        """Take it off the listener's list; the shelf's keys that nobody needs any more.

        The article goes with the last entry. What the listener has of it (place, tags, queue,
        narrations with their recordings) goes at once; work still going on finds it cancelled.

        Raises:
            NotFound: this listener does not have it.
        """
        with self._store.writing() as connection:
            return removing.remove(connection, listener_id, article_id)

    def add_revision(self, article_id: str, article: Article) -> int:
        """The number of this reading of the page, from 1, with the choices on blocks reapplied.

        Where nothing that is heard or shown differs from the newest, it is the newest: calling
        again changes nothing. The article is ready then.

        Raises:
            NotFound: the article is gone.
        """
        with self._store.writing() as connection:
            newest = select(articles.c.revision).where(articles.c.id == article_id)
            before = connection.scalar(newest)
            number = revisions.add(connection, article_id, article, self._store.clock())
            if number != before:
                places.carry(connection, article_id)
            return number

    def article(self, article_id: str, revision: int | None = None) -> tuple[int, Article]:
        """A revision's number and words, the newest if none is named.

        Raises:
            NotFound: no such article or revision, or it was not read yet.
        """
        with self._store.reading() as connection:
            return revisions.load(connection, article_id, revision)

    def choose(self, article_id: str, block_id: str, state: State | None) -> int:
        """Have a block spoken, shown or removed, or (None) as the page gave it.

        The number of the new revision; of the newest, where that changes nothing. The choice is
        remembered and holds for later readings as long as the block's text stays the same.

        Raises:
            NotFound: no such article or block, or the article was not read yet.
        """
        with self._store.writing() as connection:
            return revisions.choose(connection, article_id, block_id, state, self._store.clock())

    def _set(self, article_id: str, **values: str) -> None:
        change = update(articles).where(articles.c.id == article_id).values(values)
        with self._store.writing() as connection:
            if not connection.execute(change).rowcount:
                raise _gone(article_id)


def _sent(url: str, source: Source, page_key: str | None, now: datetime) -> ArticleRecord:
    return ArticleRecord(
        new_id(), url, source, page_key, "accepted", error="", hint="", revision=0, created=now
    )


def _gone(article_id: str) -> NotFound:
    return NotFound("there is no such article", subject=article_id, hint="it was removed")
