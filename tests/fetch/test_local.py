"""Files and standard input."""

import io
import os
import stat
import subprocess
import sys
from datetime import timedelta

import pytest

from aloud.errors import FetchError, TooLarge, UsageError
from aloud.fetch import fetch
from aloud.settings import Settings

SETTINGS = Settings()


def test_a_file_becomes_a_page(tmp_path):
    file = tmp_path / "a page.html"
    file.write_bytes(b"One.")
    page = fetch(str(file), SETTINGS)
    assert (page.body, page.media_type, page.charset) == (b"One.", "text/html", None)
    assert page.url == file.as_uri()
    assert page.fetched.utcoffset() == timedelta(0)


def test_a_file_url_names_the_same_file_as_its_path(tmp_path):
    file = tmp_path / "Grüße 100%.txt"
    file.write_bytes(b"One.")
    url = fetch(str(file), SETTINGS).url
    assert fetch(url, SETTINGS).url == url
    assert fetch(url.replace("file://", "file://localhost"), SETTINGS).body == b"One."


def test_a_file_is_found_from_the_folder_we_are_in(tmp_path, monkeypatch):
    (tmp_path / "one").write_bytes(b"<p>One.")
    monkeypatch.chdir(tmp_path)
    page = fetch("one", SETTINGS)
    assert (page.url, page.media_type) == ((tmp_path / "one").as_uri(), "text/html")


@pytest.mark.parametrize(
    ("name", "body", "media_type"),
    [
        ("a.md", b"# One", "text/markdown"),
        ("a.txt", b"<p> is a tag", "text/plain"),
        ("a.html", b"%PDF-1.4", "application/pdf"),
        ("a", b"One.", "text/plain"),
        ("a.bin", b"\x00\x01", "application/octet-stream"),
        ("a.HTM", "One.".encode("utf-16"), "text/html"),
    ],
)
def test_a_file_is_what_its_bytes_and_then_its_name_say(tmp_path, name, body, media_type):
    (tmp_path / name).write_bytes(body)
    assert fetch(str(tmp_path / name), SETTINGS).media_type == media_type


def test_the_charset_asked_for_overrides_the_mark(tmp_path):
    (tmp_path / "a").write_bytes(b"\xef\xbb\xbfOne.")
    assert fetch(str(tmp_path / "a"), SETTINGS).charset == "utf-8"
    assert fetch(str(tmp_path / "a"), SETTINGS, charset="cp1252").charset == "cp1252"


def test_a_charset_that_does_not_exist_is_told_before_anything_is_read():
    with pytest.raises(UsageError):
        fetch("no such file", SETTINGS, charset="utf-9")


@pytest.mark.parametrize("source", ["missing.html", "no/such/file", "a\0b", "x" * 5000, "", "  "])
def test_a_file_that_cannot_be_there_is_told(source):
    with pytest.raises(FetchError) as failed:
        fetch(source, SETTINGS)
    assert failed.value.hint
    assert "did you mean" not in failed.value.hint


@pytest.mark.parametrize(
    "source",
    ["example.com/page", "example.com", "news.example.co.uk/a?b=c", "localhost:8000/a.html"],
)
def test_an_address_without_its_scheme_is_guessed(source):
    with pytest.raises(FetchError) as failed:
        fetch(source, SETTINGS)
    assert failed.value.hint == f"did you mean https://{source} ?"


@pytest.mark.parametrize("source", ["ftp://example.com/a", "gopher://a/", "s3://bucket/key"])
def test_other_schemes_are_refused(source):
    with pytest.raises(FetchError, match="cannot be fetched"):
        fetch(source, SETTINGS)


@pytest.mark.parametrize("source", ["file://elsewhere/etc/hostname", "file:relative", "file://[/a"])
def test_a_file_url_names_a_file_on_this_machine_by_its_whole_path(source):
    with pytest.raises(FetchError) as failed:
        fetch(source, SETTINGS)
    assert failed.value.hint


def test_a_folder_is_told(tmp_path):
    with pytest.raises(FetchError, match="folder"):
        fetch(str(tmp_path), SETTINGS)


def test_a_pipe_or_a_device_is_not_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for source in (str(tmp_path / "pipe"), os.devnull):
        with pytest.raises(FetchError, match="device") as failed:
            fetch(source, SETTINGS)
        assert f"- < {source}" in failed.value.hint


def test_a_file_that_may_not_be_read_is_told(tmp_path, monkeypatch):
    (tmp_path / "a").write_bytes(b"One.")

    # The tests may run as root, whom no permission stops.
    def denied(self, *args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", denied)
    with pytest.raises(FetchError, match="may not be read") as failed:
        fetch(str(tmp_path / "a"), SETTINGS)
    assert isinstance(failed.value.__cause__, PermissionError)


def test_a_file_of_the_limit_is_read_and_one_byte_more_is_too_large(tmp_path):
    (tmp_path / "a").write_bytes(b"12345")
    assert fetch(str(tmp_path / "a"), Settings(fetch_max_bytes=5)).body == b"12345"
    with pytest.raises(TooLarge) as failed:
        fetch(str(tmp_path / "a"), Settings(fetch_max_bytes=4))
    assert failed.value.hint


def test_a_file_larger_than_it_says_is_read_to_one_byte_past_the_limit(tmp_path, monkeypatch):
    (tmp_path / "a").write_bytes(b"x" * 1_000_000)
    empty = os.stat_result((stat.S_IFREG | 0o644, *[0] * 9))
    monkeypatch.setattr("pathlib.Path.stat", lambda self, **how: empty)
    with pytest.raises(TooLarge):
        fetch(str(tmp_path / "a"), Settings(fetch_max_bytes=100_000))


class Endless(io.RawIOBase):
    taken = 0

    def readable(self):
        return True

    def read(self, size=-1):
        assert size > 0
        self.taken += size
        return b"x" * size


def test_standard_input_is_never_read_further_than_one_byte_past_the_limit():
    endless = Endless()
    with pytest.raises(TooLarge):
        fetch("-", Settings(fetch_max_bytes=100_000), stdin=endless)
    assert endless.taken == 100_001


def test_standard_input_becomes_a_page_without_an_address():
    page = fetch("-", SETTINGS, stdin=io.BytesIO(b"<!doctype html><p>One."))
    assert (page.url, page.media_type) == ("", "text/html")


def test_standard_input_may_be_empty():
    assert fetch("-", SETTINGS, stdin=io.BytesIO()).body == b""


def test_a_missing_or_closed_standard_input_is_told(monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(FetchError, match="no standard input"):
        fetch("-", SETTINGS)
    closed = io.BytesIO()
    closed.close()
    with pytest.raises(FetchError, match="cannot be read"):
        fetch("-", SETTINGS, stdin=closed)


def test_fetching_a_file_loads_no_http():
    code = (
        "import sys; from aloud.fetch import fetch; from aloud.settings import Settings;"
        f"fetch({__file__!r}, Settings());"
        "sys.exit(any(m in sys.modules for m in ('httpx', 'httpcore', 'ssl')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
