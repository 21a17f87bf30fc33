"""Kind: which reader a document needs, and what to say of one that has no text to read."""

import json
import re
from codecs import getincrementaldecoder
from enum import StrEnum

from aloud.errors import ExtractError
from aloud.page import Page


class Kind(StrEnum):
    """The two forms of text that are read."""

    HTML = "html"
    PLAIN = "plain"


_OPEN_IT = "save the article as a web page or as plain text, and give that to aloud"
_UNPACK = "unpack it, and give aloud the web page or the text inside"
# The first bytes tell more than a media type, which servers guess from a file's name. Those that
# could also begin a sentence ("ID3", "GIF8") carry the byte that no text has behind them.
_MAGIC = (
    (rb"%PDF-", "a PDF document", _OPEN_IT),
    (rb"\x89PNG\r\n|\xff\xd8\xff|GIF8[79]a|RIFF.{4}WEBP|II\*\0|MM\0\*", "an image", _OPEN_IT),
    (rb"PK\x03\x04.{26}mimetypeapplication/epub", "an EPUB book", _UNPACK),
    (rb"PK[\x03\x05]|\x1f\x8b|7z\xbc\xaf|Rar!\x1a|BZh\d1AY|\xfd7zXZ\0", "an archive", _UNPACK),
    (rb"ID3[\x02-\x04]|OggS\0|fLaC\0|RIFF.{4}WAVE|\xff[\xf2\xf3\xfb]", "audio", _OPEN_IT),
    (rb".{4}ftyp", "audio or video", _OPEN_IT),
    (rb"\x1aE\xdf\xa3|RIFF.{4}AVI ", "video", _OPEN_IT),
    (rb"\x7fELF|\xca\xfe\xba\xbe|\0asm", "a program", _OPEN_IT),
)
_TYPE_NAMES = (
    ("image/", "an image"),
    ("audio/", "audio"),
    ("video/", "video"),
    ("font/", "a font"),
)
_HTML_TYPES = {"text/html", "application/xhtml+xml"}
_XML_TYPES = {"application/xml", "text/xml"}
_JSON_TYPE = re.compile(r"application/(?:[\w.+-]+\+)?(?:json|ndjson|x-ndjson)")
_JSON_START = re.compile(rb"[\s\0]*([{\[])")
_JSON_END = re.compile(rb"([}\]])[\s\0]*\Z")
_PARSED = 64 * 1024  # bytes of a long one: a text gives itself away within its first words
_LONGEST = len("\\ud83d\\ude42")  # of what a cut may leave unfinished before it: an escape
_LOOKS_HTML = re.compile(
    rb"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body|article|meta|title|div|p|h1)\b",
    re.I | re.S,
)
_SNIFFED = 4096  # bytes; a doctype stands at the very top
_BOM = re.compile(rb"^(\xef\xbb\xbf|\xff\xfe|\xfe\xff)")


def kind(page: Page) -> Kind:
    """Which reader the page needs, by its bytes first and by what the sender said second.

    Raises:
        ExtractError: empty, or no text at all (image, archive, audio, feed).
    """
    if not page.body.strip(b" \t\r\n\0\f\v"):
        raise ExtractError("the page is empty", subject=page.url, hint=_OPEN_IT)
    for magic, name, hint in _MAGIC:
        if re.match(magic, page.body, re.S):
            raise ExtractError(f"this is {name}, not an article", subject=page.url, hint=hint)
    media_type = page.media_type.lower().partition(";")[0].strip()
    for start, name in _TYPE_NAMES:
        # SVG is an image made of text; its text is labels.
        if media_type.startswith(start):
            raise ExtractError(f"this is {name}, not an article", subject=page.url, hint=_OPEN_IT)
    if _is_json(page.body, media_type):
        raise ExtractError(
            "this is JSON data, not an article",
            subject=page.url,
            hint="give aloud the address of the article's own page",
        )
    start_bytes = _BOM.sub(b"", page.body[:_SNIFFED]).replace(b"\0", b"")  # UTF-16 has NULs
    looks_html = bool(_LOOKS_HTML.match(start_bytes))
    if media_type in _HTML_TYPES or (looks_html and not media_type.startswith("text/")):
        return Kind.HTML
    if media_type in _XML_TYPES or media_type.endswith("+xml"):
        if looks_html:
            return Kind.HTML
        raise ExtractError(
            "this is an XML document (a feed or a sitemap), not an article",
            subject=page.url,
            hint="give aloud the address of one article in it",
        )
    return Kind.PLAIN


def _is_json(body: bytes, media_type: str) -> bool:
    """Whether it is declared as JSON, or is JSON from its first brace to its last.

    Of a long one only the beginning is parsed: where that goes on as JSON up to its cut, and the
    last character closes what the first opened, nobody has written a text.
    """
    if _JSON_TYPE.fullmatch(media_type):
        return True
    start = _JSON_START.match(_BOM.sub(b"", body[:64]))
    end = _JSON_END.search(body, max(0, len(body) - _SNIFFED))
    if not start or not end or start[1] + end[1] not in (b"{}", b"[]"):
        return False
    head = body[:_PARSED].removeprefix(b"\xef\xbb\xbf")
    # The last character may be cut in two, or have its second unit behind the cut.
    decoder = getincrementaldecoder(json.detect_encoding(head))("surrogatepass")
    try:
        text = decoder.decode(head, final=len(body) <= _PARSED)
        return isinstance(json.loads(text), dict | list)
    except json.JSONDecodeError as error:
        # It may have been cut in a string, which is reported at its beginning, or in a word.
        unended = error.msg.startswith("Unterminated string") or error.pos >= len(text) - _LONGEST
        return len(body) > _PARSED and unended
    except (ValueError, RecursionError):
        return False
