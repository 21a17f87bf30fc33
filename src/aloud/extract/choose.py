"""Choose: which lines of a web page are its article.

trafilatura chooses; the page's own lines stay the truth. What it chose is found again among the
lines word by word, because it joins, splits and repeats them; and where it broke off inside an
article's own container, the lines it dropped are taken back. It never writes text of its own.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from aloud.extract.lines import WORD, Line

_RUN = 4  # words that tell a place in a page; shorter lines are matched whole
_NEAR = 400  # words ahead in which a short line is looked for
_INLINE = frozenset(("hi", "ref", "del"))  # of trafilatura's tree
_HALF = 0.5  # of a line's words: enough to say that it was chosen
_PROSE_WORDS = 12
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)\]]*$")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The numbers of the article's lines, and text of the article that stands in no line."""

    numbers: frozenset[int]
    strays: tuple[tuple[int, str], ...]  # after which line (-1: before all), and the text


def choose(root: Any, page_lines: Sequence[Line], url: str | None) -> Chosen:
    """The article's lines as trafilatura sees them, put right by the page's own structure."""
    texts = _trafilatura(root, url)
    numbers, strays = _found(texts, page_lines)
    if not numbers and not strays:
        return Chosen(frozenset(_by_prose(page_lines)), ())
    return Chosen(frozenset(_completed(numbers, page_lines)), strays)


def is_prose(line: Line) -> bool:
    """Whether a line reads as a sentence of an article rather than as a label."""
    return (
        len(line.words) >= _PROSE_WORDS
        and line.linked < _HALF
        and bool(_SENTENCE_END.search(line.text))
    )


def region_shares(
    page_lines: Sequence[Line], chosen: frozenset[int]
) -> dict[tuple[str, int], float]:
    """The share of the chosen words that each region holds: a large one is the article itself."""
    held: Counter[tuple[str, int]] = Counter()
    total = 0
    for line in page_lines:
        if line.number in chosen:
            total += len(line.words)
            held.update(dict.fromkeys(line.regions, len(line.words)))
    return {region: words / max(1, total) for region, words in held.items()}


def _trafilatura(root: Any, url: str | None) -> list[str]:
    import logging

    import trafilatura

    # Its warnings ("discarding data") say less than our own errors do.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    found = trafilatura.bare_extraction(
        root,
        url=url,
        include_formatting=True,
        include_tables=True,
        include_images=False,
        include_comments=False,
    )
    body = getattr(found, "body", None)
    return list(_texts(body)) if body is not None else []


def _texts(body: Any) -> Iterator[str]:
    """The text of each block of trafilatura's tree."""
    for block in body:
        text = " ".join("".join(_spaced(block)).split())
        if text:
            yield text
        if block.tail and block.tail.strip():
            yield block.tail.strip()


def _spaced(block: Any) -> Iterator[str]:
    """Its text with a space wherever a part of it begins or ends a line."""
    for event, element in etree.iterwalk(block, events=("start", "end")):
        yield "" if element.tag in _INLINE else " "
        if event == "start":
            yield element.text or ""
        elif element is not block:
            yield element.tail or ""


def _found(
    texts: Sequence[str], page_lines: Sequence[Line]
) -> tuple[set[int], tuple[tuple[int, str], ...]]:
    """Which lines hold the texts, and the texts that none holds."""
    owner = [line.number for line in page_lines for _ in line.words]
    words = [word for line in page_lines for word in line.words]
    first: dict[int, int] = {}
    for place, number in enumerate(owner):
        first.setdefault(number, place)
    runs: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for i in range(len(words) - _RUN + 1):
        runs[tuple(words[i : i + _RUN])].append(i)
    covered = bytearray(len(words))
    strays: list[tuple[int, str]] = []
    at = 0
    for text in texts:
        wanted = WORD.findall(text.casefold())
        placed, at = _place(wanted, words, runs, owner, first, covered, at)
        if wanted and placed < _HALF * len(wanted):
            strays.append((owner[at - 1] if at else -1, text))
    taken: Counter[int] = Counter(owner[i] for i, c in enumerate(covered) if c)
    chosen = {
        line.number
        for line in page_lines
        if line.words and taken[line.number] >= _HALF * len(line.words)
    }
    return chosen, tuple(strays)


def _place(
    wanted: list[str],
    words: list[str],
    runs: dict[tuple[str, ...], list[int]],
    owner: list[int],
    first: dict[int, int],
    covered: bytearray,
    at: int,
) -> tuple[int, int]:
    """Marks the page's words that a text repeats; how many of it were placed, and where it ends."""
    i = placed = 0
    while i < len(wanted):
        run = tuple(wanted[i : i + _RUN])
        start, length = -1, 0
        if len(run) == _RUN:
            for candidate in _nearest(runs.get(run, ()), at):
                n = _common(wanted, i, words, candidate)
                if n > length:
                    start, length = candidate, n
        elif i == 0:
            # A short text is a whole line: "Fast" must not be found inside a sentence.
            start = next(
                (
                    p
                    for p in range(at, min(len(words), at + _NEAR))
                    if first[owner[p]] == p and tuple(words[p : p + len(run)]) == run
                ),
                -1,
            )
            length = len(run) if start >= 0 else 0
        elif tuple(words[at : at + len(run)]) == run:
            start, length = at, len(run)
        if length:
            covered[start : start + length] = b"\1" * length
            at, i, placed = start + length, i + length, placed + length
        else:
            i += 1
    return placed, at


def _nearest(places: Sequence[int], at: int) -> list[int]:
    """A few places to try, those ahead first."""
    return sorted(places, key=lambda p: (p < at, abs(p - at)))[:8]


def _common(wanted: list[str], i: int, words: list[str], j: int) -> int:
    n = 0
    while i + n < len(wanted) and j + n < len(words) and wanted[i + n] == words[j + n]:
        n += 1
    return n


def _completed(numbers: set[int], page_lines: Sequence[Line]) -> set[int]:
    """The chosen lines, and the prose between them that stands in the same container."""
    if not numbers:
        return numbers
    homes = Counter(line.parent for line in page_lines if line.number in numbers and is_prose(line))
    start, end = min(numbers), max(numbers)
    return numbers | {
        line.number
        for line in page_lines
        if start < line.number < end
        and homes[line.parent] >= 2
        and is_prose(line)
        and not line.hidden
    }


def _by_prose(page_lines: Sequence[Line]) -> Iterator[int]:
    """All lines of the page's own column, for a page that trafilatura finds nothing on."""
    own = [
        line
        for line in page_lines
        if not line.hidden
        and not any(rule in ("navigation", "form", "button") for rule, _ in line.regions)
        and line.linked < _HALF
    ]
    for line in own:
        yield line.number
