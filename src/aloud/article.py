"""Article: what a person would read on the page, block by block, and what was left out and why."""

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar, get_args, get_origin

VERSION = 1
Noun = TypeVar("Noun")

# Silent reading speed in words a minute. English: Brysbaert 2019 (238). The others: Trauzettel-
# Klosinski & Dietz 2012, the IReST texts (Chinese and Japanese counted in words, as `words` does).
READING_WPM = {
    "ar": 138, "de": 179, "en": 238, "es": 218, "fi": 161, "fr": 195, "he": 187, "it": 188,
    "ja": 193, "nl": 202, "pl": 166, "pt": 181, "ru": 184, "sl": 180, "sv": 199, "tr": 166,
    "zh": 158,
}  # fmt: skip
USUAL_READING_WPM = 184  # the mean of the seventeen IReST languages, for all others

# Scripts written without spaces between words: Han and kana have a syllable a character, the
# Thai, Lao, Burmese and Khmer letters about two a syllable (vowel signs are marks, not counted).
_SYLLABIC = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_ABUGIDA = "\u0e01-\u0e2e\u0e81-\u0eae\u1000-\u102a\u1780-\u17b3"
UNSPACED = re.compile(f"[{_SYLLABIC}{_ABUGIDA}]")
_LETTER_OF_TWO = re.compile(f"[{_ABUGIDA}]")
_SPACED_WORD = re.compile(r"[^\W_]+(?:[.,:'’][^\W_]+)*")
_JOINERS = "\u200c\u200d\u00ad"  # zero-width joiners and the soft hyphen
SYLLABLES_A_WORD = 1.6  # of a language written without spaces (docs/notes/speed.md)


class Role(StrEnum):
    """What a block is on the page."""

    HEADLINE = "headline"
    STANDFIRST = "standfirst"
    KEY_POINT = "key_point"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    QUOTE = "quote"
    ITEM = "item"
    CAPTION = "caption"
    TABLE = "table"
    CODE = "code"
    BYLINE = "byline"
    FURNITURE = "furniture"


class State(StrEnum):
    """What becomes of a block: read aloud, only shown, or left out."""

    SPOKEN = "spoken"
    SHOWN = "shown"
    REMOVED = "removed"


CHOSEN = "chosen"  # the reason of a block's state that a listener decided for that block
BY_ROLE = "by-role"  # and for all blocks of its role
# Those that some listeners want read to them and others do not. An article without its headline
# or its paragraphs would be another one.
OPTIONAL_ROLES = (
    Role.STANDFIRST, Role.KEY_POINT, Role.HEADING, Role.QUOTE, Role.ITEM, Role.CAPTION, Role.TABLE,
    Role.CODE, Role.BYLINE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Block:
    """One line of the source, as the page divides it."""

    id: str  # its place in the source; the same page gives the same ids
    role: Role
    text: str  # NFC, one line, single spaces (code and tables keep their line breaks)
    state: State
    reason: str = ""  # the rule that decided, by name; never empty for a removed block
    level: int = 0  # of a heading (1-6) or a quote (depth); 0 elsewhere


@dataclass(frozen=True, slots=True)
class Trust:
    """What a reader can hold the page to. None and empty mean that the page does not say."""

    publishing_principles: str | None = None  # URL
    ownership: str | None = None  # URL
    corrections: str | None = None  # URL
    author_pages: tuple[str, ...] = ()  # URLs
    paywalled: bool | None = None
    missing: tuple[str, ...] = ()  # what is known to be absent or guessed, a sentence each


@dataclass(frozen=True, slots=True)
class Article:
    """Every line of the source in exactly one block, in source order."""

    url: str  # canonical; "" where there is none
    blocks: tuple[Block, ...]
    byline: str = ""  # names, as one would print them
    publisher: str = ""
    image: str | None = None  # URL of the lead picture
    published: datetime | None = None  # UTC
    modified: datetime | None = None  # UTC
    language: str = "en"  # BCP 47
    comment_count: int | None = None
    next_page: str | None = None  # URL, where the article goes on
    trust: Trust = field(default_factory=Trust)

    @property
    def headline(self) -> str:
        return next((b.text for b in self.kept if b.role is Role.HEADLINE), "")

    @property
    def standfirst(self) -> str:
        return " ".join(b.text for b in self.kept if b.role is Role.STANDFIRST)

    @property
    def key_points(self) -> tuple[str, ...]:
        return tuple(b.text for b in self.kept if b.role is Role.KEY_POINT)

    @property
    def kept(self) -> tuple[Block, ...]:
        """Blocks that are shown or spoken, in source order."""
        return tuple(b for b in self.blocks if b.state is not State.REMOVED)

    @property
    def removed(self) -> tuple[Block, ...]:
        return tuple(b for b in self.blocks if b.state is State.REMOVED)

    @property
    def clean_text(self) -> str:
        """The shown and spoken blocks, a blank line between them."""
        return BLANK_LINE.join(b.text for b in self.kept)

    @property
    def reading_minutes(self) -> int:
        """Whole minutes of silent reading: headline, standfirst, key points and body."""
        read = words(" ".join(b.text for b in self.blocks if b.state is State.SPOKEN))
        per_minute = READING_WPM.get(self.language.split("-")[0], USUAL_READING_WPM)
        return max(1, math.ceil(read / per_minute))


BLANK_LINE = "\n\n"


def words(text: str) -> float:
    """How many words a reader counts. Unspaced scripts count 1.6 syllables a word.

    >>> words("The 24-member Politburo met.")
    5.0
    >>> words("北京和莫斯科")
    3.75
    """
    text = _without_marks(text)
    unspaced = UNSPACED.findall(text)
    of_two = sum(1 for letter in unspaced if _LETTER_OF_TWO.match(letter))
    syllables = len(unspaced) - of_two / 2
    return len(_SPACED_WORD.findall(UNSPACED.sub(" ", text))) + syllables / SYLLABLES_A_WORD


def _without_marks(text: str) -> str:
    """The letters alone: vowel signs, accents and joiners belong to a word and do not end it."""
    if text.isascii():
        return text
    return "".join(c for c in text if unicodedata.category(c)[0] != "M" and c not in _JOINERS)


def by_roles(article: Article, wishes: Iterable[tuple[Role, State]]) -> Article:
    """The article as somebody hears it who wants all blocks of a role spoken, or only shown.

    What was left out stays out, and a block that was chosen for itself stays as it was chosen.
    """
    states = {role: state for role, state in wishes if role in OPTIONAL_ROLES}
    if not states:
        return article
    return replace(article, blocks=tuple(_by_role(block, states) for block in article.blocks))


def _by_role(block: Block, states: Mapping[Role, State]) -> Block:
    wish = states.get(block.role, block.state)
    settled = block.state is State.REMOVED or block.reason == CHOSEN or wish is block.state
    return block if settled else replace(block, state=wish, reason=BY_ROLE)


def plain(text: str, language: str = "en") -> Article:
    """An article of nothing but paragraphs, one a line: text that is to be said as it stands."""
    lines = unicodedata.normalize("NFC", text).splitlines()
    blocks = tuple(
        Block(f"l{number}", Role.PARAGRAPH, " ".join(line.split()), State.SPOKEN, "plain-text")
        for number, line in enumerate(lines, 1)
        if line.strip()
    )
    return Article(url="", blocks=blocks, language=language)


def clean_spans(article: Article) -> dict[str, tuple[int, int]]:
    """Where each kept block stands in the clean text: block id to ``[start, end)``, characters."""
    spans, at = {}, 0
    for block in article.kept:
        spans[block.id] = (at, at + len(block.text))
        at += len(block.text) + len(BLANK_LINE)
    return spans


def to_json(article: Article) -> dict[str, Any]:
    """The article as JSON holds it; headline, key points and removed stand there as views."""
    return {
        "aloud": "article",
        "version": VERSION,
        "url": article.url,
        "headline": article.headline,
        "standfirst": article.standfirst,
        "key_points": list(article.key_points),
        "byline": article.byline,
        "publisher": article.publisher,
        "image": article.image,
        "published": _iso(article.published),
        "modified": _iso(article.modified),
        "language": article.language,
        "comment_count": article.comment_count,
        "reading_minutes": article.reading_minutes,
        "next_page": article.next_page,
        "trust": _trust_to_json(article.trust),
        "blocks": _blocks_to_json(article.blocks),
        "removed": _blocks_to_json(article.removed),
    }


def from_json(data: Mapping[str, Any]) -> Article:
    """The article that `to_json` wrote. The views are worked out anew, not read.

    Raises:
        KeyError, TypeError, ValueError: something is missing, of the wrong kind or contradicts
            itself.
    """
    trust = dict(data["trust"])
    trust["author_pages"] = tuple(trust["author_pages"])
    trust["missing"] = tuple(trust["missing"])
    blocks = tuple(_block_from_json(b) for b in data["blocks"])
    if len({block.id for block in blocks}) < len(blocks):
        raise ValueError("two blocks have the same id")
    read = Article(
        url=data["url"],
        blocks=blocks,
        byline=data["byline"],
        publisher=data["publisher"],
        image=data["image"],
        published=_moment(data["published"]),
        modified=_moment(data["modified"]),
        language=data["language"],
        comment_count=data["comment_count"],
        next_page=data["next_page"],
        trust=whole(Trust(**trust)),
    )
    return whole(read)


def whole(noun: Noun) -> Noun:
    """The noun, if its fields hold what they are declared to hold: JSON may hold anything.

    Raises:
        TypeError: a field of the wrong kind.
        ValueError: text with half a character in it.
    """
    declared: Any = noun
    for each in fields(declared):
        kind: Any = int | float if each.type is float else each.type
        value = getattr(noun, each.name)
        many = get_origin(kind) is tuple
        values = value if many and isinstance(value, tuple) else (value,)
        if not all(isinstance(v, get_args(kind)[0] if many else kind) for v in values):
            raise TypeError(f"{each.name} cannot be {value!r:.60}")
        for text in values:
            if isinstance(text, str):
                text.encode()  # half a character (a lone surrogate) can be neither said nor saved
    return noun


def _trust_to_json(trust: Trust) -> dict[str, Any]:
    lists = {"author_pages": list(trust.author_pages), "missing": list(trust.missing)}
    return {**asdict(trust), **lists}


def _blocks_to_json(blocks: Iterable[Block]) -> list[dict[str, Any]]:
    return [asdict(block) for block in blocks]


def _block_from_json(data: Mapping[str, Any]) -> Block:
    known = {**data, "role": Role(data["role"]), "state": State(data["state"])}
    return whole(Block(**known))


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
