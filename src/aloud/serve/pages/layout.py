"""Layout: an article's blocks as the elements of a page, in the order in which one reads it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from aloud.serve.models.reading import BlockOut, BlockRole

_ON_TOP = ("standfirst", "key_point")  # besides the first headline and the first byline
_TOGETHER = ("item", "quote")  # neighbours make one list, one quotation
_CELL = " | "  # between two cells of a table, as extraction writes them
_SECOND, _DEEPEST = 2, 6  # levels of headings; the first is the page's own


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose columns can be told; `Part.blocks` holds it as it is written."""

    caption: str
    rows: tuple[tuple[str, ...], ...]  # as many cells in each


@dataclass(frozen=True, slots=True)
class Part:
    """One element of the text, with one block in it or, of a list or a quotation, several."""

    role: BlockRole
    blocks: tuple[BlockOut, ...]
    level: int = 0  # of a heading: 2 to 6, and never two deeper than the one before
    table: Table | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What was left out by one rule."""

    reason: str
    blocks: tuple[BlockOut, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """The whole of it. What stands on top is not in the body again."""

    headline: BlockOut | None
    byline: BlockOut | None
    standfirst: tuple[BlockOut, ...]
    key_points: tuple[BlockOut, ...]
    body: tuple[Part, ...]
    only_shown: tuple[BlockOut, ...]
    left_out: tuple[LeftOut, ...]  # the most frequent reason first


def laid_out(blocks: Sequence[BlockOut]) -> Layout:
    """``blocks`` in source order."""
    kept = [block for block in blocks if block.state != "removed"]
    headline, byline = (
        next((block for block in kept if block.role == role), None)
        for role in ("headline", "byline")
    )
    on_top = [headline, byline, *(block for block in kept if block.role in _ON_TOP)]
    return Layout(
        headline,
        byline,
        tuple(block for block in kept if block.role == "standfirst"),
        tuple(block for block in kept if block.role == "key_point"),
        _body([block for block in kept if block not in on_top]),
        tuple(block for block in kept if block.state == "shown"),
        _left_out([block for block in blocks if block.state == "removed"]),
    )


def _body(blocks: Sequence[BlockOut]) -> tuple[Part, ...]:
    levels = [block.level for block in blocks if block.role == "heading"]
    top, before, parts = min(levels, default=0), 1, list[Part]()
    for role, run in groupby(blocks, lambda block: block.role):
        if role in _TOGETHER:
            parts.append(Part(role, tuple(run)))
            continue
        for block in run:
            level, table = 0, None
            if role == "heading":
                deep = block.level - top + _SECOND
                level = before = min(deep, before + 1, _DEEPEST)
            elif role == "table":
                table = _table(block.text)
            parts.append(Part(role, (block,), level, table))
    return tuple(parts)


def _table(text: str) -> Table | None:
    """None: empty cells were dropped from it, and nobody can tell what stands under what."""
    rows = [tuple(row.split(_CELL)) for row in text.split("\n")]
    caption = rows.pop(0)[0] if len(rows[0]) == 1 else ""
    columns = {len(row) for row in rows}
    return Table(caption, tuple(rows)) if len(columns) == 1 and columns != {1} else None


def _left_out(blocks: Iterable[BlockOut]) -> tuple[LeftOut, ...]:
    by_reason: dict[str, list[BlockOut]] = {}
    for block in blocks:
        by_reason.setdefault(block.reason, []).append(block)
    frequent = sorted(by_reason.items(), key=lambda each: -len(each[1]))
    return tuple(LeftOut(reason, tuple(found)) for reason, found in frequent)
