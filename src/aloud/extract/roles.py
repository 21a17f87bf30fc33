"""Roles: what each line of a web page is, and whether it is spoken, shown or left out.

Every line gets exactly one answer, with the name of the rule that gave it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from aloud.article import Block, Role, State
from aloud.extract import title
from aloud.extract.choose import is_prose, region_shares
from aloud.extract.endnotes import endnotes
from aloud.extract.furniture import SHOWN, in_lines
from aloud.extract.lines import Line
from aloud.extract.metadata import Metadata

_HEADING = re.compile(r"h([1-6])")
# What the class names may take out of the article. The others are witnesses for other things.
_TAKEN_OUT = frozenset(
    ("advertisement", "newsletter", "related", "share", "player", "comments", "byline",
     "navigation", "notice", "form", "button")
)  # fmt: skip
# A region is believed only where it holds less than this share of the chosen words: sites hang
# "with-newsletter" and "has-related" on the whole article. Of sentences it must be surer still.
# Chosen after reading what one common limit of 0.3 lost on the SH and WCXB pages; not swept.
_BELIEVED, _BELIEVED_OF_PROSE = 0.3, 0.08
_REPEATED = 10  # words: a shorter line may be said twice on purpose


@dataclass(frozen=True, slots=True)
class _Head:
    """What stands above the body, by line number."""

    headline: int | None
    standfirst: frozenset[int]
    key_points: frozenset[int]
    labels: frozenset[int]


def blocks(page_lines: Sequence[Line], chosen: frozenset[int], facts: Metadata) -> list[Block]:
    """A block for every line, in order."""
    return _Judge(page_lines, chosen, facts).all()


class _Judge:
    def __init__(self, page_lines: Sequence[Line], chosen: frozenset[int], facts: Metadata) -> None:
        self.lines = page_lines
        self.chosen = chosen
        self.facts = facts
        self.shares = region_shares(page_lines, chosen)
        self.head = _head(page_lines, chosen, facts)
        picked = [line for line in page_lines if line.number in chosen]
        # Ambiguous lines are judged by their neighbours in the article, and those left out of it
        # by their neighbours on the page.
        self.rules = dict(enumerate(in_lines([line.text for line in page_lines])))
        self.rules |= dict(
            zip((p.number for p in picked), in_lines([p.text for p in picked]), strict=True)
        )
        total = sum(len(p.words) for p in picked)
        self.withheld = sum(len(p.words) for p in picked if p.withheld) / max(1, total)
        prose = [p.number for p in picked if is_prose(p)]
        self.first = prose[0] if prose else (picked[0].number if picked else 0)
        self.last = prose[-1] if prose else (picked[-1].number if picked else 0)
        self.body = " ".join(
            ("", *(w for p in picked if not p.inside("pull-quote") for w in p.words), "")
        )
        places = endnotes(
            [p.text for p in picked], [self.rules[p.number] or self.region(p) for p in picked]
        )
        self.rules |= {picked[i].number: rule for i, rule in places.items()}
        self.said: set[tuple[str, ...]] = set()

    def all(self) -> list[Block]:
        return [self.block(line) for line in self.lines]

    def block(self, line: Line) -> Block:
        block = self.of_head(line) or self.of_body(line) or self.around(line)
        return replace(block, id=f"b{line.number + 1}", text=line.text)

    def of_head(self, line: Line) -> Block | None:
        number = line.number
        if number == self.head.headline:
            return _spoken(Role.HEADLINE)
        if number in self.head.standfirst:
            return _spoken(Role.STANDFIRST)
        if number in self.head.key_points:
            return _spoken(Role.KEY_POINT)
        if number in self.head.labels:
            return _removed("key-points-label")
        early = (self.head.headline or 0) < number <= self.first or line.inside("byline")
        if early and not line.hidden and title.is_byline(line, self.facts.byline):
            return Block("", Role.BYLINE, "", State.SHOWN, "byline")
        return None

    def of_body(self, line: Line) -> Block | None:
        """The block of a chosen line; None for a line that was not chosen."""
        if line.number not in self.chosen:
            return None
        if line.withheld and self.withheld < _BELIEVED:
            return _removed("hidden")
        rule = self.rules[line.number] or self.region(line) or self.position(line)
        if rule in SHOWN:
            # A region named for authors takes their boxes out; a line that says who is shown.
            said = rule == self.rules[line.number] or rule == "caption"
            return _shown(rule) if said else _removed(rule)
        if rule:
            return _removed(rule)
        return self.kept(line)

    def region(self, line: Line) -> str:
        """The rule of the innermost believed region that speaks against a line."""
        most = _BELIEVED_OF_PROSE if is_prose(line) else _BELIEVED
        for rule, number in reversed(line.regions):
            if rule not in _TAKEN_OUT and rule != "caption":
                continue
            if self.shares.get((rule, number), 0) < most:
                return rule
        return ""

    def of_a_fact_box(self, line: Line) -> bool:
        """Whether the innermost region with a say is an explanation beside the article."""
        names = [r for r in line.regions if r[0] == "fact-box" or r[0] in _TAKEN_OUT]
        return (
            bool(names)
            and names[-1][0] == "fact-box"
            and self.shares.get(names[-1], 0) < _BELIEVED
            and line.linked < 0.5
        )

    def position(self, line: Line) -> str:
        """Rules about where a line stands and what was said before it."""
        if self.head.headline is not None:
            if title.same(line, self.lines[self.head.headline].text):
                return "repeated"
            if line.number < min(self.head.headline, self.first):
                return "before-headline"
        if line.inside("pull-quote") and f" {' '.join(line.words)} " in self.body:
            return "repeated"
        if len(line.words) >= _REPEATED:
            if line.words in self.said:
                return "repeated"
            self.said.add(line.words)
        return ""

    def kept(self, line: Line) -> Block:
        if line.tag == "table":
            return Block("", Role.TABLE, "", State.SHOWN, "table")
        if line.tag == "pre":
            return Block("", Role.CODE, "", State.SHOWN, "code")
        heading = _HEADING.fullmatch(line.tag)
        if heading:
            return _spoken(Role.HEADING, int(heading.group(1)))
        if line.quote:
            return _spoken(Role.QUOTE, line.quote)
        return _spoken(Role.ITEM if line.in_list else Role.PARAGRAPH)

    def around(self, line: Line) -> Block:
        """A line that is not the article's: a caption beside it, or furniture."""
        if line.hidden:
            return _removed("hidden")
        rule = self.rules[line.number]
        if rule and rule not in SHOWN:
            return _removed(rule)
        start = min(
            self.first, self.head.headline if self.head.headline is not None else self.first
        )
        if start < line.number < self.last and (
            line.tag == "figcaption" or ("caption" in (r for r, _ in line.regions[-1:]))
        ):
            return _shown("caption")
        inside = start < line.number < self.last
        if rule:
            return _shown(rule) if inside else _removed(rule)
        rule = self.region(line)
        if inside and self.of_a_fact_box(line):
            return replace(self.kept(line), state=State.SHOWN, reason="fact-box")
        if rule == "comments" and line.text.isdigit():
            return _removed("comment-count")
        return _removed(rule if rule in _TAKEN_OUT else "not-article")


def _head(page_lines: Sequence[Line], chosen: frozenset[int], facts: Metadata) -> _Head:
    points, labels = title.key_points(page_lines)
    line = title.headline(page_lines, facts.titles)
    stand = title.standfirst(page_lines, line, facts.description, chosen)
    taken = {p.number for p in points}
    return _Head(
        headline=line.number if line else None,
        standfirst=frozenset(s.number for s in stand if s.number not in taken),
        key_points=frozenset(taken),
        labels=frozenset(x.number for x in labels),
    )


def _spoken(role: Role, level: int = 0) -> Block:
    return Block("", role, "", State.SPOKEN, "", level)


def _shown(rule: str) -> Block:
    return Block("", Role(rule), "", State.SHOWN, rule)


def _removed(rule: str) -> Block:
    return Block("", Role.FURNITURE, "", State.REMOVED, rule)
