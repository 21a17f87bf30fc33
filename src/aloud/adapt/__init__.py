"""Adapt: Article to Script. Total: any text comes through, and no word of it is lost.

A language is a `Reading`; what the readings know nothing of is spoken as it is written.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest

from aloud.adapt.abbreviations import ORDINAL_DOT
from aloud.adapt.cuts import cut, first_breath
from aloud.adapt.english import English
from aloud.adapt.footnotes import blank, footnotes, holding
from aloud.adapt.lexicon import Lexicon
from aloud.adapt.neutral import Neutral
from aloud.adapt.reading import Reading
from aloud.adapt.sentences import stops
from aloud.adapt.tokens import tokens
from aloud.article import Article, Block, Role, State
from aloud.pace import CLAUSE_PAUSE, PARAGRAPH_PAUSE, SECTION_PAUSE, SENTENCE_PAUSE
from aloud.script import Saying, Script, Token, Utterance

__all__ = ["Reading", "adapt"]

_READINGS: dict[str, Reading] = {"en": English()}
_BRITISH: Reading = English(british=True)
_BRITISH_REGIONS = frozenset({"gb", "uk", "au", "nz", "ie", "in", "za"})
_NEUTRAL: Reading = Neutral()
_DOTTED: Reading = Neutral(ordinal_dot=True)
_BEFORE_THE_BODY = (Role.HEADLINE, Role.STANDFIRST, Role.KEY_POINT)
_SECTIONS = {Role.HEADLINE, Role.HEADING}


def adapt(article: Article, lexicon: Sequence[Saying] = ()) -> Script:
    """What is to be said, in the order in which it will be heard.

    Headline, standfirst and key points, then the body as it stands; only what is to be spoken.
    A block with nothing to say ("***") gives no utterance. What the ``lexicon`` knows is said as
    it says, whatever the rules of the language would make of it; no other word changes.
    """
    language = article.language or "und"
    own = Lexicon(lexicon, language)
    spoken = [said for block in in_order(article) if (said := _utterances(block, language, own))]
    if spoken:
        spoken[0] = _first_sound(spoken[0])
    joined: list[Utterance] = []
    for here, then in zip_longest(spoken, spoken[1:]):
        joined += here[:-1]
        joined.append(replace(here[-1], pause_after=_pause(here[-1], then[0] if then else None)))
    return Script(article=article, utterances=tuple(joined), language=language)


def in_order(article: Article) -> Iterator[Block]:
    """The spoken blocks as they are heard."""
    spoken = [block for block in article.blocks if block.state is State.SPOKEN]
    for role in _BEFORE_THE_BODY:
        yield from (block for block in spoken if block.role is role)
    yield from (block for block in spoken if block.role not in _BEFORE_THE_BODY)


def reading_of(language: str) -> Reading:
    """The rules of a language, by its primary subtag; the neutral ones where there are none."""
    primary, *rest = language.replace("_", "-").casefold().split("-")
    if primary == "en" and _BRITISH_REGIONS.intersection(rest):
        return _BRITISH
    return _READINGS.get(primary, _DOTTED if primary in ORDINAL_DOT else _NEUTRAL)


def _utterances(block: Block, language: str, own: Lexicon) -> list[Utterance]:
    marks = footnotes(block.text)
    text = blank(block.text, marks)
    ends = stops(text, language)
    words = own.say(tokens(text, block.id, language, reading_of(language), ends), text)
    words = holding(words, marks)
    made: list[Utterance] = []
    for sentence in _sentences(words, [stop.at for stop in ends if not stop.inside]):
        pieces = [*cut(sentence)]
        made += [_piece(block, piece, ", ", CLAUSE_PAUSE) for piece in pieces[:-1]]
        made.append(_piece(block, pieces[-1], ". ", SENTENCE_PAUSE))
    return made


def _sentences(words: tuple[Token, ...], ends: list[int]) -> Iterator[tuple[Token, ...]]:
    """The words grouped by where sentences end; an end inside a token is none."""
    start = place = 0
    for index, token in enumerate(words, start=1):
        while place < len(ends) and ends[place] < token.end:
            place += 1
        until = words[index].start if index < len(words) else None
        if until is None or (place < len(ends) and ends[place] <= until):
            yield words[start:index]
            start = index


def _piece(block: Block, words: tuple[Token, ...], mark: str, pause: float) -> Utterance:
    """One utterance. A last word without a mark gets one, so that the melody falls."""
    last = words[-1]
    if last.after[:1] in {".", "?", "!"}:
        pause = max(pause, SENTENCE_PAUSE)
    elif mark == ". " or not last.after.strip():
        last = replace(last, after=mark)
    return Utterance((*words[:-1], last), block.id, block.role, pause)


def _first_sound(block: list[Utterance]) -> list[Utterance]:
    first = block[0]
    at = first_breath(first.tokens)
    if not at:
        return block
    head = replace(first, tokens=first.tokens[:at], pause_after=CLAUSE_PAUSE)
    return [head, replace(first, tokens=first.tokens[at:]), *block[1:]]


def _pause(here: Utterance, then: Utterance | None) -> float:
    """The pause after a block's last utterance."""
    section = here.role in _SECTIONS or (then is not None and then.role in _SECTIONS)
    return SECTION_PAUSE if section else PARAGRAPH_PAUSE
