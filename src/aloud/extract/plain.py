"""Plain: a text without markup read as an article, line by line.

Nothing is known here but the words. A line that no rule takes out stays: no paragraph is lost.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from aloud.article import Article, Block, Role, State, Trust
from aloud.errors import ExtractError
from aloud.extract.endnotes import endnotes
from aloud.extract.furniture import SHOWN, in_lines, under_labels
from aloud.extract.head import BULLET, SENTENCE_END, read_head
from aloud.extract.language import guess
from aloud.extract.metadata import missing

_HASH = re.compile(r"(#{1,6})\s+(?=\S)")
_QUOTED = re.compile(r"(?:>\s*)+(?=\S)")
_NUMBERED = re.compile(r"\d{1,3}[.)]\s")
# Mail, Gutenberg and terminals wrap between these widths (characters).
_NARROWEST, _WIDEST = 50, 100
_WRAPPED = 0.9  # of the line ends: the rest are lines that were broken by hand
_MOST_HEADING = 8, 60  # words, characters
_LEAST_BODY = 40  # characters of a paragraph under a heading


def read_plain(text: str, url: str, doubts: Sequence[str] = ()) -> Article:
    """The article of a plain text, every non-empty line of it in a block.

    Raises:
        ExtractError: no line of it can be spoken.
    """
    rows = [_block(number, joined) for number, joined in _rows(text)]
    texts = [row.text for row in rows]
    rules = under_labels(texts, in_lines(texts))
    head = read_head(rows, rules)
    done = len(head.blocks)
    for place, rule in endnotes(texts, rules).items():
        rules[place] = rule
    title = next((b.text for b in head.blocks if b.role is Role.HEADLINE), None)
    body = _body(rows[done:], rules[done:], title)
    read = (*head.blocks, *body)
    if not any(b.state is State.SPOKEN for b in read):
        raise _nothing(url, len(read))
    return Article(
        url=url if url.startswith(("http:", "https:")) else "",
        blocks=read,
        byline=head.byline,
        publisher=head.publisher,
        published=head.published,
        modified=head.modified,
        language=guess(" ".join(b.text for b in read if b.state is State.SPOKEN)),
        comment_count=head.comment_count,
        trust=Trust(
            missing=(*missing(head.publisher, head.byline, head.published is not None), *doubts)
        ),
    )


def _block(number: int, text: str) -> Block:
    return Block(f"l{number}", Role.PARAGRAPH, text, State.SPOKEN)


def _nothing(url: str, count: int) -> ExtractError:
    said = f"all {count} lines of it are furniture" if count else "there is no text in it"
    return ExtractError(
        f"no article was found: {said}",
        subject=url,
        hint="give aloud the article's own text, or the address of its page",
    )


def _rows(text: str) -> Iterator[tuple[int, str]]:
    """Paragraphs with the number of their first line: lines wrapped at a width are joined."""
    numbered = [(i, " ".join(line.split())) for i, line in enumerate(text.splitlines(), 1)]
    groups = [list(g) for full, g in groupby(numbered, key=lambda n: bool(n[1])) if full]
    wrapped = _is_wrapped([[line for _, line in group] for group in groups])
    for group in groups:
        start, joined = group[0]
        for number, line in group[1:]:
            if wrapped and not _begins_anew(line) and not _HASH.match(joined):
                # A wrapper may break behind a hyphen, which belongs to the word ("24-member").
                joined += line if joined.endswith("-") else f" {line}"
            else:
                yield start, joined
                start, joined = number, line
        yield start, joined


def _is_wrapped(groups: Sequence[Sequence[str]]) -> bool:
    """Whether lines end because the next word would not have fitted, as only a machine does it."""
    width = max((len(line) for group in groups for line in group), default=0)
    ends = [
        len(line) + 1 + len(below.split(maxsplit=1)[0]) > width
        for group in groups
        for line, below in pairwise(group)
        if not _begins_anew(below)
    ]
    fits = _NARROWEST <= width <= _WIDEST and len(ends) >= 2
    return fits and sum(ends) >= _WRAPPED * len(ends)


def _begins_anew(line: str) -> bool:
    """Whether a line begins a block of its own, whatever stands above it."""
    return any(p.match(line) for p in (BULLET, _HASH, _QUOTED, _NUMBERED))


def _body(rows: Sequence[Block], rules: Sequence[str], headline: str | None) -> Iterator[Block]:
    for i, (row, rule) in enumerate(zip(rows, rules, strict=True)):
        if rule in SHOWN:
            yield replace(row, role=Role(rule), state=State.SHOWN, reason=rule)
        elif rule or row.text == headline:
            yield replace(row, role=Role.FURNITURE, state=State.REMOVED, reason=rule or "repeated")
        elif match := _HASH.match(row.text):
            text = row.text[match.end() :]
            yield replace(row, role=Role.HEADING, level=len(match[1]), text=text)
        elif match := _QUOTED.match(row.text):
            depth = match.group().count(">")
            yield replace(row, role=Role.QUOTE, level=depth, text=row.text[match.end() :])
        elif match := BULLET.match(row.text):
            yield replace(row, role=Role.ITEM, text=row.text[match.end() :])
        elif _is_heading(rows, rules, i):
            yield replace(row, role=Role.HEADING, level=2)
        else:
            yield row


def _is_heading(rows: Sequence[Block], rules: Sequence[str], i: int) -> bool:
    """Whether a short line heads the paragraph below it: that is what sets it off from a cry."""
    text = rows[i].text
    words, characters = _MOST_HEADING
    if len(text) > characters or len(text.split()) > words or not text[0].isalnum():
        return False
    above = rows[i - 1].text if i and not rules[i - 1] else "."
    below = rows[i + 1].text if i + 1 < len(rows) and not rules[i + 1] else ""
    return (
        not text.endswith((".", ",", ";", ":", "…", "。"))
        and not text[0].islower()
        and bool(SENTENCE_END.search(above) and SENTENCE_END.search(below))
        and len(below) >= _LEAST_BODY
    )
