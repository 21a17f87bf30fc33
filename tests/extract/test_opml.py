"""Lists of feeds, as feed readers exchange them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aloud.errors import ExtractError
from aloud.extract.opml import MOST_FEEDS, read_opml, write_opml

LIST = b"""<?xml version="1.0" encoding="UTF-8"?>
<opml version="1.0"><head><title>Mine</title></head><body>
  <outline text="World">
    <outline type="rss" text="The News" title="The  News &amp; more"
      xmlUrl="https://news.example/feed" htmlUrl="/"/>
    <outline text="Deeper"><outline text="B" xmlurl=" http://b.example/feed "/></outline>
  </outline>
  <outline type="rss" xmlUrl="https://c.example/feed"/>
  <outline type="rss" text="Again" xmlUrl="https://news.example/feed"/>
  <outline text="Script" xmlUrl="javascript:alert(1)"/><outline text="File" xmlUrl="file:///etc"/>
  <outline text="Odd" xmlUrl="http://[::1"/><outline text="None" xmlUrl="http://"/>
  <outline type="link" text="No feed" url="https://d.example/"/>
</body></opml>"""


def test_the_feeds_of_a_list_are_read_through_all_folders_each_once():
    assert read_opml(LIST) == (
        ("https://news.example/feed", "The News & more"),
        ("http://b.example/feed", "B"),
        ("https://c.example/feed", ""),
    )


def test_a_list_in_another_charset_is_read():
    text = (
        '<?xml version="1.0" encoding="iso-8859-1"?>'
        '<opml><body><outline text="Ä" xmlUrl="http://a.example/"/></body></opml>'
    )
    assert read_opml(text.encode("latin-1")) == (("http://a.example/", "Ä"),)


URLS = st.from_regex(r"https?://[a-z]{1,9}\.example/[a-z0-9?&=%+]{0,20}", fullmatch=True)
TITLES = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), max_size=40)


@given(st.lists(st.tuples(URLS, TITLES), max_size=20, unique_by=lambda feed: feed[0]))
def test_what_is_written_is_read_again(feeds):
    named = [(url, " ".join(title.split())) for url, title in feeds]
    read = read_opml(write_opml(named))
    assert [url for url, _ in read] == [url for url, _ in feeds]
    assert write_opml(read) == write_opml(named)


def test_a_title_that_no_file_could_hold_is_written_without_what_breaks_it():
    written = write_opml([("https://a.example/", "A\x00B\ud800")])
    assert read_opml(written) == (("https://a.example/", "A B\ufffd"),)


def nested(depth: int) -> bytes:
    feed = b'<outline xmlUrl="http://a.example/"/>'
    return b"<opml><body>" + b"<outline>" * depth + feed + b"</outline>" * depth + b"</body></opml>"


def many(count: int) -> bytes:
    feeds = "".join(f'<outline xmlUrl="http://a.example/{n}"/>' for n in range(count))
    return f"<opml><body>{feeds}</body></opml>".encode()


def test_folders_may_be_deep_and_lists_long():
    assert read_opml(nested(40)) == (("http://a.example/", ""),)
    assert len(read_opml(many(MOST_FEEDS))) == MOST_FEEDS


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"One. Two.",
        b"<!doctype html><title>News</title>",
        b"<rss version='2.0'><channel/></rss>",
        b"<opml><body>",
        b'<?xml version="1.0" encoding="nonsense"?><opml/>',
        nested(60),
        nested(100_000),
        many(MOST_FEEDS + 1),
        b"<opml>" + b" " * 5_000_000 + b"</opml>",
        f'<!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}]><opml>&l9;</opml>'.encode(),
        b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><opml>&e;</opml>',
    ],
    ids=lambda data: ascii(data[:20]),
)
def test_what_is_no_list_is_refused_with_advice(data):
    with pytest.raises(ExtractError) as failed:
        read_opml(data, "mine.opml")
    assert failed.value.hint
    assert failed.value.subject == "mine.opml"
