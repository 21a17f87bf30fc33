"""Media types and charsets found in bytes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aloud.fetch.charset import charset_of, is_charset
from aloud.fetch.sniff import media_type

FTYP = b"\x00\x00\x00\x20ftyp"
MAGIC = [
    (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "image/png"),
    (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"),
    (b"GIF89a\x01\x00", "image/gif"),
    (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "image/webp"),
    (FTYP + b"avif", "image/avif"),
    (b"%PDF-1.7\n%\xe2\xe3", "application/pdf"),
    (b"PK\x03\x04\x14\x00", "application/zip"),
    (b"PK\x03\x04" + bytes(26) + b"mimetypeapplication/epub+zip", "application/epub+zip"),
    (b"\x1f\x8b\x08\x00", "application/gzip"),
    (b"ID3\x04\x00\x00", "audio/mpeg"),
    (b"\xff\xfb\x90\x64", "audio/mpeg"),
    (b"OggS\x00\x02", "audio/ogg"),
    (b"RIFF\x10\x00\x00\x00WAVEfmt ", "audio/wav"),
    (b"fLaC\x00", "audio/flac"),
    (FTYP + b"M4A ", "audio/mp4"),
    (FTYP + b"isom", "video/mp4"),
]
TEXTS = [
    (b"<!DOCTYPE html><title>One</title>", "text/html"),
    (b"\xef\xbb\xbf\r\n <!-- saved --> <!-- twice -->\n<HTML lang=en>", "text/html"),
    (b"<?xml version='1.0'?><!DOCTYPE html><html>", "text/html"),
    (b"<meta charset=utf-8>One.", "text/html"),
    (b"<div class=a>One.</div>", "text/html"),
    (b"<p>One.", "text/html"),
    (b"HTTP/1.1 200 OK\r\n\r\n<html>\r\n", "text/html"),
    (b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'>", "application/xhtml+xml"),
    (b"<?xml version='1.0'?><rss><channel/></rss>", "application/xml"),
    (b'{"aloud": "article", "version": 1}', "application/json"),
    (b'[{"a": 1}]', "application/json"),
    (b"One. Two.", "text/plain"),
    (b"[Update] Two. {Three}", "text/plain"),
    (b"ID3 is a tag. %PDF- is a mark. A <div> is a box.", "text/plain"),
    ("Grüße".encode("latin-1"), "text/plain"),
    (b"", "text/plain"),
    (b"\x00\x01\x02\x03", "application/octet-stream"),
]


@pytest.mark.parametrize(("body", "name"), MAGIC + TEXTS)
def test_the_type_is_found_where_the_sender_did_not_say(body, name):
    assert media_type(body) == name
    assert media_type(body, "application/octet-stream; x=y") == name
    assert media_type(body, "nonsense") == name


@pytest.mark.parametrize(("body", "name"), MAGIC)
def test_a_picture_or_a_recording_cannot_call_itself_a_page(body, name):
    assert media_type(body, "text/html; charset=utf-8") == name


@pytest.mark.parametrize(
    ("body", "declared", "name"),
    [
        (b"PK\x03\x04", "application/vnd.oasis.opendocument.text", None),
        (FTYP + b"isom", "audio/mp4", None),
        (b"<rss>", "application/rss+xml", None),
        (b"One.", "text/html", None),
        (b"# One", "text/markdown", None),
        (b"<p>One.", "text/plain", None),
        (b"\x89PNG\r\n\x1a\n", "image/jpeg", "image/png"),
        (b"PK\x03\x04", "application/pdf", "application/zip"),
        (b"<!doctype html><p>No picture", "image/jpeg", "text/html"),
        (b"<!doctype html><p>One.", "text/plain", "text/html"),
        (b"<html xmlns='http://www.w3.org/1999/xhtml'>", "text/xml", "application/xhtml+xml"),
    ],
)
def test_a_declared_type_stands_unless_the_bytes_contradict_it(body, declared, name):
    assert media_type(body, declared) == (name or declared)


@pytest.mark.parametrize("charset", ["utf-16", "utf-32"])
def test_text_in_wide_characters_is_text(charset):
    assert media_type("<!doctype html>Grüße".encode(charset), None, charset) == "text/html"
    assert media_type("Grüße".encode(charset), None, charset) == "text/plain"


@given(st.binary(max_size=3000), st.sampled_from([None, "text/html", "text/plain", "image/png"]))
def test_every_body_has_a_type(body, declared):
    kind, _, name = media_type(body, declared).partition("/")
    assert kind
    assert name


@pytest.mark.parametrize(
    "body", [b" " * 5000, b"<!---->" * 700 + b"X", b"<!-- " * 1000, b"<?xml " * 900]
)
def test_a_hostile_beginning_is_judged_at_once(body):
    assert media_type(body) in ("text/plain", "application/xml")


@pytest.mark.parametrize(
    ("body", "declared", "charset"),
    [
        (b"One.", "text/html", None),
        (b"One.", "text/html; charset=UTF-8", "utf-8"),
        (b"One.", "text/html;charset='windows-1252'; x=y", "windows-1252"),
        (b"One.", 'text/html; Charset = "Shift_JIS"', "shift_jis"),
        (b"One.", "text/html; charset=zlib", None),
        (b"One.", "text/html; charset=none", None),
        (b"\xef\xbb\xbfOne.", "text/html; charset=latin-1", "utf-8"),
        ("One.".encode("utf-16"), "", "utf-16"),
        (b"\xfe\xff\x00O", "", "utf-16"),
        ("One.".encode("utf-32"), "", "utf-32"),
    ],
)
def test_the_charset_is_the_byte_order_marks_or_the_declared_one(body, declared, charset):
    assert charset_of(body, declared) == charset


@given(st.text(max_size=12))
@settings(max_examples=30)  # Python looks for every unknown codec on disk
def test_any_name_may_be_asked_whether_it_is_a_charset(name):
    assert is_charset(name) in (True, False)
