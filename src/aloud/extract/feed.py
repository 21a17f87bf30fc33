"""Feed: what a site has published lately (RSS, Atom, JSON Feed), and where its pages say so.

It reads addresses, titles and dates, nothing of the articles: those are fetched as pages. It
fetches nothing itself, and no feed can make it read a file or grow an entity.
"""

import calendar
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from io import BytesIO
from typing import Any
from urllib.parse import urljoin, urlsplit

from aloud.errors import ExtractError
from aloud.extract.decode import decode, tidy
from aloud.page import Page

# Feedparser takes 10 to 40 µs for a tag, and a hostile feed may be nothing but tags.
LARGEST = 5_000_000  # characters
_MOST_TAGS = 250_000
MOST_ITEMS = 500  # of one feed, the newest; what is more is an archive
_LONGEST_URL = 4000  # characters
_LONGEST_GUID = 500
_LONGEST_TITLE = 500

_FEED_TYPES = frozenset(
    ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml")
)
_PROLOG = re.compile(r"\s*(?:<\?[^>]*\?>|<!--.*?-->)", re.S)
_DOCTYPE = re.compile(r"\s*<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>", re.S | re.I)
_JSON_FEED = re.compile(r"https?://jsonfeed\.org/version/")
_MINUTES = re.compile(r"[1-9][0-9]{0,6}")
_MARKUP = re.compile(r"<[/!]?[a-z][^<>]*>", re.I)


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One article that a feed tells of."""

    guid: str  # what the feed knows it by; its address where the feed gives no other name
    url: str  # http or https, absolute
    title: str  # "" where there is none
    published: datetime | None  # UTC


@dataclass(frozen=True, slots=True)
class Feed:
    """What one feed says, newest first where all of its items have a date."""

    title: str
    link: str  # the site's own page; "" where the feed names none
    items: tuple[FeedItem, ...]
    skipped: int = 0  # items without an address to fetch, or the second of their name
    ttl: float | None = None  # seconds for which the feed says it does not change


def read_feed(page: Page) -> Feed:
    """The feed that a page holds.

    Raises:
        ExtractError: it is none; the hint names the feeds of the page, if it is a web page.
    """
    text = decode(page).text
    if len(text) > LARGEST or text.count("<") > _MOST_TAGS:
        raise ExtractError(
            f"the feed has more than {LARGEST:,} characters or {_MOST_TAGS:,} tags",
            subject=page.url,
            hint="look for a feed of one section, or of the newest articles only",
        )
    found = _json_feed(text, page.url) or _xml_feed(text, page.url)
    if found is None:
        raise _no_feed(page)
    return found


def feed_links(page: Page) -> tuple[str, ...]:
    """The addresses of the feeds that a web page declares, in its order, each once."""
    from lxml import etree, html  # a tenth of a second to import

    try:
        root = html.document_fromstring(
            decode(page).text.encode(), parser=html.HTMLParser(encoding="utf-8")
        )
    except etree.ParserError:  # nothing but spaces, comments or a doctype
        return ()
    bases = (element.get("href", "") for element in root.iter("base"))
    base = _joined(page.url, next(bases, ""))
    found = (
        _address(base, link.get("href"))
        for link in root.iter("link")
        if "alternate" in link.get("rel", "").lower().split()
        and link.get("type", "").partition(";")[0].strip().lower() in _FEED_TYPES
    )
    return tuple(dict.fromkeys(url for url in found if url))


def _no_feed(page: Page) -> ExtractError:
    links = feed_links(page)
    hint = "give the address of an RSS, Atom or JSON feed"
    if links:
        hint = f"the page has a feed: {links[0]}"
    if len(links) > 1:
        hint = f"the page has these feeds: {' '.join(links[:5])}"
    return ExtractError("this is not a feed", subject=page.url, hint=hint)


def _xml_feed(text: str, url: str) -> Feed | None:
    import feedparser  # type: ignore[import-untyped]

    # Bytes in a stream: a string could be taken for an address or the name of a file.
    read = feedparser.parse(
        BytesIO(_without_doctype(text).encode()),
        response_headers={
            "content-type": "application/xml; charset=utf-8",
            "content-location": url,
        },
        # Only titles and addresses are kept: titles become plain text below, and feedparser
        # resolves the addresses of a feed in any case.
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not read.get("version") and not read.entries:
        return None
    items = [
        _item(entry.get("id"), entry.get("link"), entry.get("title"), _entry_date(entry), url)
        for entry in read.entries
    ]
    ttl = str(read.feed.get("ttl", "")).strip()
    return _feed(
        read.feed.get("title"),
        read.feed.get("link"),
        items,
        url,
        60.0 * int(ttl) if _MINUTES.fullmatch(ttl) else None,
    )


def _without_doctype(text: str) -> str:
    """The text with nothing before its first element that could declare an entity."""
    at = 0
    while found := _PROLOG.match(text, at) or _DOCTYPE.match(text, at):
        at = found.end()
    return text[at:].lstrip()


def _json_feed(text: str, url: str) -> Feed | None:
    """Source: https://www.jsonfeed.org/version/1.1/"""
    if not text.lstrip("\ufeff \t\r\n").startswith("{"):
        return None
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not _JSON_FEED.match(_text(read.get("version"))):
        return None
    found = read.get("items")
    items = [
        _item(
            entry.get("id"),
            entry.get("url") or entry.get("external_url"),
            entry.get("title"),
            _iso_date(entry.get("date_published") or entry.get("date_modified")),
            url,
        )
        for entry in (found if isinstance(found, list) else ())
        if isinstance(entry, dict)
    ]
    return _feed(read.get("title"), read.get("home_page_url"), items, url, None)


def _feed(
    title: object, link: object, items: Iterable[FeedItem | None], url: str, ttl: float | None
) -> Feed:
    read = list(items)
    kept: dict[str, FeedItem] = {}
    for item in read:
        if item is not None:
            kept.setdefault(item.guid, item)
    ordered = list(kept.values())
    if all(item.published for item in ordered):
        ordered.sort(key=lambda item: item.published or _NEVER, reverse=True)
    return Feed(
        title=_plain(title),
        link=_address(url, link),
        items=tuple(ordered[:MOST_ITEMS]),
        skipped=len(read) - len(ordered),
        ttl=ttl,
    )


def _item(
    guid: object, link: object, title: object, published: datetime | None, url: str
) -> FeedItem | None:
    """The item, or None where it has no address that could be fetched."""
    address = _address(url, link)
    if not address:
        return None
    name = tidy(str(guid)).strip() if isinstance(guid, str | int | float) else ""
    if len(name) > _LONGEST_GUID:
        name = "sha256:" + hashlib.sha256(name.encode()).hexdigest()
    return FeedItem(name or address, address, _plain(title), published)


def _address(base: str, link: object) -> str:
    """An absolute http or https address without its fragment, or ""."""
    url = _joined(base, _text(link).strip()) if _text(link).strip() else ""
    url = url.partition("#")[0].replace(" ", "%20")
    fits = len(url) <= _LONGEST_URL and url.startswith(("http://", "https://"))
    return url if fits and url.isprintable() else ""


def _joined(base: str, link: str) -> str:
    try:
        url = urljoin(base, link)
        urlsplit(url).port  # noqa: B018 - raises for a port that is none
    except ValueError:
        return ""
    return url


def _plain(title: object) -> str:
    """A title as text. Feeds may write it as HTML, and some write it as HTML twice."""
    text = _text(title)[: 4 * _LONGEST_TITLE]
    if _MARKUP.search(text) or "&" in text:
        text = unescape(_MARKUP.sub("", text))
    return " ".join(tidy(text).split())[:_LONGEST_TITLE]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


_NEVER = datetime(1, 1, 1, tzinfo=UTC)


def _entry_date(entry: Mapping[str, Any]) -> datetime | None:
    # Feedparser answers None for a date that it cannot read.
    moment = entry.get("published_parsed")
    if not moment and "updated_parsed" in entry:
        moment = entry["updated_parsed"]
    try:
        return datetime.fromtimestamp(calendar.timegm(moment), UTC) if moment else None
    except (ValueError, OverflowError, OSError):
        return None


def _iso_date(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(_text(text))
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
