"""Cues: captions of the written words, timed by what is spoken, as WebVTT and SubRip."""

import html
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from aloud.recording import ms
from aloud.script import Script, Token
from aloud.speech import TokenTiming

# Two lines of 42 characters: what broadcasters allow a caption, and fits a telephone.
LONGEST = 84  # characters
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
    made: list[Cue] = []
    at = 0
    for utterance in script.utterances:
        times = timings[at : at + len(utterance.tokens)]
        at += len(utterance.tokens)
        written = texts[utterance.block]
        for first, last in _fitting(utterance.tokens):
            start, end = ms(times[first].start), ms(times[last].end)
            if made and start < made[-1].end:
                start = made[-1].end
            text = _written(written, utterance.tokens, first, last)
            made.append(Cue(start, max(end, start + 1), text))
    return tuple(made)


def to_vtt(captions: Iterable[Cue]) -> str:
    """The captions as WebVTT."""
    parts = ["WEBVTT\n"]
    for cue in captions:
        text = html.escape(cue.text, quote=False)
        parts.append(f"\n{_clock(cue.start, '.')} --> {_clock(cue.end, '.')}\n{text}\n")
    return "".join(parts)


def to_srt(captions: Iterable[Cue]) -> str:
    """The captions as SubRip."""
    return "\n".join(
        f"{number}\n{_clock(cue.start, ',')} --> {_clock(cue.end, ',')}\n{cue.text}\n"
        for number, cue in enumerate(captions, 1)
    )


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


def _written(written: str, tokens: Sequence[Token], first: int, last: int) -> str:
    """The text of these tokens, with the quotes and marks that stand around them."""
    start, end = tokens[first].start, tokens[last].end
    while start > 0 and not written[start - 1].isspace() and not written[start - 1].isalnum():
        start -= 1
    while end < len(written) and not written[end].isspace() and not written[end].isalnum():
        end += 1
    return " ".join(written[start:end].split())


def _clock(milliseconds: int, point: str) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{point}{rest:03}"
