"""Properties: whatever comes in, every line is in one block, and nothing but advice comes out."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from aloud.article import Article, Role
from aloud.errors import ExtractError
from aloud.extract import extract
from aloud.extract.decode import tidy
from aloud.extract.lines import WORD
from aloud.page import Page

KNOWN = (
    "Advertisement", "Fast", "- One point", "Select voice", "3 min read", "7", "", "# Title",
    "> Quoted.", "By Jane Doe", "The boats came home in the rain.",
)  # fmt: skip
ANY = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), max_size=40)
LINES = st.lists(st.sampled_from(KNOWN) | ANY, max_size=12)


def read(body: bytes, media_type: str) -> Article | None:
    page = Page("https://news.example/a", body, media_type, None, datetime(2026, 1, 1, tzinfo=UTC))
    try:
        return extract(page)
    except ExtractError:
        return None


@given(LINES)
def test_every_line_of_a_text_is_in_exactly_one_block_in_order(lines: list[str]):
    article = read("\n".join(lines).encode(), "text/plain")
    if article is not None:
        words = WORD.findall(" ".join(" ".join(b.text for b in article.blocks).split()))
        assert words == WORD.findall(" ".join(tidy("\n".join(lines)).split()))
        assert all(b.reason for b in article.removed)
        assert all(b.role is Role.FURNITURE for b in article.removed)


@given(LINES)
@settings(max_examples=30, deadline=None)
def test_every_line_of_a_page_is_in_exactly_one_block_in_order(lines: list[str]):
    from html import escape

    page = "<html><body><article>" + "".join(f"<p>{escape(x)}</p>" for x in lines)
    article = read(page.encode(), "text/html")
    if article is not None:
        own = [b for b in article.blocks if b.id.startswith("b")]
        words = WORD.findall(" ".join(b.text for b in own))
        assert words == WORD.findall(tidy(" ".join(lines)))


@given(st.binary(max_size=300), st.sampled_from(["text/html", "text/plain", "", "text/xml"]))
@settings(max_examples=60, deadline=None)
def test_no_bytes_crash_it(body: bytes, media_type: str):
    article = read(body, media_type)
    if article is not None:
        ids = [b.id for b in article.blocks]
        assert len(set(ids)) == len(ids)
        assert read(body, media_type) == article
