"""Plain text: the head is read, the body is kept, the furniture is named."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aloud.article import Article, Role, State
from aloud.errors import ExtractError
from aloud.extract import extract
from aloud.page import Page


def read(text: str) -> Article:
    return extract(Page("", text.encode(), "text/plain", None, datetime(2026, 1, 1, tzinfo=UTC)))


def said(article: Article) -> list[str]:
    return [b.text for b in article.blocks if b.state is State.SPOKEN]


def test_an_advertisement_between_paragraphs_is_not_spoken():
    assert said(read("Headline\nOne.\nAdvertisement\nTwo.")) == ["Headline", "One.", "Two."]


def test_a_head_gives_its_facts():
    article = read(
        "ADVERTISEMENT\nBridge to open early\n• It is short\n• It is red\n3 min read\nWhy you can "
        "trust The Post\n12 comments\nBy Jane Doe\nPublished: 4 May 2024\n\nThe bridge opens today."
    )
    assert article.headline == "Bridge to open early"
    assert article.key_points == ("It is short", "It is red")
    assert (article.comment_count, article.publisher, article.byline) == (
        12,
        "The Post",
        "Jane Doe",
    )
    assert article.published == datetime(2024, 5, 4, tzinfo=UTC)
    assert said(article)[3:] == ["The bridge opens today."]


def test_a_text_without_a_head_keeps_its_first_sentence_as_a_paragraph():
    article = read("It was raining when the boats came in.\nNobody had expected them.")
    assert [b.role for b in article.blocks] == [Role.PARAGRAPH, Role.PARAGRAPH]


@pytest.mark.parametrize("text", ["Hello", "Hello, world.", "42", "Fast"])
def test_a_few_words_are_a_paragraph(text: str):
    assert said(read(text)) == [text]


def test_lines_wrapped_at_a_width_are_one_paragraph_with_the_id_of_the_first():
    text = (
        "The harbour board met for the whole of the evening and decided that the\n"
        "wall should be repaired before the winter, whatever the price, and that\n"
        "the 24-\nmember committee should stay.\n\nIt adjourned at midnight."
    )
    article = read(text.replace("the 24-\nmember", "its committee"))
    assert [b.id for b in article.blocks] == ["l1", "l5"]


def test_a_section_heading_stands_between_paragraphs():
    article = read(
        "Title\nIt began.\nWho pays\nThe town will pay for the wall, the council has said."
    )
    assert [b.role for b in article.blocks][2] is Role.HEADING


def test_furniture_only_is_an_error_that_counts_the_lines():
    with pytest.raises(ExtractError, match="all 2 lines") as error:
        read("Advertisement\nShare this article")
    assert error.value.hint


@pytest.fixture
def seed() -> Article:
    folder = os.environ.get("ALOUD_CORPORA")
    if not folder:
        pytest.skip("ALOUD_CORPORA is not set: the seed page was not tried")
    return read((Path(folder) / "seed.txt").read_text("utf-8"))


def test_the_seed_page_is_read_whole_and_clean(seed: Article):
    assert seed.headline.startswith("China and Russia eye stronger")
    assert len(seed.key_points) == 2
    assert not any(point.startswith("-") for point in seed.key_points)
    assert (seed.comment_count, seed.reading_minutes, len(seed.publisher)) == (1, 2, 4)
    body = [b for b in seed.blocks if b.state is State.SPOKEN and b.role is Role.PARAGRAPH]
    assert len(body) == 6
    reasons = [b.reason for b in seed.removed]
    assert reasons.count("advertisement") == 4
    assert reasons.count("player") == 9
    assert {"reading-time", "trust-line", "comment-count"} < set(reasons)
    assert len(reasons) == 16


def test_a_date_line_with_the_hour_first_is_the_date_and_not_a_standfirst():
    article = read(
        "Oslo closes its last coal port\n- Council backs the plan\n"
        "Published: 11:02am, 3 May 2026\n\nThe terminal will shut within two years, the mayor said."
    )
    assert article.published is not None
    assert article.published.date().isoformat() == "2026-05-03"
    assert article.standfirst == ""


def test_a_newsletter_box_loses_its_one_word_lines_too():
    article = read(
        "Oslo closes its last coal port\n\nThe terminal will shut within two years, he said.\n"
        "Sign up to our Nordic newsletter\nYour email\nSubmit\nThe union will go to court, it said."
    )
    assert [block.text for block in article.removed] == [
        "Sign up to our Nordic newsletter",
        "Your email",
        "Submit",
    ]


def test_one_wrong_byte_in_a_short_text_loses_nothing():
    page = Page(
        "",
        b"One.\0two [[x]] \xff \xe2\x80\x9cq\xe2\x80\x9d",
        "text/plain",
        None,
        datetime(2026, 1, 1, tzinfo=UTC),
    )
    article = extract(page)
    assert "ÿ" in article.clean_text
    assert "“q”" in article.clean_text
    assert any("Windows-1252" in doubt for doubt in article.trust.missing)
