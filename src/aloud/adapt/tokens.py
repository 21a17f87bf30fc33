"""Tokens: the written words of one block, each with its place, and what stands between them.

Every letter and every digit is in exactly one token. What is spoken holds only letters, digits and
the marks that belong inside a word: brackets, angles and control characters can never reach an
engine, where ``[[`` and ``<`` would be orders and NUL the end of the text.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import zip_longest

from aloud.adapt import abbreviations
from aloud.adapt.reading import Reading, Said
from aloud.adapt.sentences import Stop
from aloud.article import UNSPACED
from aloud.script import Token

HAN = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
KANA = "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f"
# An engine with a word buffer loses what does not fit; no written word comes near this.
_LONGEST_WORD = 80


def _marks() -> str:
    """The combining marks, as a character class: `re` does not count them among the letters."""
    blocks = ((0x300, 0x1E00), (0x20D0, 0x2100), (0xA66F, 0xAC00), (0xFE20, 0xFE30))
    planes = ((0x10A00, 0x11FFF), (0x16AF0, 0x16FFF), (0x1D165, 0x1D245), (0x1E000, 0x1E950))
    points = (chr(n) for a, b in blocks + planes for n in range(a, b))
    return "".join(c for c in points if unicodedata.category(c)[0] == "M")


_MARKS = _marks()
_LETTER = rf"(?:[^\W_{HAN}{KANA}]|[{_MARKS}])"
_FIRST = rf"[^\W_{HAN}{KANA}]"
_HIDDEN = "\u00ad\u200b-\u200d\u2060\ufeff"  # soft hyphens and joiners, invisible inside a word
_INNER = rf"(?:(?:['’ʼ＇·‧\u2010\u2011-]|(?<=\d)[.,:](?=\d))[{_HIDDEN}]*|[{_HIDDEN}]+)"
_SYMBOL = "&%$€£¥₹₩₽₺₪₦₱฿@#+=°§¢‰×÷±"
_WORD = re.compile(
    rf"(?P<dotted>[^\W\d_]{{1,2}}(?:\.[^\W\d_]){{1,8}}\.?(?!\w))"
    rf"|(?P<word>{_FIRST}{_LETTER}{{0,{_LONGEST_WORD}}}(?:{_INNER}{_FIRST}{_LETTER}{{0,{_LONGEST_WORD}}}){{0,8}})"
    rf"|(?P<han>[{HAN}][{_MARKS}]*)|(?P<kana>[{KANA}][{KANA}{_MARKS}]{{0,{_LONGEST_WORD}}})"
    rf"|(?P<art>([{_SYMBOL}])(?:\6){{2,}})|(?P<symbol>[{_SYMBOL}])"
)
_NOT_SPOKEN = re.compile(rf"[^\w\s{_MARKS}'’ʼ.,:·\u200c\u200d{_SYMBOL}/-]|_|(?<!\w)/|/(?!\w)")
_SPACES = re.compile(r"\s+")


def tokens(
    text: str, block: str, language: str, reading: Reading, stops: Sequence[Stop]
) -> tuple[Token, ...]:
    """The words of a block in order, each with what the voice reads after it."""
    ends = [stop.at for stop in stops]
    found = list(_whole_abbreviations(text, _words(text, reading), ends))
    made: list[Token] = []
    for here, then in zip_longest(found, found[1:]):
        until = then.start if then else len(text)
        place = bisect_left(ends, here.end)
        stopped = place < len(ends) and ends[place] <= until
        after = between(text[here.end : until], stopped)
        if then and after == " " and here.end == then.start and _joined(text, here, then):
            after = ""
        spoken = here.spoken
        if after[:1] in _FINAL:  # the sentence's own period stands in `after`
            spoken = spoken.rstrip(".") or spoken
        made.append(
            Token(spoken, block, here.start, here.end, here.kind, here.rule, language, None, after)
        )
    return tuple(made)


@lru_cache(maxsize=4096)
def between(gap: str, stopped: bool) -> str:
    """What the voice reads for what is written between two words.

    >>> between("” (", False), between(".” ", True), between(" – ", False), between("/", False)
    (', ', '. ', ', ', ' ')
    """
    if stopped:
        return _final(gap)
    if _ASKED_IN_QUOTES.search(gap):
        return _final(gap)
    for pattern, mark in _MELODY:
        if pattern.search(gap):
            return mark
    return " "


def _final(gap: str) -> str:
    return "? " if _QUESTION.search(gap) else "! " if _CRY.search(gap) else ". "


_FINAL = frozenset(".?!")
_QUESTION = re.compile("[?？؟]")
_CRY = re.compile("[!！]")
_ASKED_IN_QUOTES = re.compile("[?!？！؟][\"'”’»」』）)]")
# A dash between spaces parts clauses, one without joins words ("Paris–Roubaix").
_DASH = r"[—―]|--|\s[-–−~*]\s|^–\s|\s–$"
_BRACKET = r"[（）{}【】]|\s[\"“]?[(\[]|[)\]][\"”]?\s"
_LEFT_OUT = r"…|\.\.|\. \."
_MELODY = (
    (re.compile(r"[:：](?!\d)"), ": "),
    (re.compile("[;；؛]"), "; "),
    (re.compile(rf"[,，、،\n|•]|{_DASH}|{_BRACKET}|{_LEFT_OUT}"), ", "),
)


def _words(text: str, reading: Reading) -> Iterator[Said]:
    """The rules' readings, and plain words wherever they leave something."""
    at = 0
    for said in reading.read(text):
        yield from _plain(text, at, said.start, reading)
        yield replace(said, spoken=harmless(said.spoken))
        at = said.end
    yield from _plain(text, at, len(text), reading)


def _plain(text: str, start: int, end: int, reading: Reading) -> Iterator[Said]:
    for found in _WORD.finditer(text, start, end):
        kind = found.lastgroup or "word"
        if kind == "art":
            continue
        written = found[0]
        if kind == "symbol":
            spoken = reading.symbols.get(written, written)
            yield Said(found.start(), found.end(), spoken, "symbol", "symbol")
        else:
            name = "number" if written[0].isdecimal() else "word"
            yield Said(found.start(), found.end(), harmless(written), name, "written")


def _whole_abbreviations(text: str, words: Iterator[Said], ends: list[int]) -> Iterator[Said]:
    """The period of an abbreviation or an initial belongs to its word, unless a sentence ends."""
    for said in words:
        dot = said.end
        if said.rule == "written" and text[dot : dot + 1] == "." and _is_short(said.spoken):
            place = bisect_left(ends, dot)
            if not (place < len(ends) and ends[place] <= dot + 1):
                yield replace(said, end=dot + 1, spoken=said.spoken + ".")
                continue
        yield said


def _is_short(word: str) -> bool:
    return (len(word) == 1 and word.isupper()) or word.casefold() in abbreviations.KNOWN


def harmless(spoken: str) -> str:
    """The same words with nothing in them that an engine could take for an order.

    >>> harmless("[[mˈɜːdɚ]] <speak>")
    'mˈɜːdɚ speak'
    """
    if spoken.isascii() and spoken.isalnum():
        return spoken
    plain = spoken if unicodedata.is_normalized("NFKC", spoken) else _folded(spoken)
    return _SPACES.sub(" ", _NOT_SPOKEN.sub("", plain)).strip() or _name(spoken)


def _folded(spoken: str) -> str:
    """Wide, circled and ornamental letters as plain ones."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", spoken))


def _name(spoken: str) -> str:
    """A letter that folds to nothing is called by its name in the standard."""
    letter = next((c for c in spoken if c.isalnum()), " ")
    return unicodedata.name(letter, "unknown letter").replace("-", " ").casefold()


def _joined(text: str, here: Said, then: Said) -> bool:
    """Whether two neighbours are written as one: Han, kana, the halves of an endless word."""
    if here.rule == then.rule == "written":
        return True
    return bool(UNSPACED.match(text, here.end - 1) or UNSPACED.match(text, then.start))
