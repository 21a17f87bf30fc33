"""What pages and pasted texts bring along: walls, hidden words, marks, site heads and end notes."""

from datetime import UTC, datetime

import pytest

from aloud.article import Article, Role, State
from aloud.errors import ExtractError
from aloud.extract import extract
from aloud.extract.endnotes import endnote
from aloud.extract.furniture import furniture, in_lines
from aloud.page import Page

P = "<p>The ferry sailed on Tuesday after its engine had been mended, the owners said.</p>"
Q = "<p>The first cars left before dawn, and most were home again in time for supper.</p>"
BODY = "\n\nThe ferry to Port Ellery will sail again on Monday, its owners said in a letter.\n"


def read(body: str, media_type: str = "text/html") -> Article:
    when = datetime(2026, 1, 1, tzinfo=UTC)
    return extract(Page("https://news.example/a", body.encode(), media_type, None, when))


def plain(body: str) -> Article:
    return read(body, "text/plain")


def said(article: Article) -> list[str]:
    return [b.text for b in article.blocks if b.state is State.SPOKEN]


@pytest.mark.parametrize(
    "page",
    [
        "<title>Just a moment...</title><h1>Checking your browser before accessing a.example</h1>"
        "<p>Please enable cookies and verify you are a human.</p>",
        "<h1>We value your privacy</h1><p>We and our 512 partners keep cookies on your device to"
        " measure what you read.</p><p>You may change your mind at any time.</p>",
        "<h1>Access Denied</h1><p>You don't have permission to access this page on this site.</p>",
        "<h1>One more step</h1><p>Please complete the security check to go on to the site.</p>",
    ],
)
def test_a_page_before_the_article_is_refused_with_advice(page: str):
    with pytest.raises(ExtractError) as error:
        read(page)
    assert "save it" in error.value.hint


@pytest.mark.parametrize("title", ["Access denied to the ferry", "Just a moment"])
def test_a_short_piece_of_news_is_no_wall(title: str):
    article = read(
        f"<h1>{title}</h1>{P}{Q}{P.replace('Tuesday', 'Friday')}{Q.replace('dawn', '5')}"
    )
    assert article.headline == title


@pytest.mark.parametrize("media_type", ["application/json", "text/plain", "text/html"])
def test_json_is_no_article(media_type: str):
    with pytest.raises(ExtractError, match="JSON"):
        read('{"body": ["The ferry sails."]}', media_type)


def test_a_text_that_begins_with_a_bracket_is_read():
    assert said(plain("[Laughter] he began."))


def test_hidden_words_are_not_spoken_but_folded_ones_are():
    article = read(
        f"<h1>Ferry sails</h1>{P}<p hidden>Nobody sees this sentence of the page at all.</p>"
        f"<p>See <a href=x>the timetable<span class='sr-only'> (opens a window)</span></a> for the "
        f"winter, which the owners printed.</p>"
        f"<div hidden=until-found>{Q}</div>{P.replace('Tuesday', 'Friday')}"
    )
    text = " ".join(said(article))
    assert "Nobody sees" not in text
    assert "See the timetable for" in text
    assert "in time for supper" in text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("the mayor<sup>[1]</sup> said", "the mayor said"),
        ("the mayor<sup>[note 2]</sup> said", "the mayor said"),
        ("the mayor<sup><a href='#1'>1</a></sup> said", "the mayor said"),
        ("the mayor<sup>*</sup> said", "the mayor said"),
        ("10<sup>6</sup> eels", "10⁶ eels"),
        ("10<sup>-6</sup> eels", "10⁻⁶ eels"),
        ("40 m<sup>2</sup> of deck", "40 m² of deck"),
        ("E = mc<sup>2</sup> is short", "E = mc² is short"),
        ("the 21<sup>st</sup> boat", "the 21st boat"),
    ],
)
def test_footnote_marks_go_and_powers_stay(source: str, text: str):
    assert text in " ".join(said(read(f"<h1>Ferry sails</h1>{P}<p>There {source}, too.</p>{Q}")))


def test_a_head_without_a_headline_is_read():
    article = plain(
        "Advertisement\n- It sails on Monday\n- It sails at six\nReading Time:2 minutes\n"
        "Why you can trust The Courier\n9" + BODY
    )
    assert article.key_points == ("It sails on Monday", "It sails at six")
    assert (article.comment_count, article.publisher) == (9, "The Courier")
    assert len(said(article)) == 3


@pytest.mark.parametrize(
    "rows",
    [
        "The Ellery Post\nMenu\nSearch\nNews | Sport | Tides\nHome > News > Ferry\nBreaking news",
        "Home News Sport Business",
        "Menu",
    ],
)
def test_the_rows_of_a_site_above_the_headline_are_navigation(rows: str):
    article = plain(rows + "\nFerry to sail again after repair" + BODY)
    assert article.headline == "Ferry to sail again after repair"
    assert {b.reason for b in article.removed} == {"navigation"}


def test_a_headline_as_short_as_a_label_stays():
    assert plain(f"World markets\nBy Bo Day{BODY}- One list\n").headline == "World markets"
    assert plain("Ferry sails\nSport\nThe crew are glad." + BODY).headline == "Ferry sails"


@pytest.mark.parametrize(
    ("line", "byline"),
    [("Marit Solane\nJune 3, 2025", "Marit Solane"), ("By LEE WONG", "LEE WONG"),
     ("Von Max Müller", "Max Müller"), ("Par Jeanne Dupont", "Jeanne Dupont"),
     ("Автор: Иван Петров", "Иван Петров"), ("记者 王明", "王明")],
)  # fmt: skip
def test_who_wrote_it_is_shown_and_not_spoken(line: str, byline: str):
    article = plain(f"Ferry to sail again\n{line}{BODY}")
    assert (article.byline, len(said(article))) == (byline, 2)


@pytest.mark.parametrize(
    ("line", "when"),
    [
        ("June 3, 2025", "2025-06-03T00:00:00+00:00"),
        ("12.11.2025, 10:30 Uhr", "2025-11-12T10:30:00+00:00"),
        ("Published 12 Mar 2025 09:14 GMT", "2025-03-12T09:14:00+00:00"),
        ("10:40pm, 6 Aug 2026", "2026-08-06T22:40:00+00:00"),
        ("6 August 2026 at 22:40 CEST", "2026-08-06T20:40:00+00:00"),
    ],
)
def test_when_it_was_published_keeps_its_hour_and_zone(line: str, when: str):
    article = plain(f"Ferry to sail again\n{line}{BODY}")
    assert article.published is not None
    assert article.published.isoformat() == when


@pytest.mark.parametrize(
    ("line", "count"), [("14 comments so far", 14), ("Comments 1.2K", 1200), ("💬 14", 14)]
)
def test_comments_are_counted_and_not_spoken(line: str, count: int):
    article = plain(f"Ferry to sail again\n{line}{BODY}")
    assert (article.comment_count, len(said(article))) == (count, 2)


@pytest.mark.parametrize("label", ["Key points", "Highlights", "L’essentiel :", "Главное", "要点"])
def test_a_label_over_key_points_is_taken_away(label: str):
    article = plain(f"Ferry to sail again\n{label}\n- It sails at six\n- It is full{BODY}")
    assert article.key_points == ("It sails at six", "It is full")
    assert label not in said(article)


def test_a_long_headline_in_han_is_one():
    assert plain("船" * 400 + "\n渡轮星期一恢复通航，船东说。").headline == "船" * 400


LINES = {
    "player": ["Slow Average Fast", "Voice: Emma", "Listen"],
    "related": ["list 1 of 3", "end of list", "READ MORE Crew count the eels", "More from News",
                "相关阅读：渡轮停航", "اقرأ أيضا قصة العبارة"],
    "navigation": ["Get the app", "About us", "Contact us"],
    "comment-count": ["Log in to comment", "25条评论"],
    "notice": ["This article is more than 6 months old"],
    "caption": ["Image caption: The ferry at dawn", "The ferry at dawn. Photo: AFP"],
    "byline": ["Additional reporting by Bo Day", "Reporting by Kim Lee; Editing by Bo Day"],
    "advertisement": ["Advertisement: Cabins from £9 a night"],
    "newsletter": ["Newsletter abonnieren", "Abonnez-vous à notre newsletter", "立即订阅"],
    "reading-time": ["مدة القراءة 3 دقائق"],
    "date": ["Publié le 3 mars 2025"],
}  # fmt: skip
NEWS = [
    "READ MORE BOOKS, TEACHER SAYS", "More from the boat than from the quay",
    "Reporting by the paper led to his arrest.",
    "She showed him the photo: a ferry at dawn.",
    "Contact with the ferry was lost at noon.",
    "相关新闻报道说，渡轮停航。", "订阅人数在去年增长。",
    "Listen to the engine, she said.", "This article is more than a list of names.",
]  # fmt: skip


@pytest.mark.parametrize(("rule", "line"), [(r, x) for r, xs in LINES.items() for x in xs])
def test_a_line_that_came_along_is_named(rule: str, line: str):
    assert furniture(line) == rule


@pytest.mark.parametrize("line", NEWS)
def test_a_line_of_news_stays(line: str):
    assert furniture(line) == ""


def test_a_rate_below_the_last_sentence_is_the_players():
    assert in_lines(["The ferry sails again on Monday.", "1.5x"]) == ["", "player"]
    assert in_lines(["1.5x", "The ferry sails again on Monday."]) == ["", ""]


def test_titles_under_a_label_are_related_and_a_heading_is_not():
    article = plain(
        "Ferry to sail again" + BODY + "SEE ALSO\nCrew count the eels again\nWho pays\n"
        "The town will pay for the engine, the council said.\n"
    )
    assert [b.text for b in article.removed] == ["SEE ALSO", "Crew count the eels again"]
    assert any(b.role is Role.HEADING for b in article.blocks)


def test_notes_below_the_last_line_are_taken_out_by_name():
    notes = (
        "<p>Kim Lee is a reporter for the Post. Follow her on X at @kimlee</p>"
        "<p>(This article first appeared in the print edition.)</p>"
        "<p>Do you have a story? Email news@post.example</p>"
    )
    article = read(f"<article><h1>Ferry sails</h1>{P}{Q}{notes}</article>")
    assert [b.reason for b in article.removed] == ["author-note", "print-note", "contact-note"]
    assert endnote("Kim Lee is a reporter who was held for nine days in 2012.") == ""


def test_an_article_on_html_without_h1_keeps_what_stands_beside_it():
    article = read(
        "<article><h2 class=headline>Ferry to sail again</h2><ul class=summary><li>It sails at six"
        f" o'clock</li><li>It is full of eels</li></ul>{P}<blockquote class=pull-quote>home again "
        f"in time for supper</blockquote>{Q}<aside class=factbox><p>Built in 1904 of oak.</p>"
        f"</aside>{P.replace('Tuesday', 'Friday')}</article>"
    )
    assert article.headline == "Ferry to sail again"
    assert len(article.key_points) == 2
    assert [b.reason for b in article.removed] == ["repeated"]
    assert any(b.text.startswith("Built in 1904") for b in article.kept)
