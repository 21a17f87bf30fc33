"""The page of feeds: sites are followed by any address of theirs, and do what they are told."""

import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.slow

FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Harbour News</title>
<link>{site}/</link><item><title>Tides</title><link>{site}/tides</link></item></channel></rss>"""
FRONT = """<!doctype html><html lang="en"><head><title>Harbour News</title>
<link rel="alternate" type="application/rss+xml" href="/feed.xml"></head><body>News</body></html>"""
LIST = """<opml version="2.0"><body>
<outline type="rss" text="Tides" xmlUrl="{site}/tides.xml"/>
<outline type="rss" text="Winds" xmlUrl="{site}/winds.xml"/></body></opml>"""


class _Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        site = f"http://{self.headers['Host']}"
        bodies = {"/feed.xml": ("application/rss+xml", FEED), "/": ("text/html", FRONT)}
        kind, body = bodies.get(self.path, ("text/html", "<p>There is no feed here.</p>"))
        sent = body.format(site=site).encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the test says what matters."""


@pytest.fixture
def site(site_house, monkeypatch) -> Iterator[str]:
    """The address of a site that the service may fetch."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    host = f"127.0.0.1:{server.server_port}"
    allowing = replace(site_house.service.settings, fetch_allow=(host,))
    monkeypatch.setattr(site_house.service, "settings", allowing)
    yield f"http://{host}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def feeds(page, site_house, site) -> Page:
    """The page of feeds, with none on it."""
    for feed in followed(site_house):
        site_house.http.delete(f"/api/feeds/{feed['id']}")
    page.goto("/feeds")
    return page


def followed(site_house) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = site_house.http.get("/api/feeds").json()["feeds"]
    return found


def follow(page: Page, address: str) -> None:
    page.get_by_label("Address of a site or of its feed").fill(address)
    page.keyboard.press("Enter")


@pytest.mark.parametrize("path", ["/feed.xml", "/"])
def test_a_site_is_followed_by_its_feed_or_by_a_page_that_names_it(feeds, site_house, site, path):
    expect(feeds.get_by_role("heading", name="You follow no site yet")).to_be_visible()
    follow(feeds, f"{site}{path}")
    expect(feeds.locator(".feed")).to_contain_text("/feed.xml")
    assert [feed["url"] for feed in followed(site_house)] == [f"{site}/feed.xml"]


def test_what_is_no_feed_is_refused_with_advice(context, feeds, site, site_house):
    page = context.new_page()  # whose console tells of the refusal, as it should
    page.goto("/feeds")
    follow(page, f"{site}/nothing")
    expect(page.get_by_role("alert")).to_contain_text("give the address of an RSS")
    expect(page.get_by_label("Address of a site or of its feed")).to_have_value(f"{site}/nothing")
    follow(page, "nowhere")
    expect(page.get_by_role("alert").locator(".wrong")).to_be_visible()
    assert followed(site_house) == []


def test_the_same_feed_is_followed_once(context, feeds, site):
    page = context.new_page()
    page.goto("/feeds")
    follow(page, f"{site}/feed.xml")
    follow(page, site)
    expect(page.get_by_role("alert")).to_contain_text("followed already")
    expect(page.locator(".feed")).to_have_count(1)


def test_a_feed_rests_and_goes_on(feeds, site_house, site):
    follow(feeds, site)
    feeds.get_by_role("button", name="Rest").click()
    expect(feeds.locator(".feed .state")).to_contain_text("Resting")
    assert followed(site_house)[0]["paused"]
    feeds.get_by_role("button", name="Go on").click()
    expect(feeds.get_by_role("button", name="Rest")).to_be_focused()
    assert not followed(site_house)[0]["paused"]
    feeds.locator(".toast").get_by_role("button", name="Undo").click()
    expect(feeds.locator(".feed .state")).to_contain_text("Resting")


def test_a_feed_that_fails_says_why_and_when_it_is_tried_again(feeds, site_house, site):
    follow(feeds, site)
    expect(feeds.locator(".feed")).to_have_count(1)
    later = datetime.now(UTC) + timedelta(minutes=25)
    site_house.service.library.feeds.checked(
        followed(site_house)[0]["id"], next_check=later, failures=2, error="the site is away"
    )
    feeds.reload()
    state = feeds.locator(".feed .state")
    expect(state).to_contain_text("the site is away")
    expect(state).to_contain_text(re.compile("2 times in a row. Next try: in 2[45] minutes"))
    feeds.get_by_role("button", name="Ask now").click()
    expect(state).not_to_contain_text("in 2")
    assert datetime.fromisoformat(followed(site_house)[0]["next_check"]) < later


def test_a_feed_is_left_and_followed_again_by_undo(feeds, site_house, site):
    follow(feeds, f"{site}/feed.xml")
    feeds.get_by_role("button", name="Remove").click()
    expect(feeds.get_by_role("heading", name="You follow no site yet")).to_be_visible()
    assert followed(site_house) == []
    feeds.locator(".toast").get_by_role("button", name="Undo").click()
    expect(feeds.locator(".feed h2")).to_have_text("Harbour News")
    assert followed(site_house)[0]["url"] == f"{site}/feed.xml"


def test_a_list_comes_from_another_reader_and_goes_to_one(feeds, site_house, site):
    listed = {
        "name": "feeds.opml",
        "mimeType": "text/x-opml",
        "buffer": LIST.format(site=site).encode(),
    }
    for said in ("2 feeds came with the list.", "0 feeds came with the list. 2 were followed"):
        feeds.get_by_label("A list of feeds (OPML)").set_input_files(listed)
        feeds.get_by_role("button", name="Import").click()
        expect(feeds.get_by_role("status").first).to_contain_text(said)
    expect(feeds.locator(".feed h2")).to_have_text(["Tides", "Winds"])
    with feeds.expect_download() as download:
        feeds.get_by_role("link", name="Export these feeds").click()
    assert f"{site}/winds.xml" in download.value.path().read_text(encoding="utf-8")


def test_what_is_no_list_is_refused(context, feeds):
    page = context.new_page()
    page.goto("/feeds")
    picture = {"name": "x.opml", "mimeType": "text/x-opml", "buffer": b"<p>no list"}
    page.get_by_label("A list of feeds (OPML)").set_input_files(picture)
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_role("alert").locator(".wrong")).to_be_visible()
    expect(page.locator(".feed")).to_have_count(0)
    assert page.get_by_role("heading", name="You follow no site yet").is_visible()
