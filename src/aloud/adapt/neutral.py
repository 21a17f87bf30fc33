"""Neutral: the reading for languages without rules of their own. The engine reads the digits.

It only keeps together what the engine must see together ("5,5 %", "10 000"), and keeps the path
of a web address from being read letter by letter.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from aloud.adapt.reading import Said
from aloud.adapt.web import WEB, host

_CURRENCY = "$£€¥₹₩₽₺₪₦₱฿"
# White space between groups of three is a thousands separator only where it cannot break a line.
_NUMBER = r"\d{1,3}(?:[\u00a0\u202f\u2009]\d{3})+(?:[.,]\d{1,9})?|\d{1,15}(?:[.,:]\d{1,15}){0,5}"
_FIGURE = re.compile(
    rf"(?<![\w.,])(?:[{_CURRENCY}]\s?)?(?:{_NUMBER})(?:\s?[%‰°{_CURRENCY}](?!\w))?(?!\w)"
)
_THIN = re.compile(r"(?<=\d)[\u00a0\u202f\u2009](?=\d)")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Neutral:
    """Any language."""

    symbols: Mapping[str, str] = field(default_factory=dict)

    def read(self, text: str) -> tuple[Said, ...]:
        return tuple(sorted(_said(text), key=lambda said: said.start))


def _said(text: str) -> Iterator[Said]:
    webs = [m.span() for m in WEB.finditer(text)]
    for start, end in webs:
        yield Said(start, end, host(text[start:end]), "url", "address")
    for found in _FIGURE.finditer(text):
        if any(start < found.end() and found.start() < end for start, end in webs):
            continue
        spoken = _SPACE.sub(" ", _THIN.sub("", found[0]))
        yield Said(found.start(), found.end(), spoken, "number", "figure")
