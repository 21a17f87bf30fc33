"""OPML: a list of feeds, as feed readers exchange it."""

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

from aloud.errors import ExtractError
from aloud.extract.decode import tidy

LARGEST = 5_000_000  # bytes
MOST_FEEDS = 5000
_DEEPEST = 50  # folders inside each other
_LONGEST = 4000  # characters of an address


def read_opml(data: bytes, subject: str = "") -> tuple[tuple[str, str], ...]:
    """The feeds of a list, each once and in its order: address and title ("" where it has none).

    Outlines without an http or https address of a feed are folders or something else, and are
    passed over. ``subject`` is what the list is called in an error.

    Raises:
        ExtractError: it is no OPML, larger than 5 MB, deeper than 50 folders or longer than
            5,000 feeds.
    """
    if len(data) > LARGEST:
        raise _refused(f"the list is larger than {LARGEST:,} bytes", subject)
    feeds: dict[str, str] = {}
    for outline in _outlines(_parsed(data, subject), subject):
        named = {name.lower(): value for name, value in outline.items()}
        url = named.get("xmlurl", "").strip()
        if _is_address(url):
            title = named.get("title", "").strip() or named.get("text", "")
            feeds.setdefault(url, " ".join(tidy(title).split()))
    if len(feeds) > MOST_FEEDS:
        raise _refused(f"the list has more than {MOST_FEEDS:,} feeds", subject)
    return tuple(feeds.items())


def write_opml(feeds: Iterable[tuple[str, str]], title: str = "Aloud") -> bytes:
    """A list of feeds (address and title) that other readers import: UTF-8, OPML 2.0.

    Source: http://opml.org/spec2.opml

    >>> read_opml(write_opml([("https://news.example/feed", "News & more")]))
    (('https://news.example/feed', 'News & more'),)
    """
    root = Element("opml", version="2.0")
    SubElement(SubElement(root, "head"), "title").text = tidy(title)
    body = SubElement(root, "body")
    for url, name in feeds:
        name = tidy(name) or url
        SubElement(body, "outline", type="rss", text=name, title=name, xmlUrl=url)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _parsed(data: bytes, subject: str) -> Element:
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root: Element = fromstring(data, forbid_dtd=False)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise _refused("this is not an OPML list of feeds", subject) from error
    if root.tag.lower() != "opml":
        raise _refused("this is XML, but not an OPML list of feeds", subject)
    return root


def _outlines(root: Element, subject: str) -> Sequence[Element]:
    """All outlines in the order of the list. Without recursion, so that no list is too deep."""
    found: list[Element] = []
    waiting = [(root, 0)]
    while waiting:
        element, depth = waiting.pop()
        if depth > _DEEPEST:
            raise _refused(f"the list is deeper than {_DEEPEST} folders", subject)
        if element.tag.lower() == "outline":
            found.append(element)
        waiting += [(child, depth + 1) for child in reversed(element)]
    return found


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc) and len(url) <= _LONGEST


def _refused(message: str, subject: str) -> ExtractError:
    return ExtractError(
        message, subject=subject, hint="export the list once more as OPML, or add feeds one by one"
    )
