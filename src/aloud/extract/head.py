"""Head: what stands above the body of an article that came as plain text.

Read before the body, because a headline, key points and a lone number of comments look like
nothing in themselves: they are known by standing there.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from aloud.article import Block, Role, State
from aloud.extract.metadata import moment

BULLET = re.compile(r"[-–•*·▪●◦‣]\s+(?=\S)")
SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)\]」』]*$")
_UNFINISHED = re.compile(r"[.,;:…。，：；][\"'”’»)\]]*$")  # how a headline does not end
_HASH = re.compile(r"(#{1,6})\s+(?=\S)")
_BYLINE = re.compile(r"(?:(?:written |reported |words )?by)\s*:?\s+(?P<names>[^.!?:]{2,100})", re.I)
_LONE_NUMBER = re.compile(r"(\d{1,3}(?:,\d{3})+|\d{1,6})")
_COUNT = re.compile(
    r"(\d{1,3}(?:,\d{3})*|\d+)\s+(?:comments?|replies)|comments?\s*[:(]?\s*(\d[\d,]*)\)?", re.I
)
_TRUST = re.compile(
    r"why (?:you (?:can|should)|readers (?:can|should)|to) trust (?P<who>\S.{1,40}?)\??", re.I
)
_TRUST_NAME = re.compile(r"Why [Tt]rust (?P<who>[A-Z]\S*(?: [A-Z]\S*){0,2})\??")
_DATED = re.compile(
    r"(?P<what>first published|published|posted|updated|last updated|last modified|modified)?"
    r"(?: on| at)?\s*:?\s*(?:\d{1,2}[:.]\d\d\s?(?:[ap]\.?m\.?)?(?: [A-Z]{2,4})?,?\s+(?:on )?)?"
    r"(?P<date>(?:\w+day,? )?(?:\d{1,2} [A-Z][a-z]{2,8}\.? \d{4}|"
    r"[A-Z][a-z]{2,8}\.? \d{1,2}, \d{4}"
    r"|\d{4}-\d\d-\d\d))(?:,?(?: at)?\s+\d{1,2}[:.]\d\d.{0,16})?",
    re.I,
)
_MOST_HEADLINE = 30  # words; the longest title of 298 WCXB pages has 24
_MOST_STANDFIRST = 60  # words
_US = frozenset(("us", "our journalism", "our reporting", "this site"))


@dataclass(frozen=True, slots=True)
class Head:
    """The blocks of the head, and what they say about the article."""

    blocks: tuple[Block, ...] = ()
    byline: str = ""
    publisher: str = ""
    comment_count: int | None = None
    published: datetime | None = None
    modified: datetime | None = None


def read_head(rows: Sequence[Block], rules: Sequence[str]) -> Head:
    """The head of a text, as many rows as belong to it; empty where the text just begins.

    ``rows`` are paragraphs so far; ``rules`` name the furniture among them.
    """
    top = next((i for i, rule in enumerate(rules) if not rule), None)
    if top is None or not _is_headline(rows, rules, top):
        return Head()
    head = Head(tuple(_out(r, rule) for r, rule in zip(rows[:top], rules, strict=False)))
    title = replace(rows[top], role=Role.HEADLINE, text=_HASH.sub("", rows[top].text))
    head = replace(head, blocks=(*head.blocks, title))
    end = _end(rows, rules, top + 1)
    for row, rule in zip(rows[top + 1 : end], rules[top + 1 : end], strict=True):
        head = _with(head, row, rule)
    return head


def _end(rows: Sequence[Block], rules: Sequence[str], start: int) -> int:
    """Where the head ends: behind the last mark that has at most one short paragraph before it."""
    end, passed = start, 0
    for i in range(start, len(rows)):
        if _is_mark(rows[i].text, rules[i]):
            end = i + 1
        elif not rules[i]:
            passed += 1
            if passed > 1 or len(rows[i].text.split()) > _MOST_STANDFIRST:
                break
    return end


def _is_mark(text: str, rule: str) -> bool:
    """Whether a row is one that only heads have. Advertisements stand anywhere."""
    return (
        rule in ("reading-time", "trust-line", "comment-count")
        or bool(BULLET.match(text))
        or any(p.fullmatch(text) for p in (_LONE_NUMBER, _BYLINE, _DATED, _TRUST_NAME))
    )


def _is_headline(rows: Sequence[Block], rules: Sequence[str], top: int) -> bool:
    text = rows[top].text
    below = [(r.text, u) for r, u in zip(rows[top + 1 :], rules[top + 1 :], strict=True)]
    if not any(not rule for _, rule in below):
        return False
    if _HASH.match(text):
        return True
    if BULLET.match(text) or len(text.split()) > _MOST_HEADLINE or len(text) > 200:
        return False
    if any(p.fullmatch(text) for p in (_LONE_NUMBER, _BYLINE, _DATED)):
        return False
    if next((t for t, rule in below if not rule or _is_mark(t, rule)), "") and below:
        first, rule = next((t, u) for t, u in below if not u or _is_mark(t, u))
        if _is_mark(first, rule):
            return not text.endswith((",", ";", ":"))
    return not _UNFINISHED.search(text) and any(
        SENTENCE_END.search(t) for t, rule in below if not rule
    )


def _with(head: Head, row: Block, rule: str) -> Head:
    """The head with one more row read."""
    text = row.text
    if match := _TRUST.fullmatch(text) or _TRUST_NAME.fullmatch(text):
        who = "" if match["who"].casefold() in _US else match["who"]
        return _add(head, _out(row, "trust-line"), publisher=head.publisher or who)
    if match := _LONE_NUMBER.fullmatch(text) or _COUNT.fullmatch(text):
        count = int(next(g for g in match.groups() if g).replace(",", ""))
        return _add(head, _out(row, "comment-count"), comment_count=count)
    if rule:
        return _add(head, _out(row, rule))
    if BULLET.match(text):
        return _add(head, replace(row, role=Role.KEY_POINT, text=BULLET.sub("", text, count=1)))
    if match := _BYLINE.fullmatch(text):
        shown = replace(row, role=Role.BYLINE, state=State.SHOWN, reason="byline")
        return _add(head, shown, byline=match["names"].strip())
    if match := _DATED.fullmatch(text):
        changed = (match["what"] or "").lower() in (
            "updated",
            "last updated",
            "last modified",
            "modified",
        )
        when = moment(re.sub(r"^\w+day,? ", "", match["date"]))
        return _add(head, _out(row, "date"), **{"modified" if changed else "published": when})
    return _add(head, replace(row, role=Role.STANDFIRST))


def _add(head: Head, block: Block, **said: object) -> Head:
    return replace(head, blocks=(*head.blocks, block), **said)  # type: ignore[arg-type]


def _out(row: Block, rule: str) -> Block:
    return replace(row, role=Role.FURNITURE, state=State.REMOVED, reason=rule)
