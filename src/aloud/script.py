"""Script: what is to be said, word by word, and where each word stands on the page."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aloud import article as articles
from aloud.article import Article, Role

VERSION = 1
_VOWELS = "aeiouyаеёиоуыэюяіїєαεηιουω"
_VOWEL_GROUP = re.compile(f"[{_VOWELS}]+")
LONGEST_PAUSE = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class Token:
    """One thing to highlight: a written word and what is said for it."""

    spoken: str  # words with single spaces: "five million dollars"
    block: str  # id of the block it stands in
    start: int  # span [start, end) of the block's text, characters
    end: int
    kind: str  # word, number, money, ...: what was written
    rule: str  # the rule that made it, by name
    language: str  # BCP 47
    ipa: str | None = None  # pronunciation, where it is known
    after: str = " "  # what the voice reads between this and the next token: " ", ", ", ". "


@dataclass(frozen=True, slots=True)
class Saying:
    """A pronunciation of somebody's own: where this is written, that is said.

    ``written`` in small letters means the word in any letters, otherwise exactly as it stands.
    """

    written: str  # one or more words, or a figure: "Chen Wenqing", "24/7"
    spoken: str  # words; at least one letter or digit, so that nothing can be silenced
    language: str | None = None  # BCP 47; None: every language

    def __post_init__(self) -> None:
        if not self.written.strip():
            raise ValueError("a saying needs the word that is written")
        if not any(character.isalnum() for character in self.spoken):
            raise ValueError(f"what is said for {self.written!r} has no word in it")


@dataclass(frozen=True, slots=True)
class Utterance:
    """One sentence, or as much of one as is spoken in one breath."""

    tokens: tuple[Token, ...]  # at least one
    block: str
    role: Role
    pause_after: float  # seconds at natural rate

    @property
    def text(self) -> str:
        """What an engine is asked to say, with the marks that shape the melody."""
        return "".join(token.spoken + token.after for token in self.tokens).rstrip()

    @property
    def words(self) -> float:
        # At least one: "₦" alone is said too, by its name.
        return max(1.0, articles.words(" ".join(token.spoken for token in self.tokens)))

    @property
    def density(self) -> float:
        """Syllables said for each thing written: "$3.2m" is one to read, seven to hear."""
        return sum(syllables(token.spoken) for token in self.tokens) / len(self.tokens)


def syllables(spoken: str) -> int:
    """About how many syllables are said: groups of vowels, at least one a word.

    >>> [syllables(words) for words in ("five million dollars", "A M", "тринадцать лет")]
    [5, 2, 4]
    """
    count = 0
    for word in unicodedata.normalize("NFKD", spoken).lower().split():
        silent = len(word) > 2 and word.endswith("e") and word[-2] not in _VOWELS
        count += max(1, len(_VOWEL_GROUP.findall(word)) - silent)
    return count


@dataclass(frozen=True, slots=True)
class Script:
    """An article made ready to be spoken, in the order in which it will be heard."""

    article: Article
    utterances: tuple[Utterance, ...]
    language: str  # BCP 47

    @property
    def words(self) -> float:
        """Spoken words: "24-member" is three."""
        return sum(utterance.words for utterance in self.utterances)


def to_json(script: Script) -> dict[str, Any]:
    """The script as JSON holds it, its article inside, so that tags survive a pipe."""
    return {
        **head_to_json(script),
        "article": articles.to_json(script.article),
        "utterances": [utterance_to_json(u) for u in script.utterances],
    }


def head_to_json(script: Script) -> dict[str, Any]:
    """What that JSON says of the script as a whole."""
    return {
        "aloud": "script",
        "version": VERSION,
        "language": script.language,
        "words": round(script.words, 1),
    }


def utterance_to_json(utterance: Utterance) -> dict[str, Any]:
    """One utterance as JSON holds it."""
    return {
        "block": utterance.block,
        "role": utterance.role.value,
        "pause_after": utterance.pause_after,
        "tokens": [
            {
                "spoken": t.spoken,
                "start": t.start,
                "end": t.end,
                "kind": t.kind,
                "rule": t.rule,
                "language": t.language,
                "ipa": t.ipa,
                "after": t.after,
            }
            for t in utterance.tokens
        ],
    }


def from_json(data: Mapping[str, Any]) -> Script:
    """The script that `to_json` wrote.

    Raises:
        KeyError, TypeError, ValueError: something is missing, of the wrong kind or contradicts
            itself.
    """
    article = articles.from_json(data["article"])
    texts = {block.id: block.text for block in article.kept}
    return articles.whole(
        Script(
            article=article,
            utterances=tuple(_utterance_from_json(u, texts) for u in data["utterances"]),
            language=data["language"],
        )
    )


def _utterance_from_json(data: Mapping[str, Any], texts: Mapping[str, str]) -> Utterance:
    read = articles.whole(
        Utterance(
            tokens=tuple(articles.whole(Token(block=data["block"], **t)) for t in data["tokens"]),
            block=data["block"],
            role=Role(data["role"]),
            pause_after=data["pause_after"],
        )
    )
    if not read.tokens or not 0 <= read.pause_after <= LONGEST_PAUSE:
        raise ValueError(f"an utterance of {read.block!r} is empty, or has no end")
    at = 0
    for token in read.tokens:
        if not at <= token.start < token.end <= len(texts[token.block]):
            raise ValueError(f"{token.spoken!r} does not stand in its place in {token.block!r}")
        at = token.end
    return read
