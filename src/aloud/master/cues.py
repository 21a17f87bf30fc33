"""Cues: captions of the written words, timed by what is spoken, as WebVTT and SubRip."""

import html
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from aloud.recording import ms
from aloud.script import Script, Token, Utterance
from aloud.speech import TokenTiming

# Two lines of 42 characters: what broadcasters allow a caption, and fits a telephone.
LONGEST = 84  # characters
_OPENS = "„‚¿¡"  # what Unicode does not call opening, but is
MARK_IS_WORTH = 20  # characters of inequality: a comma is the better place to cut


@dataclass(frozen=True, slots=True)
class Cue:
    """One caption: a sentence, or as much of it as fits."""

    start: int  # milliseconds
    end: int  # milliseconds, after start
    text: str


def cues(script: Script, timings: Sequence[TokenTiming]) -> tuple[Cue, ...]:
    """Captions in order, none overlapping, together every written word that is spoken."""
    texts = {block.id: block.text for block in script.article.blocks}
    borders = _borders(script.utterances, texts)
    used: Counter[str] = Counter()  # tokens of each block that came before
    made: list[Cue] = []
    at = 0
    for utterance in script.utterances:
        times = timings[at : at + len(utterance.tokens)]
        at += len(utterance.tokens)
        cuts, before = borders[utterance.block], used[utterance.block]
        used[utterance.block] += len(utterance.tokens)
        for first, last in _fitting(utterance.tokens):
            start, end = ms(times[first].start), ms(times[last].end)
            if made and start < made[-1].end:
                start = made[-1].end
            text = texts[utterance.block][cuts[before + first] : cuts[before + last + 1]]
            made.append(Cue(start, max(end, start + 1), " ".join(text.split())))
    return tuple(made)


def to_vtt(captions: Iterable[Cue]) -> str:
    """The captions as WebVTT."""
    parts = ["WEBVTT\n"]
    for cue in captions:
        text = html.escape(cue.text, quote=False)
        parts.append(f"\n{clock(cue.start, '.')} --> {clock(cue.end, '.')}\n{text}\n")
    return "".join(parts)


def to_srt(captions: Iterable[Cue]) -> str:
    """The captions as SubRip."""
    return "\n".join(
        f"{number}\n{clock(cue.start, ',')} --> {clock(cue.end, ',')}\n{cue.text}\n"
        for number, cue in enumerate(captions, 1)
    )


def clock(milliseconds: int, point: str) -> str:
    """Hours, minutes, seconds and milliseconds, as captions write them.

    >>> clock(3_661_001, ",")
    '01:01:01,001'
    """
    seconds, rest = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{point}{rest:03}"


def _fitting(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """First and last token of each caption: of about equal length, cut after a mark if possible."""
    first, end = 0, tokens[-1].end
    while first < len(tokens):
        begin = tokens[first].start
        goal = (end - begin) / -(-(end - begin) // LONGEST)

        def badness(index: int, begin: int = begin, goal: float = goal) -> float:
            at_mark = MARK_IS_WORTH if tokens[index].after.strip() else 0
            return abs(tokens[index].end - begin - goal) - at_mark

        room = range(first, len(tokens))
        last = min(
            (i for i in room if tokens[i].end - begin <= LONGEST), key=badness, default=first
        )
        yield first, last
        first = last + 1


def _borders(utterances: Sequence[Utterance], written: Mapping[str, str]) -> dict[str, list[int]]:
    """Where the captions' text may be cut: for each block the border before each of its tokens,
    and its end. What stands between two words goes with the one that it is written next to."""
    borders: dict[str, list[int]] = {}
    ends: dict[str, int] = {}
    for utterance in utterances:
        text = written[utterance.block]
        known = borders.setdefault(utterance.block, [])
        for token in utterance.tokens:
            end = ends.get(utterance.block)
            known.append(0 if end is None else end + _cut(text[end : token.start]))
            ends[utterance.block] = token.end
    for block, known in borders.items():
        known.append(len(written[block]))
    return borders


def _cut(between: str) -> int:
    """Where to cut what stands between two words: before a quote or bracket that opens, else
    behind the last space, else at the end."""
    for index, character in enumerate(between):
        if unicodedata.category(character) in ("Ps", "Pi") or character in _OPENS:
            return index
    space = max(between.rfind(" "), between.rfind("\n"), between.rfind("\u00a0"))
    return space + 1 if space >= 0 else len(between)
