"""Reading: what a language knows about saying what is written. One reading a language."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Said:
    """A stretch of text that a rule knows how to say."""

    start: int  # [start, end) of the text, characters
    end: int
    spoken: str  # words with single spaces
    kind: str  # number, money, date, ...
    rule: str  # the rule's name


class Reading(Protocol):
    """How one language says what is more than a plain word. Total: it never raises on any text."""

    @property
    def symbols(self) -> Mapping[str, str]:
        """What a symbol that stands alone is called; the engine says the others."""
        ...

    def read(self, text: str) -> tuple[Said, ...]:
        """What the rules know in this text: in order, not overlapping. The rest is plain words."""
        ...
