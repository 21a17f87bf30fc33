"""Footnotes: the marks in a text that lead to a note, which are seen and never spoken.

A mark is blank to whoever reads the text aloud; on the page it belongs to the word before it.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from aloud.script import Token

_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_CLOSING = '.,;:!?”"’»'
# "[1]", "[2, 3]" right behind a word or a mark; "cat[s]" and "[12 men]" are the author's.
_MARK = re.compile(
    rf"(?<=[\w{_CLOSING})\]])\[\d{{1,3}}(?:[,–-]\s?\d{{1,3}}){{0,5}}\](?!\w)"
    rf"|(?:(?<=[{_CLOSING}])|(?<=\d\d\d)|(?<=[^\W\d_{_RAISED}]{{2}}))[{_RAISED}]{{1,3}}(?![\w⁺⁻])"
)
# 5 km², E = mc²: a power and no note.
_RAISED_WORD = re.compile(r"(?<![^\W_])(?:\d*(?:km|cm|mm|dm|nm|ft|in|mi|yd)|mc)\Z")
_FIRST = re.compile(r"[^\W_]")
Span = tuple[int, int]


def footnotes(text: str) -> tuple[Span, ...]:
    """Where the marks stand, in order; each has a word somewhere before it.

    >>> footnotes("He sat.[1] Then²")
    ((7, 10), (15, 16))
    """
    first = _FIRST.search(text)
    if not first:
        return ()
    return tuple(
        found.span()
        for found in _MARK.finditer(text, first.end())
        if not _RAISED_WORD.search(text, max(0, found.start() - 8), found.start())
    )


def blank(text: str, marks: Sequence[Span]) -> str:
    """The text with spaces where the marks are, so that every place stays what it is."""
    pieces, at = [], 0
    for start, end in marks:
        pieces += [text[at:start], " " * (end - start)]
        at = end
    return "".join([*pieces, text[at:]])


def holding(words: Sequence[Token], marks: Sequence[Span]) -> tuple[Token, ...]:
    """The words, each with the marks that follow it inside its span."""
    made, starts = list(words), [word.start for word in words]
    for _, end in marks:
        place = bisect_right(starts, end - 1) - 1
        word = made[place]
        rule = "footnote" if word.rule == "written" else word.rule
        made[place] = replace(word, end=max(word.end, end), rule=rule)
    return tuple(made)
