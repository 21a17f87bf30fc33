"""Title: which line of a web page is its headline, standfirst, key point or byline.

It only reads what stands above and around the body; the body's own lines are `roles`' work.
"""

import re
from collections.abc import Sequence

from aloud.extract.choose import is_prose
from aloud.extract.labels import KEY_POINTS_LABEL
from aloud.extract.lines import WORD, Line

_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_ALIKE = 0.75  # of the words of two titles: one often has the site's name or a subtitle with it
_NEAR_HEADLINE = 12  # lines below the headline in which its standfirst can stand
_MOST_STANDFIRST = 80  # words
_MOST_KEY_POINTS = 12
_BYLINE = re.compile(
    r"(?:(?:written |reported |words )?by|von|par|por|di|door)\s*:?\s+[^.!?]{2,120}", re.I
)
_MOST_BYLINE = 14  # words


def headline(page_lines: Sequence[Line], titles: Sequence[str]) -> Line | None:
    """The line that is the headline: what the page declares, found among its lines."""
    seen = [line for line in page_lines if not line.hidden and line.words]
    wanted = [_words(title) for title in titles]
    for tag in ("h1", "h2", "h3", ""):
        for line in seen:
            if (line.tag == tag or (not tag and line.tag not in ("pre", "table"))) and any(
                _alike(line.words, want, exact=not tag) for want in wanted
            ):
                return line
    firsts = [line for line in seen if line.tag == "h1" and not line.inside("navigation")]
    if any(line.tag == "h1" for line in seen):
        return firsts[0] if len(firsts) == 1 or (firsts and not wanted) else None
    called = [ln for ln in seen if ln.tag in _HEADINGS and ln.regions[-1:] and ln.linked < 0.5]
    return next((ln for ln in called if ln.regions[-1] == ("headline", ln.element)), None)


def same(line: Line, text: str) -> bool:
    """Whether a line says a text over again, whatever the punctuation."""
    return line.words == _words(text)


def standfirst(
    page_lines: Sequence[Line], head: Line | None, description: str, chosen: frozenset[int]
) -> list[Line]:
    """The summary under the headline: by its class, or because the page describes itself so."""
    if head is None:
        return []
    below = page_lines[head.number + 1 : head.number + 1 + _NEAR_HEADLINE]
    before_body: list[Line] = []
    for line in below:
        before_body.append(line)
        if line.number in chosen and is_prose(line) and not line.inside("standfirst"):
            break
    fit = [ln for ln in before_body if 4 <= len(ln.words) <= _MOST_STANDFIRST and not ln.hidden]
    by_class = [ln for ln in fit if ln.inside("standfirst") and ln.linked < 0.5]
    if by_class:
        return [ln for ln in by_class if ln.parent == by_class[0].parent][:3]
    told = _words(description)
    close = (ln for ln in fit if ln.words == told and ln.number <= head.number + 4)
    return [ln for ln in close if ln.number not in chosen or ln.tag in _HEADINGS][:1]


def key_points(page_lines: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """The key points and the labels over them: by class, or by a label with a list below it."""
    tried: set[int] = set()
    for first in page_lines:
        home = next((n for r, n in first.regions if r == "key-points"), None)
        if home is not None and home not in tried:
            tried.add(home)
            inside = [ln for ln in page_lines if ("key-points", home) in ln.regions]
            points = [ln for ln in inside if ln.tag not in _HEADINGS and not _is_label(ln)]
            if _are_points(points):
                return points, [ln for ln in inside if ln not in points]
        if _is_label(first) and (first.tag in _HEADINGS or first.bold or first.tag in ("p", "div")):
            points = []
            for line in page_lines[first.number + 1 :]:
                if not line.in_list or line.parent != (points[0] if points else line).parent:
                    break
                points.append(line)
            if _are_points(points):
                return points, [first]
    return [], []


def _are_points(points: Sequence[Line]) -> bool:
    return 0 < len(points) <= _MOST_KEY_POINTS and all(
        not p.hidden and len(p.words) >= 3 and p.linked < 0.5 and p.tag not in ("table", "pre")
        for p in points
    )


def _is_label(line: Line) -> bool:
    return bool(KEY_POINTS_LABEL.fullmatch(line.text.strip(" :").replace("’", "'")))


def is_byline(line: Line, names: str) -> bool:
    """Whether a line names who wrote it: "By Jane Doe", or just a declared author."""
    if not line.words or len(line.words) > _MOST_BYLINE:
        return False
    return bool(_BYLINE.fullmatch(line.text)) or (bool(names) and same(line, names))


def _words(text: str) -> tuple[str, ...]:
    return tuple(WORD.findall(text.casefold()))


def _alike(words: tuple[str, ...], want: tuple[str, ...], *, exact: bool) -> bool:
    if not want or exact:
        return bool(want) and words == want
    if words == want[: len(words)] and len(words) >= 3:
        return True  # <title> with the site's name behind it
    shared = len(set(words) & set(want))
    return shared >= _ALIKE * max(len(set(words)), len(set(want)))
