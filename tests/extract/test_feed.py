"""What a site has published lately, in whatever form it says so."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aloud.errors import ExtractError
from aloud.extract.feed import MOST_ITEMS, Feed, FeedItem, feed_links, read_feed
from aloud.page import Page

AT = "https://news.example/feeds/all.xml"
ATOM = "http://www.w3.org/2005/Atom"
RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'


def page(body: str | bytes, media_type: str = "application/xml", charset: str | None = None):
    data = body.encode() if isinstance(body, str) else body
    return Page(AT, data, media_type, charset, datetime(2026, 1, 1, tzinfo=UTC))


def read(body: str | bytes) -> Feed:
    return read_feed(page(body))


def rss(items: str, head: str = "<title>News</title>", version: str = "2.0") -> str:
    return f'<?xml version="1.0"?><rss version="{version}"><channel>{head}{items}</channel></rss>'


def items(*urls: str) -> str:
    return "".join(f"<item><link>{url}</link></item>" for url in urls)


def test_an_rss_feed_is_read():
    feed = read(
        rss(
            "<item><title>Tom &amp; Ann</title><link>https://news.example/a</link>"
            '<guid isPermaLink="false">7</guid><pubDate>Mon, 01 Jan 2024 10:00:00 +0100</pubDate>'
            "</item>",
            "<title>The News</title><link>https://news.example/</link><ttl>60</ttl>",
        )
    )
    item = FeedItem("7", "https://news.example/a", "Tom & Ann", datetime(2024, 1, 1, 9, tzinfo=UTC))
    assert feed == Feed("The News", "https://news.example/", (item,), ttl=3600.0)


def test_an_atom_feed_is_read():
    feed = read(
        f'<feed xmlns="{ATOM}" xml:base="/a/"><title>N</title><link href="/"/>'
        '<link rel="self" href="/feed"/><entry><id>tag:1</id><title type="html">A &lt;b>x&lt;/b>'
        '</title><link rel="alternate" href="story"/><link rel="enclosure" href="a.mp3"/>'
        "<updated>2024-01-01T10:00:00Z</updated></entry></feed>"
    )
    item = FeedItem(
        "tag:1", "https://news.example/a/story", "A x", datetime(2024, 1, 1, 10, tzinfo=UTC)
    )
    assert feed == Feed("N", "https://news.example/", (item,))


def test_a_json_feed_is_read():
    feed = read(
        json.dumps(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "title": "N",
                "home_page_url": "/",
                "items": [
                    {"id": 7, "url": "/a", "title": "A", "date_published": "2024-01-01T10:00:00Z"},
                    {"id": "8", "external_url": "https://b.example/"},
                    {"id": "9"},
                    "nonsense",
                ],
            }
        )
    )
    assert feed.link == "https://news.example/"
    assert [(i.guid, i.url, i.title) for i in feed.items] == [
        ("7", "https://news.example/a", "A"),
        ("8", "https://b.example/", ""),
    ]
    assert feed.skipped == 1


def test_no_half_character_comes_out_of_a_json_feed():
    item = r'{"id": "a\ud800\u0000", "url": "/a", "title": "A\ud800\u0000B"}'
    bad = r'{"id": "b", "url": "/\ud800"}'
    feed = read(f'{{"version": "https://jsonfeed.org/version/1", "items": [{item}, {bad}]}}')
    (kept,) = feed.items
    assert (kept.guid, kept.title) == ("a\ufffd", "A\ufffd B")


@pytest.mark.parametrize("version", ["0.91", "0.92", "0.93", "0.94", "2.0"])
def test_every_rss_since_the_first_is_read(version):
    assert len(read(rss(items("/a", "/b"), version=version)).items) == 2


def test_rss_of_the_rdf_family_is_read():
    feed = read(
        f"<rdf:RDF {RDF}><channel><title>N</title></channel>"
        '<item rdf:about="x"><title>A</title><link>/a</link></item></rdf:RDF>'
    )
    assert [i.url for i in feed.items] == ["https://news.example/a"]


def test_a_feed_with_a_doctype_and_entities_of_html_is_read():
    doctype = '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://x.example/rss.dtd">'
    text = rss("<item><title>Caf&eacute;&nbsp;news</title><link>/a</link></item>")
    feed = read(text.replace("?><rss", f"?>\n{doctype}\n<rss"))
    assert feed.items[0].title == "Café news"


def test_a_feed_in_another_charset_is_read():
    text = rss("<item><title>Ärger</title><link>/a</link></item>")
    text = text.replace('"1.0"?', '"1.0" encoding="iso-8859-1"?')
    assert read(text.encode("latin-1")).items[0].title == "Ärger"
    assert read(text.replace("iso-8859-1", "utf-16").encode("utf-16")).items[0].title == "Ärger"


def test_a_broken_feed_gives_what_it_has():
    whole = rss("<item><title>A & b</title><link>/a?x=1&y=2</link></item><item><link>/b")
    feed = read(whole[: whole.index("</channel")])
    assert [(i.title, i.url) for i in feed.items] == [("A & b", "https://news.example/a?x=1&y=2")]


def test_a_feed_without_items_is_a_feed():
    assert read(rss("")) == Feed("News", "", ())


def test_items_are_known_by_their_name_or_else_by_their_address():
    feed = read(rss(items("/a") + "<item><guid>https://b.example/</guid></item>"))
    assert [(i.guid, i.url) for i in feed.items] == [
        ("https://news.example/a", "https://news.example/a"),
        ("https://b.example/", "https://b.example/"),
    ]


def test_a_name_of_any_length_is_kept_short():
    guids = [
        read(rss(f"<item><guid>{'x' * 999}{end}</guid><link>/a</link></item>")).items[0].guid
        for end in "aab"
    ]
    assert guids[0] == guids[1] != guids[2]
    assert len(guids[0]) < 100


def test_an_item_without_an_address_to_fetch_is_skipped_and_counted():
    feed = read(
        rss(
            items("/a", "javascript:alert(1)", "file:///etc/passwd", "mailto:a@b.example", "")
            + items("http://[::1", "ftp://a.example/", "http://a.example:x/", "/" + "x" * 5000)
            + "<item><title>No link</title></item>"
        )
    )
    assert [i.url for i in feed.items] == ["https://news.example/a"]
    assert feed.skipped == 9


def test_an_item_that_is_named_twice_is_one():
    twice = "<item><guid>7</guid><link>/a</link></item><item><guid>7</guid><link>/b</link></item>"
    feed = read(rss(twice))
    assert [i.url for i in feed.items] == ["https://news.example/a"]
    assert feed.skipped == 1


def dated(url: str, date: str) -> str:
    return f"<item><link>{url}</link><pubDate>{date}</pubDate></item>"


def test_items_stand_newest_first_where_all_have_a_date_and_otherwise_as_they_came():
    old = dated("/old", "Mon, 01 Jan 2024 10:00:00 GMT")
    new = dated("/new", "Tue, 02 Jan 2024 10:00:00 GMT")
    assert [i.url[-3:] for i in read(rss(old + new)).items] == ["new", "old"]
    undated = dated("/bad", "yesterday")
    assert [i.url[-3:] for i in read(rss(old + undated + new)).items] == ["old", "bad", "new"]


def test_a_date_of_no_calendar_is_none():
    feed = read(rss(dated("/a", "Mon, 99 Foo 99999 99:99:99 GMT")))
    assert feed.items[0].published is None


def test_of_a_long_feed_the_newest_items_are_taken():
    dates = [f"2024-01-01T{n // 60 % 24:02}:{n % 60:02}:{n // 1440:02}Z" for n in range(700)]
    feed = read(rss("".join(dated(f"/{n}", date) for n, date in enumerate(dates))))
    assert len(feed.items) == MOST_ITEMS
    assert feed.items[0].url == "https://news.example/699"


@pytest.mark.parametrize("ttl", ["0", "-5", "soon", "", "9" * 40, "1.5"])
def test_a_time_to_live_that_means_nothing_is_none(ttl):
    assert read(rss("", f"<title>N</title><ttl>{ttl}</ttl>")).ttl is None


@pytest.mark.parametrize(
    "body",
    [
        "<!doctype html><title>News</title><p>One.",
        "One. Two.",
        "",
        "<a/>",
        "<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'/>",
        '{"version": "1"}',
        '{"version": ["https://jsonfeed.org/version/1"]}',
        "{" * 100_000,
        '{"a":' * 100_000,
        b"\x89PNG\r\n\x1a\n" + bytes(100),
    ],
)
def test_what_is_no_feed_is_told_with_advice(body):
    with pytest.raises(ExtractError) as failed:
        read(body)
    assert failed.value.hint
    assert failed.value.subject == AT


HOME = """<!doctype html><base href="/de/"><title>News</title>
<link rel="alternate" type="application/rss+xml" href="feed.xml">
<link rel="ALTERNATE home" type="Application/Atom+XML; charset=utf-8" href="https://b.example/atom">
<link rel="alternate" type="application/rss+xml" href="feed.xml#again">
<link rel="alternate" type="application/feed+json" href="/feed.json">
<link rel="alternate" hreflang="en" href="/en/">
<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">
<link rel="stylesheet" type="application/rss+xml" href="/style"><link><p>One."""


def test_a_web_page_names_its_feeds():
    assert feed_links(page(HOME, "text/html")) == (
        "https://news.example/de/feed.xml",
        "https://b.example/atom",
        "https://news.example/feed.json",
    )
    assert feed_links(page("", "text/html")) == feed_links(page("<p>One.", "text/html")) == ()


def test_a_page_given_for_a_feed_is_answered_with_its_feeds():
    with pytest.raises(ExtractError) as failed:
        read(HOME)
    assert "https://news.example/de/feed.xml https://b.example/atom" in failed.value.hint


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
SECRET = "a secret of this machine"


@pytest.mark.parametrize(
    "declared",
    [
        f'<!DOCTYPE rss [<!ENTITY l0 "ha">{LAUGHS}]>',
        f'<!-- a --><!DOCTYPE rss [<!ENTITY l0 "ha">{LAUGHS}]>',
        f'\n<!DOCTYPE rss [\n<!ENTITY l0 "ha">\n{LAUGHS}\n]>\n',
        f'<!DOCTYPE a []><!DOCTYPE rss [<!ENTITY l0 "ha">{LAUGHS}]>',
        f'<!DOCTYPE rss [<!ENTITY b "]>"><!ENTITY l0 "ha">{LAUGHS}]>',
        f'<!DOCTYPE rss [<?a ]> ?><!ENTITY l0 "ha">{LAUGHS}]>',
        f'<!DOCTYPE rss [<!-- ]> --><!ENTITY l0 "ha">{LAUGHS}]>',
        f'<!doctype rss [<!ENTITY l0 "ha">{LAUGHS}]>',
        f'<!DOCTYPE rss SYSTEM "a>b" [<!ENTITY l0 "ha">{LAUGHS}]>',
    ],
)
@pytest.mark.parametrize("charset", ["utf-8", "utf-16"])
def test_no_entity_grows(declared, charset):
    text = rss("<item><title>&l9;</title><link>/a</link></item>").replace("?><", f"?>{declared}<")
    try:
        feed = read(text.encode(charset))
    except ExtractError:
        return
    assert sum(len(item.title) for item in feed.items) < 1000


def test_no_feed_reads_a_file_or_an_address(tmp_path):
    # The guard of all tests fails this one if anything is asked of the network.
    (tmp_path / "secret").write_text(SECRET)
    for where in (f"file://{tmp_path}/secret", str(tmp_path / "secret"), "http://x.example/"):
        for declared in (
            f'<!DOCTYPE rss [<!ENTITY e SYSTEM "{where}">]>',
            f'<!DOCTYPE rss [<!ENTITY % e SYSTEM "{where}">%e;]>',
            f'<!DOCTYPE rss SYSTEM "{where}">',
        ):
            text = rss("<item><title>A &e;</title><link>/a</link></item>")
            feed = read(text.replace("?><", f"?>{declared}<"))
            assert SECRET not in str(feed)
    with pytest.raises(ExtractError):
        read(str(tmp_path / "secret"))


@pytest.mark.parametrize(
    "body",
    [rss("<item>" * 300_000), "<" * 300_000, rss("<item><title>" + "x" * 5_000_000)],
)
def test_a_feed_of_more_than_can_be_read_in_seconds_is_refused(body):
    with pytest.raises(ExtractError, match="more than"):
        read(body)


_PIECES = """
    <rss version="2.0"> <channel> <item> </item> <link> </link> <title> &amp; & < > ]]> <![CDATA[
    <!-- --> <?xml <!DOCTYPE [ ]> <feed xmlns="http://www.w3.org/2005/Atom"> <entry> /a <guid> { }
    <pubDate>Mon </channel></rss> é \x00 http://[ <content type="xhtml"> <div xmlns="x"> "
"""
PIECES = st.sampled_from(_PIECES.split())


@given(st.lists(PIECES, max_size=30).map("".join))
def test_any_text_is_a_feed_or_an_error_of_ours(text):
    try:
        feed = read(text)
    except ExtractError:
        return
    assert all(item.url.startswith("http") and item.guid for item in feed.items)
