"""Naming: a recording that is kept is a file called like its article."""

import re
from urllib.parse import unquote

import pytest

from aloud.serve.media import Media
from aloud.serve.naming import download

NAME = "f" * 64 + ".m4a"


@pytest.fixture
def media(tmp_path):
    (tmp_path / NAME).write_bytes(b"sound" * 100)
    made = Media(lambda name: tmp_path / name)
    yield made
    made.close()


def called(answer):
    """The names in a Content-Disposition: for older programs, and for browsers."""
    said = answer.headers["content-disposition"]
    found = re.fullmatch(r"attachment; filename=\"([ -~]*)\"; filename\*=UTF-8''(\S+)", said)
    assert found, said
    return found[1], unquote(found[2], errors="strict")


@pytest.mark.parametrize(
    ("title", "plain", "name"),
    [
        ("The harbour opens", "The harbour opens.m4a", "The harbour opens.m4a"),
        ("Größe zählt", "Gr__e z_hlt.m4a", "Größe zählt.m4a"),
        ("港が開く", "____.m4a", "港が開く.m4a"),
        ('Is "it" over? Yes/no', "Is it over Yes no.m4a", "Is it over Yes no.m4a"),
        ("..\\..\\etc\\passwd", "etc passwd.m4a", "etc passwd.m4a"),
        ("100% & more; a+b=c", "100_ & more_ a+b=c.m4a", "100% & more; a+b=c.m4a"),
        ("setup.exe", "setup.exe.m4a", "setup.exe.m4a"),
        ("x" * 500, "x" * 80 + ".m4a", "x" * 80 + ".m4a"),
        ("a\r\nset-cookie: b", "a set-cookie b.m4a", "a set-cookie b.m4a"),
        ("gpj.\u202eexe", "gpj. exe.m4a", "gpj. exe.m4a"),
    ],
)
def test_a_recording_is_kept_under_the_name_of_its_article(media, ask, title, plain, name):
    answer = ask(media, download(f"/media/{NAME}", title))
    assert answer.status == 200
    assert called(answer) == (plain, name)
    assert answer.body == b"sound" * 100


def test_a_name_changes_nothing_of_a_range_or_of_a_recording_that_is_there(media, ask):
    url = download(f"/media/{NAME}", "The harbour opens")
    part = ask(media, url, headers={"Range": "bytes=0-1"})
    assert (part.status, part.body, part.headers["content-range"]) == (206, b"so", "bytes 0-1/500")
    there = ask(media, url, headers={"If-None-Match": part.headers["etag"]})
    assert there.status == 304


@pytest.mark.parametrize(
    "query", ["", "?name=", "?name=%00", "?other=x", "?name=%ff%fe%2f", "?;&=&"]
)
def test_without_a_name_it_is_played_where_it_is(media, ask, query):
    answer = ask(media, f"/media/{NAME}{query}")
    assert answer.status == 200
    assert answer.headers["content-disposition"].isascii()


def test_an_article_without_a_headline_is_named_by_its_content():
    assert download(f"/media/{NAME}", " / ") == f"/media/{NAME}"
