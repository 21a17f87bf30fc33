"""HTML: a web page read as an article."""

import re
from collections.abc import Sequence
from dataclasses import replace

from aloud.article import Article, Block, Role, State, Trust
from aloud.errors import ExtractError
from aloud.extract.choose import choose
from aloud.extract.decode import tidy
from aloud.extract.furniture import furniture
from aloud.extract.language import guess
from aloud.extract.lines import Line, read_lines
from aloud.extract.metadata import Metadata, metadata, missing
from aloud.extract.roles import blocks

_NEEDS_SCRIPT = re.compile(r"javascript|<div[^>]*\bid=[\"']?(?:root|app|__next)\b", re.I)
_SAVE_IT = "open the page in a browser, save it, and give aloud the saved file"
_LONE_COUNT = re.compile(r"(\d{1,3}(?:[,.]\d{3})*|\d{1,6})(?:\s+(?:comments?|replies))?", re.I)
_TITLE_TAIL = re.compile(r"\s+[|–—-]\s+[^|–—]{2,40}$")


def read_html(html: str, url: str, doubts: Sequence[str] = ()) -> Article:
    """The article of a web page, every line of the page in a block.

    Raises:
        ExtractError: there is no article in it that could be spoken.
    """
    root, page_lines = read_lines(html)
    facts = metadata(root, url)
    chosen = choose(root, page_lines, url or None)
    read = _with_strays(blocks(page_lines, chosen.numbers, facts), chosen.strays)
    if not any(b.state is State.SPOKEN and b.role not in _HEAD_ROLES for b in read):
        raise _nothing(html, url, read)
    read = _headed(read, facts)
    spoken = " ".join(b.text for b in read if b.state is State.SPOKEN)
    named = (b.text for b in read if b.role is Role.BYLINE and not furniture(b.text))
    byline = facts.byline or _names(next(named, ""))
    return Article(
        url=facts.canonical or (url if url.startswith(("http:", "https:")) else ""),
        blocks=tuple(read),
        byline=byline,
        publisher=facts.publisher,
        image=facts.image,
        published=facts.published,
        modified=facts.modified,
        language=facts.language or guess(spoken),
        comment_count=_comments(facts, page_lines),
        next_page=facts.next_page,
        trust=Trust(
            publishing_principles=facts.publishing_principles,
            ownership=facts.ownership,
            corrections=facts.corrections,
            author_pages=facts.author_pages,
            paywalled=facts.paywalled,
            missing=(*missing(facts.publisher, byline, facts.published is not None), *doubts),
        ),
    )


_HEAD_ROLES = frozenset((Role.HEADLINE, Role.STANDFIRST, Role.KEY_POINT))


def _with_strays(read: list[Block], strays: Sequence[tuple[int, str]]) -> list[Block]:
    """The blocks, and the article's text that stands in no line (in the page's data only)."""
    out = list(read)
    for i, (after, text) in reversed(list(enumerate(strays))):
        text = " ".join(tidy(text).split())
        rule = furniture(text)  # "You need to enable JavaScript"
        block = Block(f"x{i + 1}", Role.PARAGRAPH, text, State.SPOKEN)
        if rule:
            block = replace(block, role=Role.FURNITURE, state=State.REMOVED, reason=rule)
        out.insert(after + 1, block)
    return out


def _headed(read: list[Block], facts: Metadata) -> list[Block]:
    """The blocks, with the declared headline before them where no line has it."""
    if any(b.role is Role.HEADLINE for b in read) or not facts.titles:
        return read
    declared = _TITLE_TAIL.sub("", facts.titles[0])
    return [Block("head", Role.HEADLINE, declared, State.SPOKEN), *read]


def _comments(facts: Metadata, page_lines: Sequence[Line]) -> int | None:
    """Declared, or the one number that the page shows where it speaks of comments."""
    if facts.comment_count is not None:
        return facts.comment_count
    for line in page_lines:
        match = _LONE_COUNT.fullmatch(line.text)
        if match and not line.hidden and (line.inside("comments") or match.end(1) < match.end()):
            return int(re.sub(r"\D", "", match.group(1)))
    return None


def _names(byline: str) -> str:
    return re.sub(r"^(?:(?:written|reported|words)\s+)?by\s*:?\s+", "", byline, flags=re.I)


def _nothing(html: str, url: str, read: Sequence[Block]) -> ExtractError:
    if len(read) < 30 and _NEEDS_SCRIPT.search(html):
        return ExtractError(
            "the page is empty until its JavaScript has run", subject=url, hint=_SAVE_IT
        )
    if not read:
        return ExtractError("there is no text on the page", subject=url, hint=_SAVE_IT)
    return ExtractError(
        f"no article was found: all {len(read)} lines of the page are furniture",
        subject=url,
        hint=f"if there is one, {_SAVE_IT}",
    )
