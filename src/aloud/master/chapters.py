"""Chapters: headline, key points and sections, so that a player can jump between them."""

from collections.abc import Sequence
from dataclasses import dataclass

from aloud.article import Role
from aloud.pace import Slot
from aloud.recording import ms
from aloud.script import Script

KEY_POINTS = "Key points"
STORY = "Story"
_OPENING = (Role.HEADLINE, Role.STANDFIRST)


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of the recording that has a name."""

    start: int  # milliseconds
    end: int  # milliseconds
    title: str


def chapters(script: Script, slots: Sequence[Slot], sample_rate: int) -> tuple[Chapter, ...]:
    """The recording's parts, without gaps, from its first sample to its last."""
    texts = {block.id: block.text for block in script.article.blocks}
    begins: list[tuple[int, str]] = []  # samples, title
    part, block = "", ""
    for utterance, slot in zip(script.utterances, slots, strict=True):
        if utterance.role is Role.HEADING and utterance.block != block:
            part, title = "section", texts[utterance.block]
        elif utterance.role in _OPENING and part != "opening":
            part, title = "opening", texts[utterance.block]
        elif utterance.role is Role.KEY_POINT and part != "key points":
            part, title = "key points", KEY_POINTS
        elif part in ("opening", "key points") and _is_body(utterance.role):
            part, title = "story", STORY
        else:
            title = ""
        block = utterance.block
        if title:
            begins.append((slot.start, title))
    if not begins:
        return ()
    end = slots[-1].start + slots[-1].length
    starts = [0, *(start for start, _ in begins[1:]), end]
    return tuple(
        Chapter(ms(start / sample_rate), ms(after / sample_rate), title)
        for start, after, (_, title) in zip(starts, starts[1:], begins, strict=False)
    )


def _is_body(role: Role) -> bool:
    return role not in (*_OPENING, Role.KEY_POINT, Role.HEADING)
