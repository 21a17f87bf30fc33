"""Pages over HTTP, from a site of our own on the loopback."""

import gzip
import pickle
import socket
import ssl
from dataclasses import replace
from datetime import timedelta

import httpcore
import pytest

from aloud import __version__
from aloud.errors import AddressRefused, FetchError, TooLarge
from aloud.fetch import fetch
from aloud.fetch.http import fetch_url
from aloud.settings import Settings


def raw(data: bytes):
    """An answer as it goes over the wire."""
    return lambda handler: handler.wfile.write(data)


def test_a_page_is_fetched(site, reply):
    site.pages["/a?b=c"] = reply(
        body="<p>Grüße".encode(),
        Content_Type="text/html; charset=UTF-8",
        ETag='"1"',
        Last_Modified="Mon, 01 Jan 2024 00:00:00 GMT",
    )
    page = fetch(f" {site.url('/a?b=c#part')}\n", site.settings)
    assert page.url == site.url("/a?b=c")
    assert page.body.decode() == "<p>Grüße"
    assert (page.media_type, page.charset) == ("text/html", "utf-8")
    assert (page.etag, page.last_modified) == ('"1"', "Mon, 01 Jan 2024 00:00:00 GMT")
    assert page.fetched.utcoffset() == timedelta(0)


def test_the_request_says_who_asks_and_sends_nothing_secret(site, reply):
    site.pages["/"] = reply(body=b"One.", Set_Cookie="a=b")
    fetch(site.url("/"), site.settings)
    fetch(site.url("/"), site.settings)
    headers = site.asked[1].headers
    assert headers["User-Agent"] == f"Aloud/{__version__}"
    assert headers["Host"] == site.place
    assert headers["Accept"].startswith("text/html")
    assert headers["Accept-Encoding"] == "gzip, deflate"
    assert headers["Cookie"] is headers["Authorization"] is headers["If-None-Match"] is None


def test_proxies_in_the_environment_are_not_asked(site, reply, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    site.pages["/"] = reply(body=b"One.")
    assert fetch(site.url("/"), site.settings).body == b"One."


def test_a_refused_address_gets_no_connection_and_an_allowed_one_gets_one(site, reply):
    site.pages["/"] = reply(body=b"One.")
    with pytest.raises(AddressRefused) as refused:
        fetch(site.url("/"), Settings())
    assert site.accepts == 0
    assert f"--allow {site.place}" in refused.value.hint
    fetch(site.url("/"), site.settings)
    assert site.accepts == 1


def test_a_redirect_to_a_refused_address_gets_no_connection(site, reply):
    other = f"http://localhost:{site.server_port}/"
    site.pages["/"] = reply(302, Location=other)
    with pytest.raises(AddressRefused):
        fetch(site.url("/"), replace(site.settings, fetch_allow=("127.0.0.1:1",)))
    assert site.accepts == 0
    site.pages["/"] = reply(302, Location="http://127.0.0.2:9/")
    with pytest.raises(AddressRefused, match="redirected from"):
        fetch(site.url("/"), site.settings)
    assert site.accepts == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed_to_the_pages_own_address(site, reply, status):
    site.pages["/old"] = reply(status, b"moved", Location="new#part")
    site.pages["/new"] = reply(body=b"One.")
    assert fetch(site.url("/old"), site.settings).url == site.url("/new")


def test_ten_redirects_are_followed_and_no_more(site, reply):
    for step in range(11):
        site.pages[f"/{step}"] = reply(302, Location=f"/{step + 1}")
    site.pages["/11"] = reply(body=b"One.")
    assert fetch(site.url("/1"), site.settings).body == b"One."
    with pytest.raises(FetchError, match="more than 10 times"):
        fetch(site.url("/0"), site.settings)


def test_redirects_in_a_circle_are_told_at_the_first_return(site, reply):
    site.pages["/a"] = reply(302, Location="/b")
    site.pages["/b"] = reply(302, Location="/a#again")
    with pytest.raises(FetchError, match="in a circle"):
        fetch(site.url("/a"), site.settings)
    assert site.accepts == 2


@pytest.mark.parametrize(
    ("location", "says"),
    [
        ("file:///etc/passwd", "file addresses cannot be fetched"),
        ("ftp://example.com/", "ftp addresses cannot be fetched"),
        ("javascript:alert(1)", "javascript addresses cannot be fetched"),
        ("http://a b/", "no usable host"),
        ("http://[::1", "not an address"),
        ("http://a:0/", "no usable host and port"),
        ("http://a:99999/", "no usable host and port"),
        ("http://me:secret@example.com/", "holds a name or a password"),
        ("", "redirects to nowhere"),
    ],
)
def test_a_redirect_must_lead_to_an_address(site, reply, location, says):
    site.pages["/"] = reply(302, Location=location)
    with pytest.raises(FetchError, match=says) as failed:
        fetch(site.url("/"), site.settings)
    assert "secret" not in repr(failed.value.__reduce__())


@pytest.mark.parametrize(
    "source", ["http://", "http:/example.com", "http://a b/", "http://[", "http://me:secret@a/"]
)
def test_an_address_that_is_none_is_told(source):
    with pytest.raises(FetchError) as failed:
        fetch(source, Settings(fetch_timeout=0.001))
    assert failed.value.hint
    assert "secret" not in str(failed.value)


def test_an_unchanged_page_is_the_previous_one_with_a_new_date(site, reply):
    site.pages["/"] = reply(body=b"One.", ETag='"1"', Last_Modified="yesterday")
    first = fetch(site.url("/"), site.settings)
    site.pages["/"] = reply(304)
    again = fetch(site.url("/"), site.settings, previous=first)
    assert site.asked[1].headers["If-None-Match"] == '"1"'
    assert site.asked[1].headers["If-Modified-Since"] == "yesterday"
    assert again == replace(first, fetched=again.fetched)
    assert again.fetched >= first.fetched


def test_a_changed_page_replaces_the_previous_one(site, reply):
    site.pages["/"] = reply(body=b"One.", ETag='"1"')
    first = fetch(site.url("/"), site.settings)
    site.pages["/"] = reply(body=b"Two.", ETag='"2"')
    assert fetch(site.url("/"), site.settings, previous=first).body == b"Two."


def test_a_tag_that_cannot_be_sent_back_is_left_out(site, reply):
    site.pages["/"] = reply(body=b"One.", ETag='"é"')
    first = fetch(site.url("/"), site.settings)
    assert fetch(site.url("/"), site.settings, previous=first).body == b"One."
    assert site.asked[1].headers["If-None-Match"] is None


def test_the_tag_of_a_page_is_shown_to_no_other_address(site, reply):
    site.pages["/page"] = reply(body=b"One.", ETag='"1"')
    first = fetch(site.url("/page"), site.settings)
    site.pages["/short"] = reply(302, Location="/page")
    site.pages["/page"] = reply(304)
    assert fetch(site.url("/short"), site.settings, previous=first).body == b"One."
    assert [h.headers["If-None-Match"] for h in site.asked] == [None, None, '"1"']


def test_not_modified_without_a_question_is_no_page(site, reply):
    site.pages["/"] = reply(304)
    with pytest.raises(FetchError, match="304"):
        fetch(site.url("/"), site.settings)


@pytest.mark.parametrize(
    ("status", "headers", "hint"),
    [
        (300, {}, "save the page"),
        (400, {}, "save the page"),
        (401, {}, "save the page"),
        (402, {}, "save the page"),
        (403, {}, "save the page"),
        (404, {}, "check the address"),
        (410, {}, "archive"),
        (429, {"Retry_After": "120"}, "after 120 seconds"),
        (429, {}, "later"),
        (500, {}, "not your doing"),
        (503, {"Retry_After": "Mon, 01 Jan 2029 00:00:00 GMT"}, "after Mon, 01 Jan 2029"),
        (206, {}, "save the page"),
    ],
)
def test_every_refusal_comes_with_advice(site, reply, status, headers, hint):
    site.pages["/"] = reply(status, b"no", **headers)
    with pytest.raises(FetchError, match=str(status)) as failed:
        fetch(site.url("/"), site.settings)
    assert hint in failed.value.hint
    assert failed.value.subject == site.url("/")
    assert str(pickle.loads(pickle.dumps(failed.value))) == str(failed.value)


@pytest.mark.parametrize("status", [200, 204])
def test_an_empty_page_is_a_page(site, reply, status):
    site.pages["/"] = reply(status)
    assert fetch(site.url("/"), site.settings).body == b""


def test_the_charset_asked_for_overrides_all(site, reply):
    site.pages["/"] = reply(body=b"\xef\xbb\xbfOne.", Content_Type="text/html; charset=latin-1")
    assert fetch(site.url("/"), site.settings).charset == "utf-8"
    assert fetch(site.url("/"), site.settings, charset="koi8-r").charset == "koi8-r"


def test_a_picture_is_a_page_too(site, reply):
    picture = b"\x89PNG\r\n\x1a\n\x00"
    site.pages["/"] = reply(body=picture, Content_Type="text/html")
    page = fetch(site.url("/"), site.settings)
    assert (page.body, page.media_type) == (picture, "image/png")


def test_a_packed_page_is_unpacked(site, reply):
    site.pages["/"] = reply(body=gzip.compress(b"<p>One.", mtime=0), Content_Encoding="gzip")
    page = fetch(site.url("/"), site.settings)
    assert (page.body, page.media_type) == (b"<p>One.", "text/html")


def test_a_bomb_is_too_large(site, reply):
    site.pages["/"] = reply(body=gzip.compress(bytes(20_000_000)), Content_Encoding="gzip")
    with pytest.raises(TooLarge) as failed:
        fetch(site.url("/"), replace(site.settings, fetch_max_bytes=1_000_000))
    assert failed.value.hint


def test_a_page_of_the_limit_is_fetched_and_one_byte_more_is_too_large(site, reply):
    five = replace(site.settings, fetch_max_bytes=5)
    site.pages["/5"] = reply(body=b"12345")
    site.pages["/6"] = reply(body=b"123456")
    site.pages["/unsaid"] = raw(b"HTTP/1.0 200 OK\r\n\r\n123456")
    assert fetch(site.url("/5"), five).body == b"12345"
    for path in ("/6", "/unsaid"):
        with pytest.raises(TooLarge):
            fetch(site.url(path), five)


def test_a_page_that_is_announced_too_large_is_not_read(site):
    site.pages["/"] = raw(b"HTTP/1.0 200 OK\r\nContent-Length: 99999999999\r\n\r\n")
    with pytest.raises(TooLarge):
        fetch(site.url("/"), site.settings)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nOne.",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nOne.\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"
        + gzip.compress(b"One. " * 9, mtime=0)[:-9],
        b"HTTP/1.1 200 OK\r\nContent-Length: 4",
        b"SSH-2.0-OpenSSH\r\n",
        b"",
    ],
)
def test_an_answer_that_is_not_whole_is_a_failure(site, answer):
    site.pages["/"] = raw(answer)
    with pytest.raises(FetchError) as failed:
        fetch(site.url("/"), site.settings)
    assert "try again" in failed.value.hint


@pytest.mark.parametrize(
    "start", [b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: "]
)
def test_a_page_that_drips_is_given_up_at_the_deadline(site, start):
    def drip(handler):
        handler.wfile.write(start)
        while not site.closing.wait(0.02):
            handler.wfile.write(b".")

    site.pages["/"] = drip
    with pytest.raises(FetchError, match=r"within 0\.3 seconds") as failed:
        fetch(site.url("/"), replace(site.settings, fetch_timeout=0.3))
    assert "ALOUD_FETCH_TIMEOUT" in failed.value.hint


def test_the_deadline_is_one_for_all_redirects(site, reply):
    # Each answer waits half the time there is: the third must not come.
    def slowly(target):
        def send(handler):
            site.closing.wait(0.2)
            reply(302, Location=target)(handler)

        return send

    for step in range(4):
        site.pages[f"/{step}"] = slowly(f"/{step + 1}")
    with pytest.raises(FetchError, match="within"):
        fetch(site.url("/0"), replace(site.settings, fetch_timeout=0.4))
    assert site.accepts <= 3


def test_a_refused_connection_is_told(site):
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))  # bound but not listening: nobody else can take the port
        place = f"127.0.0.1:{unheard.getsockname()[1]}"
        with pytest.raises(FetchError, match="connection refused") as failed:
            fetch(f"http://{place}/", Settings(fetch_allow=(place,)))
    assert failed.value.__cause__ is not None


def test_a_site_without_https_is_told(site):
    with pytest.raises(FetchError, match="no secure connection") as failed:
        fetch(site.url("/").replace("http:", "https:"), site.settings)
    assert "http address" in failed.value.hint


def test_a_certificate_that_does_not_fit_is_told(fake_network):
    class Impostor(httpcore.MockStream):
        def start_tls(self, ssl_context, server_hostname=None, timeout=None):
            error = ssl.SSLCertVerificationError("bad")
            error.verify_message = "Hostname mismatch"
            raise httpcore.ConnectError(error) from error

    class Network(fake_network):
        def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):
            return Impostor([])

    with pytest.raises(FetchError, match=r"cannot prove who it is \(Hostname mismatch\)"):
        fetch_url(
            "https://news.example/",
            Settings(),
            resolve=lambda host, port: ["93.184.215.14"],
            network=Network(),
        )
