"""Lexicon: words that a listener wants said in another way. It may never silence one."""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from aloud.adapt.tokens import harmless
from aloud.article import UNSPACED
from aloud.script import Saying, Token

_HYPHENS = "-\u2010\u2011"
_APOSTROPHES = "'’ʼ＇"
_KEY = re.compile(rf"(?:(?!{UNSPACED.pattern})\w)+|\S")
# Marks that stand before a word and outside of its token: ".NET".
_LEAD = re.compile(r"[^\w\s&%$€£¥₹₩₽₺₪₦₱฿@+=°§¢‰×÷±#]+(?=\w)")
_PART = re.compile(rf"(?<=[{_HYPHENS}])\w")
_POSSESSIVE = re.compile(rf"[{_APOSTROPHES}]s(?![^{_HYPHENS}])", re.IGNORECASE)
_FINAL = frozenset(".?!")


@dataclass(frozen=True, slots=True)
class _Entry:
    lead: str  # marks that stand before it and outside of its token
    written: str
    spoken: str


@dataclass(frozen=True, slots=True)
class _Found:
    """What an entry says, and how far: up to ``end`` of the text, in the token ``last``."""

    spoken: str
    end: int
    last: int


class Lexicon:
    """The sayings that hold for one language, ready to be looked up."""

    def __init__(self, sayings: Iterable[Saying], language: str) -> None:
        fitting = [saying for saying in sayings if _holds(saying, language)]
        # The longest first; of two for the same words, the one that names its language.
        fitting.sort(key=lambda saying: (-len(saying.written), saying.language is None))
        self._entries: dict[str, list[_Entry]] = {}
        for saying in fitting:
            written = unicodedata.normalize("NFC", saying.written).strip()
            lead = found[0] if (found := _LEAD.match(written)) else ""
            entry = _Entry(lead, written[len(lead) :], saying.spoken)
            self._entries.setdefault(_key(written, len(lead)), []).append(entry)

    def say(self, words: Sequence[Token], text: str) -> tuple[Token, ...]:
        """The words of a block in order, those of the lexicon said as it says.

        ``text`` is the block's. Words that are said as one become one token; each token is where
        its words were.
        """
        return tuple(self._said(words, text)) if self._entries else tuple(words)

    def _said(self, words: Sequence[Token], text: str) -> Iterator[Token]:
        starts = [word.start for word in words]
        place = 0
        while place < len(words):
            last = place
            at = words[place].start  # all before it is in `spoken`
            spoken = ""
            looking: int | None = at
            while looking is not None:
                found = self._find(words, starts, text, last, looking)
                if found:
                    spoken += text[at:looking] + found.spoken
                    at, last = found.end, found.last
                looking = _next_part(words[last], text, at if found else looking + 1)
            if spoken:
                rest = text[at : words[last].end]
                yield _merged(words[place], words[last], harmless(spoken + rest))
            else:
                yield words[place]
            place = last + 1

    def _find(
        self, words: Sequence[Token], starts: list[int], text: str, place: int, at: int
    ) -> _Found | None:
        """The longest entry that is written at ``at`` in the token ``place``, ending at a word."""
        for entry in self._entries.get(_key(text, at), ()):
            written = _pattern(entry.lead, entry.written).match(text, at)
            if not written:
                continue
            last = bisect_left(starts, written.end(), place) - 1
            word = words[last]
            rest = text[written.end() : word.end]
            if rest in ("", "."):
                return _Found(entry.spoken, word.end, last)
            owner = _POSSESSIVE.match(rest)
            end = written.end() + (owner.end() if owner else 0)
            # "Xi-led" goes on as it is written; what a rule has read is no longer in parts.
            if end == word.end or (word.rule == "written" and text[end] in _HYPHENS):
                return _Found(f"{entry.spoken}'s" if owner else entry.spoken, end, last)
        return None


def _holds(saying: Saying, language: str) -> bool:
    """Whether a saying for English holds in British English: yes, but not the other way round."""
    if saying.language is None:
        return True
    wanted, given = (name.replace("_", "-").casefold() for name in (saying.language, language))
    return f"{given}-".startswith(f"{wanted}-")


def _key(text: str, at: int) -> str:
    """What stands at a place, as far as entries are found by it: a word or one character."""
    found = _KEY.match(text, at)
    return found[0].casefold() if found else ""


@lru_cache(maxsize=4096)
def _pattern(lead: str, written: str) -> re.Pattern[str]:
    words = r"\s+".join("".join(map(_any_form, word)) for word in written.split())
    before = f"(?<={re.escape(lead)})" if lead else ""
    return re.compile(before + words, re.IGNORECASE if written == written.lower() else 0)


def _any_form(character: str) -> str:
    for forms in (_APOSTROPHES, _HYPHENS):
        if character in forms:
            return f"[{re.escape(forms)}]"
    return re.escape(character)


def _next_part(word: Token, text: str, at: int) -> int | None:
    """Where the next part of a hyphenated word begins."""
    if word.rule != "written":
        return None
    found = _PART.search(text, at, word.end)
    return found.start() if found else None


def _merged(first: Token, last: Token, spoken: str) -> Token:
    # The sentence's own period stands in `after`.
    if last.after[:1] in _FINAL:
        spoken = spoken.rstrip(".") or spoken
    return replace(
        first, spoken=spoken, end=last.end, kind="word", rule="lexicon", ipa=None, after=last.after
    )
