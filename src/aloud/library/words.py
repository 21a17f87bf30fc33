"""Words: how text is cut for searching, the same for what is kept and for what is asked.

Capitals and accents do not matter. Scripts without spaces are cut into characters, and characters
that stand together in a question must stand together in the answer.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from aloud.article import UNSPACED

LONGEST = 64  # characters of a word that are looked at: Postgres takes lexemes up to 2 kB
MOST_ASKED = 32  # words of a question
_BEYOND = 2_000  # characters of a question that are looked at

_LETTERS = re.compile(r"[^\W_]+")
_LETTERS_OR_MARK = re.compile(r"[^\W_]+|[^\w\s]")
_JOINERS = "\u200c\u200d\u00ad"  # zero-width joiners and the soft hyphen
# Inside a run: a character of a script without spaces, with its marks, or anything else.
_PIECE = re.compile(rf"{UNSPACED.pattern}\W*|[^{UNSPACED.pattern[1:]}+")


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it is compared, and where it stands."""

    text: str  # folded
    start: int  # span [start, end), characters
    end: int


def cut(text: str) -> Iterator[Word]:
    """The words of a text, in order.

    >>> [word.text for word in cut("Château: 24-member 北京")]
    ['chateau', '24', 'member', '北', '京']
    """
    for start, end in _spans(text):
        letters = text[start:end]
        folded = letters.lower() if letters.isascii() else fold(letters)
        if folded:
            yield Word(folded[:LONGEST], start, end)


def fold(text: str) -> str:
    """Letters and digits alone, without accents and capitals.

    >>> fold("Straße"), fold("İzmir")
    ('strasse', 'izmir')
    """
    if text.isascii():
        return "".join(c for c in text.lower() if c.isalnum())
    bare = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFC", "".join(c for c in bare.casefold() if c.isalnum()))


def asked(query: str) -> tuple[tuple[str, ...], ...]:
    """A question as phrases: each is one word, or characters that stand together.

    >>> asked("Harbour 北京")
    (('harbour',), ('北', '京'))
    """
    phrases: list[list[str]] = []
    end = -1
    for word in cut(query[:_BEYOND]):
        if word.start == end:
            phrases[-1].append(word.text)
        elif len(phrases) == MOST_ASKED:
            break
        else:
            phrases.append([word.text])
        end = word.end
    return tuple(tuple(phrase) for phrase in phrases)


def _spans(text: str) -> Iterator[tuple[int, int]]:
    if text.isascii():
        yield from (found.span() for found in _LETTERS.finditer(text))
        return
    for start, end in _runs(text):
        yield from (found.span() for found in _PIECE.finditer(text, start, end))


def _runs(text: str) -> Iterator[tuple[int, int]]:
    """Letters with the marks and joiners among them: vowel signs and accents end no word."""
    start = end = -1
    for found in _LETTERS_OR_MARK.finditer(text):
        first = text[found.start()]
        is_letter = first.isalnum()
        if found.start() == end and (is_letter or _is_mark(first)):
            end = found.end()
            continue
        if end > start:
            yield start, end
        # A mark without a letter before it is no word.
        start, end = found.span() if is_letter else (-1, -1)
    if end > start:
        yield start, end


def _is_mark(character: str) -> bool:
    return character in _JOINERS or unicodedata.category(character)[0] == "M"
