"""Decode: the bytes of a page as text, with not a character lost, and what was wrong with them.

It never drops a byte that it does not understand: a wrong letter can be heard and forgiven, a
missing one changes the word.
"""

import codecs
import re
import unicodedata
from dataclasses import dataclass

from aloud.errors import ExtractError
from aloud.page import Page

_HINT = "save the page again as UTF-8, or name its character set with --charset NAME"
_BOMS = (  # the long ones first: UTF-32 begins like UTF-16
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What pages say and what they mean: https://encoding.spec.whatwg.org/#names-and-labels
_MEANT = {
    "ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874",
    "tis-620": "cp874", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932",
    "euc_kr": "cp949", "big5": "big5hkscs",
}  # fmt: skip
_META = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w:.-]+)|^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w:.-]+)""",
    re.I,
)
_META_WITHIN = 4096  # bytes; the standard asks for 1024, pages keep to it loosely

_ESCAPED = re.compile("[\udc80-\udcff]")
_HIGH = re.compile(rb"[\x80-\xff]")
_CONTROL = re.compile("[\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
# Invisible ones that would split or alter a word: soft hyphen, zero-width space, word joiner, BOM.
# The joiners U+200C and U+200D stay: Persian, Indic scripts and emoji are spelt with them.
_UNSEEN = re.compile("[\u00ad\u200b\u2060\ufeff]")
_LOST = re.compile("[\ud800-\udfff]")
# More than this is no text any more. Judgements, not tuned: no corpus of damaged pages was at hand.
_MOST_BAD = 0.10
_MOST_CONTROL = 0.02
# With few letters beyond ASCII detection has little to go by, and Windows-1252 is the web's own
# default. Not tuned: a short Central European page without a charset can fall below and be misread.
_WESTERN_BELOW = 0.05


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a page, NFC, and what a reader should know of how it was come by."""

    text: str
    doubts: tuple[str, ...] = ()  # a sentence each


def decode(page: Page) -> Decoded:
    """The text of a page.

    Raises:
        ExtractError: too damaged to be text, or no known character set fits.
    """
    for bom, charset in _BOMS:
        if page.body.startswith(bom):
            return _checked(page, *_read(page.body[len(bom) :], charset))
    named = _named(page)
    if named and named != "utf-8" and _is_utf8(page.body):
        named = "utf-8"  # many bytes that are UTF-8 by chance are not to be met with in real text
    if named:
        return _checked(page, *_read(page.body, named))
    if _is_utf8(page.body) or not _HIGH.search(page.body) or _nearly_utf8(page.body):
        return _checked(page, *_read(page.body, "utf-8"))
    guess = _detected(page)
    text, bad = _read(page.body, guess)
    return _checked(page, text, bad, f"The page names no character set; {guess} was guessed.")


def tidy(text: str) -> str:
    """Text in NFC without characters that no voice and no screen can do anything with."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", _UNSEEN.sub("", _LOST.sub("\ufffd", text)))
    return _CONTROL.sub(" ", text)


def _named(page: Page) -> str | None:
    """The character set that sender or page name, as Python calls it; None if it knows none."""
    meta = _META.search(page.body[:_META_WITHIN])
    declared = (meta.group(1) or meta.group(2)).decode("ascii", "replace") if meta else None
    for name in (page.charset, declared):
        try:
            known = codecs.lookup(name).name if name else ""
        except (LookupError, ValueError):
            continue
        # A page that was read as bytes to find "utf-16" in it is not UTF-16.
        if name is declared and known.startswith(("utf-16", "utf-32")):
            known = "utf-8"
        if known and getattr(codecs.lookup(known), "_is_text_encoding", True):
            return _MEANT.get(known, known)
    return None


def _is_utf8(body: bytes) -> bool:
    """Whether it is UTF-8 that shows: with letters beyond ASCII, all of them right."""
    try:
        return not body.decode("utf-8").isascii()
    except UnicodeDecodeError:
        return False


def _nearly_utf8(body: bytes) -> bool:
    """Whether it is UTF-8 that a careless tool has mixed with a few bytes of something else."""
    text = body.decode("utf-8", "surrogateescape")
    bad = len(_ESCAPED.findall(text))
    return sum(1 for c in text if c > "\x7f") - bad > 3 * bad


def _read(body: bytes, charset: str) -> tuple[str, int]:
    """The text, and how many bytes had to be read one by one as Windows-1252."""
    if len(body) % 2 and charset.startswith("utf-16"):
        body = body[:-1]  # half a character, cut off in transport
    try:
        return body.decode(charset), 0
    except (UnicodeDecodeError, UnicodeError):
        pass
    if charset.startswith(("utf-16", "utf-32")):
        text = body.decode(charset, "replace")
        return text, text.count("\ufffd")
    text = body.decode(charset, "surrogateescape")
    return _ESCAPED.subn(lambda m: _windows(ord(m.group()) - 0xDC00), text)


def _windows(byte: int) -> str:
    return bytes([byte]).decode("cp1252", "replace")


def _detected(page: Page) -> str:
    body = page.body
    if len(_HIGH.findall(body)) < _WESTERN_BELOW * len(body):
        return "cp1252"
    from charset_normalizer import from_bytes

    best = from_bytes(body).best()
    # Nothing fits it as a whole, so it is damaged; how badly is for the caller to see.
    return best.encoding if best else "utf-8"


def _checked(page: Page, text: str, bad: int, *doubts: str) -> Decoded:
    damaged = bad > max(_MOST_BAD * len(text), 3)
    if damaged or len(_CONTROL.findall(text)) > max(_MOST_CONTROL * len(text), 3):
        raise ExtractError(
            "the page is too damaged to be read, or is not text", subject=page.url, hint=_HINT
        )
    if bad:
        them = "byte was" if bad == 1 else "bytes were"
        doubts = (*doubts, f"{bad} damaged {them} read as Windows-1252.")
    return Decoded(tidy(text), doubts)
