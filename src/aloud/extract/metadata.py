"""Metadata: what a page declares about its article, and nothing that it doesn't.

A lenient reader: one broken script must not cost the others. Dates are never guessed.
"""

import json
import posixpath
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from aloud.extract.decode import tidy

_ARTICLE = re.compile(r"(?:Article|BlogPosting|Posting|Report|Review|Recipe|AudioObject)$")
_COMMENT = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*;?\s*$"
)
_MOST_NODES = 20_000  # of one page's JSON-LD; more is a catalogue, not an article's data


@dataclass(frozen=True, slots=True)
class Metadata:
    """Declared facts. Empty and None mean that the page does not say."""

    titles: tuple[str, ...] = ()  # JSON-LD headline, og:title, <title>
    description: str = ""
    byline: str = ""
    author_pages: tuple[str, ...] = ()
    publisher: str = ""
    canonical: str = ""
    image: str | None = None
    published: datetime | None = None
    modified: datetime | None = None
    language: str = ""
    comment_count: int | None = None
    paywalled: bool | None = None
    publishing_principles: str | None = None
    ownership: str | None = None
    corrections: str | None = None
    next_page: str | None = None


def metadata(root: Any, url: str) -> Metadata:
    """What the page declares; ``url`` is where it came from, for relative addresses."""
    nodes = list(_nodes(root))
    by_id = {n["@id"]: n for n in nodes if isinstance(n.get("@id"), str) and len(n) > 1}
    article = next((n for n in nodes if _is_article(n)), {})
    met = _meta(root)
    base = root.find(".//base[@href]")
    at = _Addresses(urljoin(url, base.get("href")) if base is not None else url, url)
    publisher = _resolved(article.get("publisher"), by_id)
    names, pages = _authors(article, by_id, met)
    found = root.find(".//title")
    title = _text("".join(found.itertext())) if found is not None else ""
    titles = (_text(article.get("headline")), met.get("og:title", ""), met.get("twitter:title", ""))
    return Metadata(
        titles=tuple(t for t in (*titles, title) if t),
        description=met.get("og:description", "") or met.get("description", ""),
        byline=names,
        author_pages=tuple(dict.fromkeys(p for p in map(at.page, pages) if p)),
        publisher=_name(publisher)
        or met.get("og:site_name", "")
        or met.get("application-name", ""),
        canonical=_canonical(root, met, at),
        image=at.image(_image(_resolved(article.get("image"), by_id)) or met.get("og:image", "")),
        published=_date(
            article.get("datePublished"),
            *(met.get(k) for k in _PUBLISHED),
            *(t.get("datetime") for t in root.iterfind(".//time[@pubdate]")),
            *_itemprop(root, "datePublished"),
        ),
        modified=_date(
            article.get("dateModified"),
            *(met.get(k) for k in _MODIFIED),
            *_itemprop(root, "dateModified"),
        ),
        language=_language(root, article, met),
        comment_count=_count(article.get("commentCount")),
        paywalled=_paywalled(article.get("isAccessibleForFree"), met),
        publishing_principles=at.page(_policy("publishingPrinciples", article, publisher)),
        ownership=at.page(_policy("ownershipFundingInfo", article, publisher)),
        corrections=at.page(_policy("correctionsPolicy", article, publisher)),
        next_page=at.page(_link(root, "next")),
    )


_PUBLISHED = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished",
    "date", "pubdate", "publishdate", "publish-date", "dc.date", "dc.date.issued",
    "dcterms.created", "dcterms.date", "parsely-pub-date", "sailthru.date", "article.published",
)  # fmt: skip
_MODIFIED = (
    "article:modified_time", "og:article:modified_time", "og:updated_time", "datemodified",
    "lastmod", "dcterms.modified", "article.updated", "last-modified",
)  # fmt: skip


def _path(url: str) -> str:
    """The path that a file: URL opens, "%2e%2e" and all worked out."""
    return posixpath.normpath(unquote(urlsplit(url).path))


@dataclass(frozen=True, slots=True)
class _Addresses:
    """Makes addresses whole, and refuses those that a page has no business to name."""

    base: str
    url: str

    def page(self, address: object) -> str | None:
        whole = self._whole(address)
        return whole if whole and urlsplit(whole).scheme in ("http", "https") else None

    def image(self, address: object) -> str | None:
        """The address of a picture, if it is where the page itself came from: the web for a page
        of the web, the page's own folder for a saved one, which so asks the network for nothing."""
        whole = self._whole(address)
        if urlsplit(self.url).scheme in ("http", "https"):
            return self.page(whole)
        if not whole or not whole.startswith("file:///"):
            return None
        folder = PurePosixPath(_path(self.url)).parent
        return whole if PurePosixPath(_path(whole)).is_relative_to(folder) else None

    def _whole(self, address: object) -> str | None:
        if not isinstance(address, str) or not address.strip():
            return None
        try:
            whole = urljoin(self.base, address.strip())
            return whole if urlsplit(whole).scheme else None
        except ValueError:
            return None


def _nodes(root: Any) -> Iterator[dict[str, Any]]:
    """Every object of every JSON-LD script, outer before inner."""
    for script in root.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        source = _COMMENT.sub("", script.text_content() or "").strip().rstrip(";")
        try:
            waiting = deque([json.loads(source, strict=False)])
        except (ValueError, RecursionError):
            continue
        seen = 0
        while waiting and seen < _MOST_NODES:
            seen += 1
            node = waiting.popleft()
            if isinstance(node, dict):
                yield node
                waiting.extend(v for v in node.values() if isinstance(v, dict | list))
            elif isinstance(node, list):
                waiting.extend(v for v in node if isinstance(v, dict | list))


def _is_article(node: dict[str, Any]) -> bool:
    kinds = node.get("@type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return any(isinstance(k, str) and _ARTICLE.search(k) for k in kinds) and bool(
        node.get("headline") or node.get("datePublished") or node.get("articleBody")
    )


def _resolved(value: Any, by_id: dict[str, dict[str, Any]]) -> Any:
    """The first of a list, and the object that an @id stands for."""
    while isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict) and isinstance(value.get("@id"), str):
        return {**by_id.get(value["@id"], {}), **value}
    return value


def _authors(
    article: dict[str, Any], by_id: dict[str, dict[str, Any]], met: dict[str, str]
) -> tuple[str, list[Any]]:
    """Their names as one would print them, and the addresses of their pages."""
    declared = article.get("author")
    people = [_resolved(p, by_id) for p in (declared if isinstance(declared, list) else [declared])]
    names = [_name(p) for p in people]
    pages = [p.get("url") or p.get("sameAs") for p in people if isinstance(p, dict)]
    pages = [p[0] if isinstance(p, list) and p else p for p in pages]
    if not any(names):
        names = [met.get(k, "") for k in ("author", "article:author", "parsely-author", "byl")]
        pages += [n for n in names if n.startswith("http")]
        names = [re.sub(r"^by\s+", "", n, flags=re.I) for n in names if not n.startswith("http")][
            :1
        ]
    names = list(dict.fromkeys(n for n in names if n))
    joined = ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else "".join(names)
    return joined, pages


def _name(thing: Any) -> str:
    return _text(thing.get("name") if isinstance(thing, dict) else thing)


def _text(value: Any) -> str:
    while isinstance(value, list):
        value = value[0] if value else None
    if not isinstance(value, str):
        return ""
    if "&" in value:  # publishers escape their JSON as if it were HTML
        import html

        value = html.unescape(value)
    return " ".join(tidy(value).split())


def _meta(root: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in root.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        content = _text(element.get("content"))
        if name and content:
            found.setdefault(name.lower(), content)
    return found


def _itemprop(root: Any, name: str) -> list[str | None]:
    found = (e for e in root.iter("meta", "time", "span") if e.get("itemprop") == name)
    return [e.get("content") or e.get("datetime") for e in found]


def _link(root: Any, rel: str) -> str | None:
    for element in root.iter("link"):
        if rel in (element.get("rel") or "").lower().split():
            return element.get("href") or None
    return None


def _canonical(root: Any, met: dict[str, str], at: _Addresses) -> str:
    return at.page(_link(root, "canonical")) or at.page(met.get("og:url")) or ""


def _image(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("url") or value.get("contentUrl")
    return value if isinstance(value, str) else ""


def _policy(name: str, article: dict[str, Any], publisher: Any) -> Any:
    value = article.get(name) or (publisher.get(name) if isinstance(publisher, dict) else None)
    value = value[0] if isinstance(value, list) and value else value
    return (value.get("url") or value.get("@id")) if isinstance(value, dict) else value


# Tags for "several", "none" and "unknown" say nothing; three old codes live on in many pages.
_NO_LANGUAGE = frozenset(("mul", "zxx", "und", "mis"))
_RENAMED = {"iw": "he", "in": "id", "ji": "yi"}


def _language(root: Any, article: dict[str, Any], met: dict[str, str]) -> str:
    declared = (
        root.get("lang"), root.get("xml:lang"), _text(article.get("inLanguage")),
        met.get("og:locale"), met.get("content-language"),
    )  # fmt: skip
    for tag in declared:
        match = re.fullmatch(
            r"([a-z]{2,3})(?:[-_]([a-z]{4}))?(?:[-_]([a-z]{2}|\d{3}))?", (tag or "").strip(), re.I
        )
        if match and match[1].lower() not in _NO_LANGUAGE:
            lang, script, place = match.groups()
            parts = (
                _RENAMED.get(lang.lower(), lang.lower()),
                script and script.title(),
                place and place.upper(),
            )
            return "-".join(p for p in parts if p)
    return ""


def _count(value: Any) -> int | None:
    try:
        return int(str(value).replace(",", "")) if value is not None else None
    except ValueError:
        return None


def _paywalled(free: Any, met: dict[str, str]) -> bool | None:
    said = str(free if free is not None else "").rsplit("/", 1)[-1].lower()
    if said in ("true", "false"):
        return said == "false"
    tier = met.get("article:content_tier", "").lower()
    return {"free": False, "locked": True, "metered": True}.get(tier)


def _date(*values: object) -> datetime | None:
    return next((d for d in map(moment, values) if d), None)


def moment(value: object) -> datetime | None:
    """A declared date as UTC; without a zone it is taken for UTC. None if it is no date.

    >>> moment("2024-05-14T09:30:00+02:00").isoformat()
    '2024-05-14T07:30:00+00:00'
    """
    value = value[0] if isinstance(value, list) and value else value
    if not isinstance(value, str) or not value.strip():
        return None
    text = value.strip()
    try:
        found = _lenient(text)
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        return found.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _lenient(text: str) -> datetime:
    try:
        # "…T09:30:00.1234567+0200", "2024-05-14 09:30 +02:00"
        iso = re.sub(r"(\.\d{6})\d+", r"\1", re.sub(r"\s+([+-]\d\d:?\d\d|Z)$", r"\1", text))
        return datetime.fromisoformat(iso)
    except ValueError:
        pass
    for form in ("%d %B %Y", "%B %d, %Y", "%d %b %Y", "%b %d, %Y", "%Y/%m/%d"):
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - `moment` adds the zone
        except ValueError:
            continue
    return parsedate_to_datetime(text)


def missing(publisher: str, byline: str, dated: bool) -> tuple[str, ...]:
    """What the page does not state, a sentence each."""
    return tuple(
        sentence
        for stated, sentence in (
            (publisher, "The page does not name its publisher."),
            (byline, "The page does not name an author."),
            (dated, "The page does not state when it was published."),
        )
        if not stated
    )
