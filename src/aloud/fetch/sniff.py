"""Media type found in bytes, for pages whose sender did not say, or said something impossible.

A declared type is believed unless it is generic or the bytes contradict it: what may be read as an
article is decided by extract, and it must not be handed a photograph that calls itself a page.
"""

import re

_GENERIC = {
    "application/octet-stream",
    "binary/octet-stream",
    "application/unknown",
    "unknown/unknown",
    "application/x-download",
    "application/force-download",
}
_TYPE = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+", re.ASCII)

_MAGIC = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "image/webp"),
    (re.compile(rb"....ftyp(avif|avis)", re.DOTALL), "image/avif"),
    (re.compile(rb"....ftyp(heic|heix|mif1)", re.DOTALL), "image/heic"),
    (re.compile(rb"\s{0,16}%PDF-\d"), "application/pdf"),
    (
        re.compile(rb"PK\x03\x04.{26}mimetypeapplication/epub\+zip", re.DOTALL),
        "application/epub+zip",
    ),
    (re.compile(rb"PK(\x03\x04|\x05\x06)"), "application/zip"),
    (re.compile(rb"\x1f\x8b\x08"), "application/gzip"),
    # The version behind ID3 tells a tag from a story that begins with the word.
    (re.compile(rb"ID3[\x02-\x04]|\xff[\xfb\xf3\xf2\xfa]"), "audio/mpeg"),
    (re.compile(rb"OggS\x00"), "audio/ogg"),
    (re.compile(rb"RIFF....WAVE", re.DOTALL), "audio/wav"),
    (re.compile(rb"fLaC"), "audio/flac"),
    (re.compile(rb"....ftyp(M4A|M4B)", re.DOTALL), "audio/mp4"),
    (re.compile(rb"....ftyp", re.DOTALL), "video/mp4"),
)
# These hold other things: a .docx is a zip, so the sender's more exact word stands.
_ENVELOPES = {"application/zip", "application/gzip", "audio/ogg", "video/mp4"}

# How far a browser looks: https://mimesniff.spec.whatwg.org/#reading-the-resource-header
_HEAD = 1445  # bytes
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
# Atomic and possessive: a page of comments must not be tried in every partition.
_BEFORE = rb"(?:\xef\xbb\xbf)?(?>\s+|<\?xml[^>]*\?>|<!--.*?-->)*+"
_HTML = re.compile(_BEFORE + rb"<(!doctype\s+html|html|head|body)[\s>]", re.I | re.S)
# A saved answer often has headers or a warning before its first tag.
_LATER_HTML = re.compile(rb"^[ \t]*<(!doctype\s+html|html)[\s>]", re.I | re.M)
# A story about markup may speak of <div>: only a file that opens with a tag is markup.
_FRAGMENT = re.compile(
    _BEFORE + rb"</?(meta|title|link|script|style|div|p|h[1-6]|article|main|section|header|nav"
    rb"|table|ul|ol|blockquote|figure|span|a|b|br|img|iframe)[\s/>]",
    re.I | re.S,
)
_XHTML = re.compile(rb"<html[^>]+xmlns\s*=\s*[\"']http://www\.w3\.org/1999/xhtml", re.I)
_XML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<\?xml\s", re.I)
_JSON = re.compile(rb"(?:\xef\xbb\xbf)?\s*(\{\s*(\"[^\"\n]*\"\s*:|\}\s*$)|\[\s*\{\s*\")")


def media_type(body: bytes, declared: str | None = None, charset: str | None = None) -> str:
    """The media type of a body, without parameters; ``application/octet-stream`` where none fits.

    ``declared`` is a Content-Type or None. ``charset`` helps to see text in bytes of two or four.

    >>> media_type(b"<p>One."), media_type(b"One."), media_type(b"%PDF-1.7", "text/html")
    ('text/html', 'text/plain', 'application/pdf')
    """
    said = (declared or "").partition(";")[0].strip().lower()
    head = body[:_HEAD]
    if charset is not None:
        head = head.decode(charset, "ignore").encode("utf-8", "ignore")
    found = next((name for magic, name in _MAGIC if magic.match(body)), None)
    if said in _GENERIC or not _TYPE.fullmatch(said):
        return found or _kind_of_text(head)
    if found is not None:
        exact = found in _ENVELOPES and not _is_text(said) and said != "application/pdf"
        return said if exact else found
    # A page in place of the picture, or HTML served as a listing of itself.
    if _HTML.match(head) and (said == "text/plain" or not _is_text(said)):
        return "text/html"
    if said in ("text/xml", "application/xml") and _XHTML.search(head):
        return "application/xhtml+xml"
    return said


def _is_text(name: str) -> bool:
    return name.startswith("text/") or name.endswith(("xml", "json", "javascript"))


def _kind_of_text(head: bytes) -> str:
    if _CONTROLS.search(head):
        return "application/octet-stream"
    if _XML.match(head):
        if _XHTML.search(head):
            return "application/xhtml+xml"
        return "text/html" if _HTML.match(head) else "application/xml"
    if _HTML.match(head) or _FRAGMENT.match(head) or _LATER_HTML.search(head):
        return "text/html"
    return "application/json" if _JSON.match(head) else "text/plain"
