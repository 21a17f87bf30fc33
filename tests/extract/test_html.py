"""HTML: odd pages are read or refused with advice, and no line of them goes missing."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from aloud.article import Article, Role, State
from aloud.errors import ExtractError
from aloud.extract import extract, text
from aloud.page import Page

SAMPLES = Path(__file__).parents[2] / "samples"
P = "<p>The harbour opened on Tuesday after the crane had been repaired, officials said.</p>"
Q = "<p>The first boats left before dawn, and most were home again in time for lunch.</p>"


def read(
    body: bytes, media_type: str = "text/html", url: str = "https://news.example/a"
) -> Article:
    return extract(Page(url, body, media_type, None, datetime(2026, 1, 1, tzinfo=UTC)))


def said(article: Article) -> str:
    return " ".join(b.text for b in article.blocks if b.state is State.SPOKEN)


def test_the_sample_is_read_whole_and_clean():
    path = SAMPLES / "harbour.html"
    page = read(path.read_bytes(), url=path.as_uri())
    plain = read((SAMPLES / "harbour.txt").read_bytes(), "text/plain")
    assert page.headline == plain.headline
    assert page.key_points == plain.key_points
    assert page.comment_count == plain.comment_count == 14
    assert page.image == (SAMPLES / "cover.png").as_uri()
    assert page.byline == "Marit Solane"
    assert page.language == "en-GB"
    assert not page.trust.missing
    spoken = (Role.PARAGRAPH, Role.HEADING, Role.ITEM)
    bodies = [[b.text for b in a.kept if b.role in spoken] for a in (page, plain)]
    assert bodies[0] == bodies[1]
    assert sum(b.role is Role.HEADING for b in page.blocks) == 3
    assert "An advertisement for the vacant post" in said(page)
    assert "Select Voice" not in said(page)


def test_a_page_nested_a_hundred_thousand_deep_is_read():
    deep = "<div>" * 100_000 + P + Q + "</div>" * 100_000 + "<p>At the end, all was well again.</p>"
    assert "all was well" in said(read(f"<html><body>{deep}</body></html>".encode()))


def test_xhtml_that_declares_its_encoding_is_read():
    head = "<?xml version='1.0' encoding='ISO-8859-1'?><html xmlns='http://www.w3.org/1999/xhtml'>"
    page = f"{head}<body><h1>Café reopens in the harbour</h1>{P}{Q}</body></html>"
    assert read(page.encode("cp1252"), "application/xhtml+xml").headline.startswith("Café")
    assert "crane" in text(page)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "empty"),
        (b"\x89PNG\r\n\x1a\n\0\0", "image"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"PK\x03\x04....", "archive"),
        (b"ID3\x03\0\0", "audio"),
        (bytes(range(256)) * 20, "character set|damaged"),
        (b"<div id=root></div><noscript>You need to enable JavaScript.</noscript>", "JavaScript"),
        (b"<html><body><p>Advertisement</p></body></html>", "all 1 lines"),
    ],
)
def test_what_is_no_article_is_refused_by_name_and_with_advice(body: bytes, why: str):
    with pytest.raises(ExtractError, match=why) as error:
        read(body)
    assert error.value.hint
    assert error.value.subject


def test_a_few_damaged_bytes_are_read_as_windows_1252_and_owned_up_to():
    page = f"<html><meta charset=utf-8><body><p>Größe über Öl, ja.</p>{P}</body></html>".encode()
    article = read(page.replace(b"ja.", b"na\xefve."))
    assert "naïve" in said(article)
    assert "1 damaged byte was read as Windows-1252." in article.trust.missing


def test_a_headline_that_stands_only_in_the_data_gets_a_block():
    page = (
        f'<html><head><meta property="og:title" content="Boats return"></head><body>{P}{Q}</body>'
    )
    article = read(page.encode())
    assert (article.blocks[0].id, article.headline) == ("head", "Boats return")


def test_a_layout_table_is_not_taken_for_data():
    article = read(f"<table><tr><td><h1>News from the quay</h1>{P}{Q}</td></tr></table>".encode())
    assert "crane" in said(article)


def test_a_page_cannot_name_a_picture_on_the_disk():
    page = f'<html><head><meta property="og:image" content="file:///etc/passwd"></head><body>{P}{Q}'
    assert read(page.encode()).image is None


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("cover.png", True),
        ("pictures/cover.png", True),
        ("pictures/../cover.png", True),
        ("../secret.png", False),
        ("%2e%2e/secret.png", False),
        ("pictures/%2e%2e/%2e%2e/secret.png", False),
        ("file:///etc/passwd", False),
        ("file://elsewhere/saved/cover.png", False),
    ],
)
def test_a_saved_page_may_name_only_pictures_saved_with_it(address, kept):
    page = f'<html><head><meta property="og:image" content="{address}"></head><body>{P}{Q}'
    assert bool(read(page.encode(), url="file:///saved/page.html").image) is kept


@pytest.mark.parametrize(
    ("declared", "meant"), [("en_GB", "en-GB"), ("iw", "he"), ("mul", "en"), ("zxx", "en")]
)
def test_the_language_is_the_declared_one_where_that_names_one(declared, meant):
    page = f'<html lang="{declared}"><body><h1>Harbour opens again</h1>{P}{Q}'
    assert read(page.encode()).language == meant
