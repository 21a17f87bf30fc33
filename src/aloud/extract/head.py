"""Head: what stands above the body of an article that came as plain text.

Read before the body, because a headline, key points and a lone number of comments look like
nothing in themselves: they are known by standing there.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from aloud.article import UNSPACED, Block, Role, State
from aloud.extract.dateline import dateline
from aloud.extract.header import header_end
from aloud.extract.labels import KEY_POINTS_LABEL

BULLET = re.compile(r"[-–•*·▪●◦‣]\s+(?=\S)")
SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)\]」』]*$")
_UNFINISHED = re.compile(r"[.,;:…。，：；][\"'”’»)\]]*$")  # how a headline does not end
_HASH = re.compile(r"(#{1,6})\s+(?=\S)")
_BYLINE = re.compile(r"(?:(?:written |reported |words )?by)\s*:?\s+(?P<names>[^.!?:]{2,100})", re.I)
_NAME_PART = r"(?:[A-ZÀ-ÞА-ЯЁ][\w'’.-]*|de|del|della|da|di|du|van|von|der|den|al|bin|la|le)"
_JOINED = rf"{_NAME_PART}(?:(?:,| und| et| y| e| en| и)? {_NAME_PART}){{0,7}}"
# "By" in other languages begins sentences too, so that what follows must look like names.
_BYLINE_ABROAD = re.compile(
    rf"(?:(?:[Vv]on|VON|[Pp]ar|PAR|[Pp]or|POR|[Dd]i|[Dd]oor|[Aa]v|[Аа]втор(?:ы)?:?|[Тт]екст:)\s+"
    rf"(?P<latin>{_JOINED})|(?:本报)?(?:记者|作者|文)\s*[:：/／]?\s*(?P<han>[^\W\d]{{2,4}}"
    r"(?:[ 、,，][^\W\d]{2,4}){0,3})|(?:بقلم|كتب)\s*:?\s+(?P<arabic>\S+(?: \S+){0,3}))"
)
_BARE_NAME = re.compile(rf"[A-ZÀ-ÞА-ЯЁ][\w'’.-]+(?: {_NAME_PART}){{0,2}} [A-ZÀ-ÞА-ЯЁ][\w'’-]+")
_LONE_NUMBER = re.compile(r"(\d{1,3}(?:,\d{3})+|\d{1,6})")
_COUNT = re.compile(
    r"(?P<before>\d[\d,.]*k?)\s*(?:comments?|replies|条评论|件のコメント)(?: so far)?|"
    r"(?:comments?|💬)\s*[:(]?\s*(?P<behind>\d[\d,.]*k?)\)?",
    re.I,
)
_TRUST = re.compile(
    r"why (?:you (?:can|should)|readers (?:can|should)|to) trust (?P<who>\S.{1,40}?)\??", re.I
)
_TRUST_NAME = re.compile(r"Why [Tt]rust (?P<who>[A-Z]\S*(?: [A-Z]\S*){0,2})\??")
_MOST_HEADLINE = 30  # words; the longest title of 298 WCXB pages has 24
_MOST_CHARACTERS = 200  # of a headline in words; one in Han has no words to count
_MOST_STANDFIRST = 60  # words
_TITLED = frozenset(("reading-time", "trust-line", "comment-count", "date", "byline"))
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
    texts = [row.text for row in rows]
    site = header_end(texts, rules)
    for start in dict.fromkeys((site, 0)):
        named = [rule or ("navigation" if i < start else "") for i, rule in enumerate(rules)]
        marks = _marks(texts, named)
        top = next(
            (i for i, r in enumerate(named) if not r and marks[i] not in (*_TITLED, "label")), None
        )
        if top is None or (start and _UNFINISHED.search(texts[top])):
            continue  # what stands under a menu is the body: "World markets" was the headline
        if _is_headline(texts, named, marks, top):
            return _read(rows, named, marks, _end(texts, named, marks, top + 1), top)
    return _read(rows, named, marks, _end_untitled(named, marks), None)


def _read(
    rows: Sequence[Block], rules: Sequence[str], marks: Sequence[str], end: int, top: int | None
) -> Head:
    head = Head()
    for i in range(end):
        if i == top:
            title = replace(rows[i], role=Role.HEADLINE, text=_HASH.sub("", rows[i].text))
            head = replace(head, blocks=(*head.blocks, title))
        else:
            head = _with(head, rows[i], rules[i], marks[i])
    return head


def _marks(texts: Sequence[str], rules: Sequence[str]) -> list[str]:
    """What each row is that only heads have, "" for others. Advertisements stand anywhere."""
    marks = [_mark(text, rule) for text, rule in zip(texts, rules, strict=True)]
    below = [*marks[1:], ""]
    for i, text in enumerate(texts):
        if not marks[i] and not rules[i]:
            if below[i] == "bullet" and KEY_POINTS_LABEL.fullmatch(
                text.strip(" :：").replace("’", "'")
            ):
                marks[i] = "label"
            # A name alone is a byline only beside a date, a count or the like.
            elif _BARE_NAME.fullmatch(text) and (
                below[i] in _TITLED or (i and marks[i - 1] in _TITLED)
            ):
                marks[i] = "byline"
    return marks


def _mark(text: str, rule: str) -> str:
    if rule:
        return rule if rule in _TITLED else ""
    if BULLET.match(text):
        return "bullet"
    if _LONE_NUMBER.fullmatch(text) or _COUNT.fullmatch(text):
        return "comment-count"
    if _BYLINE.fullmatch(text) or _BYLINE_ABROAD.fullmatch(text):
        return "byline"
    if dateline(text):
        return "date"
    return "trust-line" if _TRUST_NAME.fullmatch(text) else ""


def _end(texts: Sequence[str], rules: Sequence[str], marks: Sequence[str], start: int) -> int:
    """Where the head ends: behind the last mark that has at most one short paragraph before it."""
    end, passed = start, 0
    for i in range(start, len(texts)):
        if marks[i]:
            end = i + 1
        elif not rules[i]:
            passed += 1
            if passed > 1 or len(texts[i].split()) > _MOST_STANDFIRST:
                break
    return end


def _end_untitled(rules: Sequence[str], marks: Sequence[str]) -> int:
    """Where a head without a headline ends: at the first row that is neither mark nor furniture."""
    own = next((i for i, r in enumerate(rules) if not r and not marks[i]), None)
    if own is None:
        return 0
    end = max((i + 1 for i in range(own) if marks[i]), default=0)
    # A list alone may be the text's own beginning.
    return end if any(marks[i] in _TITLED for i in range(end)) else 0


def _is_headline(
    texts: Sequence[str], rules: Sequence[str], marks: Sequence[str], top: int
) -> bool:
    text = texts[top]
    below = [i for i in range(top + 1, len(texts)) if not rules[i] or marks[i]]
    own = [i for i in below if not rules[i]]
    if not own:
        return False
    if _HASH.match(text):
        return True
    if marks[top] or len(text.split()) > _MOST_HEADLINE:
        return False
    if len(text) > _MOST_CHARACTERS and (not UNSPACED.match(text) or "。" in text):
        return False
    if marks[below[0]]:
        return not text.endswith((",", ";", ":"))
    return not _UNFINISHED.search(text) and any(SENTENCE_END.search(texts[i]) for i in own)


def _with(head: Head, row: Block, rule: str, mark: str) -> Head:
    """The head with one more row read."""
    text = row.text
    if match := _TRUST.fullmatch(text) or _TRUST_NAME.fullmatch(text):
        who = "" if match["who"].casefold() in _US else match["who"]
        return _add(head, _out(row, "trust-line"), publisher=head.publisher or who)
    if match := _LONE_NUMBER.fullmatch(text) or _COUNT.fullmatch(text):
        said = next(g for g in match.groups() if g)
        return _add(head, _out(row, "comment-count"), comment_count=_count(said))
    if rule == "caption":
        return _add(head, replace(row, role=Role.CAPTION, state=State.SHOWN, reason=rule))
    if rule and rule not in ("byline", "date"):
        return _add(head, _out(row, rule))
    if mark == "label":
        return _add(head, _out(row, "key-points-label"))
    if mark == "bullet":
        return _add(head, replace(row, role=Role.KEY_POINT, text=BULLET.sub("", text, count=1)))
    if mark == "byline":
        shown = replace(row, role=Role.BYLINE, state=State.SHOWN, reason="byline")
        match = _BYLINE.fullmatch(text) or _BYLINE_ABROAD.fullmatch(text)
        names = next(g for g in match.groups() if g).strip() if match else text
        return _add(head, shown, byline=head.byline or names)
    if dated := dateline(text):
        field = "modified" if dated.changed else "published"
        return _add(head, _out(row, "date"), **({field: dated.when} if dated.when else {}))
    if rule:
        return _add(head, _out(row, rule))
    return _add(head, replace(row, role=Role.STANDFIRST))


def _count(said: str) -> int:
    """ "1,204" and "1.2K" as numbers."""
    if said[-1] in "kK":
        return round(float(re.sub(r"[^\d.]", "", said).strip(".") or 0) * 1000)
    return int(re.sub(r"\D", "", said))


def _add(head: Head, block: Block, **said: object) -> Head:
    return replace(head, blocks=(*head.blocks, block), **said)  # type: ignore[arg-type]


def _out(row: Block, rule: str) -> Block:
    return replace(row, role=Role.FURNITURE, state=State.REMOVED, reason=rule)
