"""Neutral: the reading for languages without rules of their own. The engine reads the digits.

It only keeps together what the engine must see together ("5,5 %", "10 000"), and keeps the path
of a web address from being read letter by letter.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from aloud.adapt.abbreviations import SPACED
from aloud.adapt.reading import Said
from aloud.adapt.tokens import HAN, KANA
from aloud.adapt.web import WEB, host

_CURRENCY = "$£€¥₹₩₽₺₪₦₱฿"
# White space between groups of three is a thousands separator only where it cannot break a line.
_NUMBER = r"\d{1,3}(?:[\u00a0\u202f\u2009]\d{3})+(?:[.,]\d{1,9})?|\d{1,15}(?:[.,:]\d{1,15}){0,5}"
# Han and kana stand right at a figure; other letters make it a part of their word.
_LETTER = rf"[^\W{HAN}{KANA}]"
_FIGURE = re.compile(
    rf"(?<!{_LETTER})(?<![.,])(?:[{_CURRENCY}]\s?)?(?:{_NUMBER})(?:[-–](?:{_NUMBER})(?![-–]))?"
    rf"(?:\s?[%‰°{_CURRENCY}](?!{_LETTER}))?(?!{_LETTER})"
)
# "am 3. Mai": with its dot the engine says "third".
_ORDINAL = re.compile(r"(?<![\w.,:])\d{1,3}\.(?=\s[^\W\d_])")
_UNIT = re.compile(r"(?<=[\d\s])[^\W\d_]{1,4}/[^\W\d_]{1,3}(?![\w/])")
_ABBREVIATION = re.compile(
    rf"(?<![\w.])(?:{SPACED.replace('.', chr(92) + '.').replace(' ', chr(92) + 's?')})(?!\w)"
)
_THIN = re.compile(r"(?<=\d)[\u00a0\u202f\u2009](?=\d)")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Neutral:
    """Any language."""

    ordinal_dot: bool = False  # whether "3." is "third"
    symbols: Mapping[str, str] = field(default_factory=dict)

    def read(self, text: str) -> tuple[Said, ...]:
        said: list[Said] = []
        for one in sorted(self._said(text), key=lambda one: (one.start, -one.end)):
            if not said or one.start >= said[-1].end:
                said.append(one)
        return tuple(said)

    def _said(self, text: str) -> Iterator[Said]:
        webs = [m.span() for m in WEB.finditer(text)]
        for start, end in webs:
            yield Said(start, end, host(text[start:end]), "url", "address")
        for kind, name, pattern in self._patterns():
            for found in pattern.finditer(text):
                if not any(start < found.end() and found.start() < end for start, end in webs):
                    yield Said(*found.span(), _closed(found[0], name), kind, name)

    def _patterns(self) -> Iterator[tuple[str, str, re.Pattern[str]]]:
        if self.ordinal_dot:
            yield "ordinal", "ordinal_dot", _ORDINAL
        yield "number", "figure", _FIGURE
        yield "unit", "unit", _UNIT
        yield "word", "abbreviation", _ABBREVIATION


def _closed(written: str, name: str) -> str:
    """What the engine gets: no thin spaces in a number, none in an abbreviation."""
    if name == "abbreviation":
        return _SPACE.sub("", written)
    return _SPACE.sub(" ", _THIN.sub("", written).replace("–", "-"))
