"""Cuts: sentences into utterances that fit a breath and an engine. Only ever between two words."""

from collections.abc import Iterator, Sequence

from aloud.article import SYLLABLES_A_WORD, UNSPACED
from aloud.script import Token

LONGEST = (
    40  # words: 12 s of speech; engines lose what goes beyond their buffers (FINDINGS, voices)
)
LONGEST_CHARACTERS = 300
FIRST = 8  # words: a first utterance of 7 words sounds 3 times sooner than one of 23 (FINDINGS)

_RANK = {".": 4, "?": 4, "!": 4, ";": 3, ":": 3, ",": 2}
# A cut nearer to the beginning than this share of the longest utterance leaves a stump.
_STUMP = 0.3


def cut(sentence: Sequence[Token]) -> Iterator[tuple[Token, ...]]:
    """The sentence in pieces of at most 40 words and 300 characters, at clauses where it can be."""
    start = 0
    while start < len(sentence):
        fits = _fitting(sentence, start)
        end = fits if fits == len(sentence) else _best(sentence, start, fits)
        yield tuple(sentence[start:end])
        start = end


def first_breath(sentence: Sequence[Token]) -> int:
    """Where to cut the first sentence so that something is heard soon; 0 is nowhere.

    The latest comma, colon or dash within eight words, if the sentence is longer than that.
    """
    size, found = 0.0, 0
    for place, token in enumerate(sentence[:-1], start=1):
        size += weight(token)
        if size > FIRST:
            return found
        if token.after[:1] in _RANK:
            found = place
    return found if size + weight(sentence[-1]) > FIRST else 0


def weight(token: Token) -> float:
    """Spoken words of a token, as `words` counts them but cheaper."""
    if UNSPACED.match(token.spoken):
        return len(token.spoken) / SYLLABLES_A_WORD
    return 1 + token.spoken.count(" ") + token.spoken.count("-")


def _fitting(sentence: Sequence[Token], start: int) -> int:
    """The end of what fits, at least one token."""
    size, characters = 0.0, 0
    for place in range(start, len(sentence)):
        size += weight(sentence[place])
        characters += len(sentence[place].spoken) + len(sentence[place].after)
        if place > start and (size > LONGEST or characters > LONGEST_CHARACTERS):
            return place
    return len(sentence)


def _best(sentence: Sequence[Token], start: int, fits: int) -> int:
    """The strongest and latest mark in what fits; without any, as much as fits or one half."""
    left, size = len(sentence) - start, fits - start
    half = start + (left + 1) // 2 if left < 2 * size else fits
    stump = max(1, int(size * _STUMP))
    places = range(start + stump, max(start + stump, min(fits, len(sentence) - stump)) + 1)
    rank, best = max((_RANK.get(sentence[p - 1].after[:1], 0), p) for p in places if p <= fits)
    return best if rank else half
