"""Feeds: the sites that listeners follow are asked for news, and what is new is accepted.

A round at a time; it never sleeps. Sites are asked no more often than they want to be. An item is
accepted first and marked as seen after: a kill in between repeats an acceptance, which changes
nothing, and loses none.
"""

import random
import re
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from aloud.errors import AloudError, ExtractError, FetchError, NotFound, UsageError
from aloud.extract.feed import Feed as Reading
from aloud.extract.feed import FeedItem, read_feed
from aloud.fetch.http import Answer, ask, page_of
from aloud.fetch.robots import Robots
from aloud.library import Library
from aloud.library.records import Feed
from aloud.page import Page
from aloud.settings import Settings

FIRST = 5  # items taken in when a feed is new; the older ones are left where they are
MOST_AT_ONCE = 100  # items taken in of one reading; the others are there the next time
USUAL = timedelta(minutes=30)  # between two readings, where a site does not say
SOONEST = timedelta(minutes=10)
LATEST = timedelta(hours=24)
MOST_FAILURES = 10  # in a row, about five days of them, until a feed is paused

_GONE = 410
_NOT_MODIFIED = 304
_LEASE = timedelta(minutes=10)  # for one reading; who is killed in it is followed by another then
_LOOK = "open its address in a browser, and look whether there is a feed"
_ANOTHER = "look for another feed of the site, or send its articles by their addresses"
_FOLLOWED = "aloud:followed"  # marked as seen once a feed has been read for the first time
_FEEDS = (
    "application/atom+xml,application/rss+xml,application/feed+json,application/xml;q=0.9,"
    "text/xml;q=0.8,*/*;q=0.5"
)
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?([0-9]{1,9})", re.IGNORECASE)


def next_reading(now: datetime, headers: Mapping[str, str], ttl: float | None) -> datetime:
    """When a feed that was read is due again. ``ttl`` is what the feed itself says, in seconds.

    The longer of what the feed and its server ask for, between 10 minutes and a day.
    """
    said = _MAX_AGE.search(headers.get("cache-control", ""))
    asked_for = max(float(said[1]) if said else 0.0, ttl or 0.0)
    return now + _bounded(timedelta(seconds=asked_for) if asked_for else USUAL)


def next_try(
    now: datetime, failures: int, headers: Mapping[str, str], chance: float = 0.5
) -> datetime:
    """When a feed that could not be read is tried again; ``failures`` counts this one, from 1.

    Twice as late each time, but for up to a quarter that ``chance`` in [0, 1) adds or takes, so
    that feeds which failed together do not come back together. Not before Retry-After.
    """
    later = USUAL * 2 ** min(failures - 1, 10) * (0.75 + chance / 2)
    return now + _bounded(max(later, _retry_after(now, headers)))


def _bounded(wait: timedelta) -> timedelta:
    return min(max(wait, SOONEST), LATEST)


def _retry_after(now: datetime, headers: Mapping[str, str]) -> timedelta:
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdecimal():
        return timedelta(seconds=min(int(text[:10]), LATEST.total_seconds()))
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return timedelta()
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now


@dataclass(frozen=True, slots=True)
class _Waiting:
    """Items that are to be accepted as soon as their sites may be asked again."""

    feed: Feed
    items: tuple[FeedItem, ...]  # oldest first, so that the newest comes to stand on top


class FeedPoller:
    """Reads the feeds that are due. For one thread; other processes may have their own.

    ``accept`` takes a listener's id and an address, and gives the id of the article that the
    address is from now on; for the same two it does the same again. ``ask`` and ``clock``
    (seconds, for the time between two requests) stand in for the network and the system in tests.
    Where it is ``stopping``, no other site is asked: a round ends after the request under way.
    """

    def __init__(
        self,
        library: Library,
        settings: Settings,
        accept: Callable[[str, str], str],
        *,
        ask: Callable[..., Answer] = ask,
        clock: Callable[[], float] = time.monotonic,
        seed: int | None = None,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._feeds = library.feeds
        self._settings = settings
        self._accept = accept
        self._ask = ask
        self._robots = Robots(settings, ask=ask, clock=clock)
        self._chance = random.Random(seed)
        self._stopping = stopping
        self._waiting: dict[str, _Waiting] = {}
        # What addresses that feeds redirect to gave for the next request: it is theirs alone.
        self._moved: dict[str, Page] = {}

    def step(self, now: datetime, limit: int = 20) -> int:
        """One round: what waited for its site, then at most ``limit`` feeds that are due.

        Gives the number of items accepted. What goes wrong with a feed stands in the library
        beside it.

        Raises:
            LibraryError: the database cannot be read or written now. Nothing is lost.
        """
        accepted = sum(self._take_in(feed_id) for feed_id in tuple(self._waiting))
        for feed in self._feeds.due(now, limit):
            if self._stopping():
                break
            wait = timedelta(seconds=self._robots.wait(feed.url))
            if self._feeds.claim(feed, now + (wait or _LEASE)) and not wait:
                accepted += self._read(feed, now)
        return accepted

    def _read(self, feed: Feed, now: datetime) -> int:
        previous = self._moved.get(feed.id) or _last(feed)
        answer: Answer | None = None
        try:
            self._obey(feed.url)
            if self._stopping():
                return 0  # whoever runs next reads it when the lease is over
            self._robots.asked(feed.url)
            answer = self._ask(feed.url, self._settings, previous=previous, accept=_FEEDS)
            if self._stopping() and answer.url != feed.url:
                return 0  # another site would have to be asked for its rules
            self._obey(answer.url)
            page = page_of(answer, previous=previous)
            found = None if answer.status == _NOT_MODIFIED else read_feed(page)
        except (FetchError, ExtractError) as error:
            self._failed(feed, now, error, answer)
            return 0
        if found is None:
            self._feeds.checked(feed.id, next_check=next_reading(now, answer.headers, None))
            return 0
        return self._news(feed, found, page, next_reading(now, answer.headers, found.ttl))

    def _obey(self, url: str) -> None:
        if why := self._robots.rules(url).refusal(url):
            raise FetchError(f"not fetched: {why}", subject=url, hint=_ANOTHER)

    def _failed(self, feed: Feed, now: datetime, error: AloudError, answer: Answer | None) -> None:
        failures = feed.failures + 1
        gone = answer is not None and answer.status == _GONE
        headers: Mapping[str, str] = answer.headers if answer else {}
        if gone or failures % MOST_FAILURES == 0:
            with suppress(NotFound):
                self._feeds.pause(feed.listener_id, feed.id, True)
        self._feeds.checked(
            feed.id,
            next_check=next_try(now, failures, headers, self._chance.random()),
            failures=failures,
            error=error.message,
            hint=error.hint or _LOOK,
        )

    def _news(self, feed: Feed, found: Reading, page: Page, next_check: datetime) -> int:
        new = self._new(feed, found)
        self._waiting[feed.id] = _Waiting(feed, tuple(reversed(new[:MOST_AT_ONCE])))
        accepted = self._take_in(feed.id)
        # Validators are kept once everything was taken in: until then the feed must come whole.
        whole = feed.id not in self._waiting and len(new) <= MOST_AT_ONCE
        own = whole and page.url == feed.url
        self._moved.pop(feed.id, None)
        if whole and not own:
            self._moved[feed.id] = replace(page, body=b"")
        self._feeds.checked(
            feed.id,
            next_check=next_check,
            etag=(own and page.etag) or "",
            last_modified=(own and page.last_modified) or "",
            title=None if feed.title else found.title,
        )
        return accepted

    def _new(self, feed: Feed, found: Reading) -> list[FeedItem]:
        """The items that nobody has seen, newest first."""
        unseen = [item for item in found.items if not self._seen(feed, item)]
        if self._feeds.seen(feed.id, _FOLLOWED):
            return unseen
        for item in unseen[FIRST:]:
            self._mark(feed, item, None)
        self._feeds.mark_seen(feed.id, _FOLLOWED)
        return unseen[:FIRST]

    def _take_in(self, feed_id: str) -> int:
        """Accepts what may be asked for now of what waits; the rest goes on waiting."""
        waiting = self._waiting.pop(feed_id)
        feed = waiting.feed
        try:
            if self._feeds.get(feed.listener_id, feed.id).paused:
                return 0
        except NotFound:
            return 0
        left, accepted = [], 0
        for item in waiting.items:
            if self._stopping():
                left.append(item)
                continue
            if self._seen(feed, item):
                continue
            rules = self._robots.rules(item.url)
            if not rules.answered or self._robots.wait(item.url):
                left.append(item)
                continue
            article_id = None
            if rules.refusal(item.url) is None:
                self._robots.asked(item.url)
                # What is no address that could be fetched is no article, today or tomorrow.
                with suppress(FetchError, UsageError):
                    article_id = self._accept(feed.listener_id, item.url)
                    accepted += 1
            self._mark(feed, item, article_id)
        if left:
            self._waiting[feed_id] = replace(waiting, items=tuple(left))
        return accepted

    def _seen(self, feed: Feed, item: FeedItem) -> bool:
        return any(self._feeds.seen(feed.id, name) for name in _names(item))

    def _mark(self, feed: Feed, item: FeedItem, article_id: str | None) -> None:
        for name in _names(item):
            self._feeds.mark_seen(feed.id, name, article_id)


def _last(feed: Feed) -> Page | None:
    """What the last reading left for the next one. None where that has to be whole."""
    if not (feed.etag or feed.last_modified):
        return None
    return Page(
        feed.url, b"", "", None, feed.created, feed.etag or None, feed.last_modified or None
    )


def _names(item: FeedItem) -> tuple[str, ...]:
    # Some sites change the names of all items on a new day, others the addresses (a counter in
    # the query): the same item has kept one of them.
    return (item.guid,) if item.guid == item.url else (item.guid, item.url)
