"""Offline: an article that is kept plays, seeks and highlights where there is no network."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from aloud.serve.pages import assets

pytestmark = pytest.mark.slow

PATIENCE = 60.0  # seconds
SOURCE = "() => document.querySelector('aloud-player').player.source"
TEXT = "\n\n".join(f"Paragraph {n} is kept. It is short, and there are others." for n in range(8))
LIT = "() => [...(CSS.highlights.get('aloud-word') ?? [])].map(String)[0]"


@pytest.fixture(scope="module")
def article(site_house: Any) -> str:
    id = site_house.post(title="For the plane", text=TEXT)
    return site_house.narrated(id)  # type: ignore[no-any-return]


@pytest.fixture
def kept(context: BrowserContext, article: str) -> Iterator[Page]:
    """A page on which the article was kept. What a browser says of a network that is not there is
    no error of ours."""
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"/articles/{article}")
    page.get_by_role("button", name="Keep for offline").click()
    page.get_by_role("button", name="Kept on this device").wait_for()
    yield page
    context.set_offline(False)
    assert errors == []


def until(page: Page, happened: Callable[[], bool]) -> None:
    """Looked at from here: what a page's functions promise is not waited for."""
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        page.wait_for_timeout(50)


def place_of(site_house: Any, article: str) -> str | None:
    """The block in which the service knows the listener to be."""
    place = site_house.http.get(f"/api/articles/{article}/place").json()
    return place["block"] if place else None


def test_a_kept_article_is_loaded_played_sought_and_lit_without_a_network(
    kept, context, site_house, article
):
    context.set_offline(True)
    kept.goto(f"/articles/{article}")
    assert kept.title() == "For the plane – Aloud"
    kept.get_by_role("button", name="Play", exact=True).click()
    kept.wait_for_function(f"{SOURCE}.token() > 3")
    assert kept.evaluate(f"{SOURCE}.sound.kind") == "finished"
    kept.keyboard.press("Shift+ArrowRight")
    kept.keyboard.press("Shift+ArrowRight")
    kept.wait_for_function(f"{SOURCE}.playing && !{SOURCE[6:]}.waiting")
    kept.wait_for_function(f"{LIT} === 'Paragraph'")
    kept.get_by_role("button", name="Pause").click()
    place = kept.evaluate(f"{SOURCE}.written()")
    kept.reload()
    kept.wait_for_function(f"{SOURCE}.sound")
    assert kept.evaluate(f"{SOURCE}.written()") == place
    assert place_of(site_house, article) != place["block"]
    context.set_offline(False)
    until(kept, lambda: place_of(site_house, article) == place["block"])


@pytest.mark.parametrize(
    ("asked", "status", "length", "said"),
    [
        ("bytes=0-1", 206, 2, "bytes 0-1/{size}"),
        ("bytes=100-", 206, -100, "bytes 100-{last}/{size}"),
        ("bytes=-5", 206, 5, "bytes {tail}-{last}/{size}"),
        ("bytes=99999999-", 416, 0, "bytes */{size}"),
    ],
)
def test_parts_of_a_kept_recording_are_cut_here(
    kept, context, site_house, article, asked, status, length, said
):
    made = site_house.article(article)["recordings"][0]
    size = made["byte_count"]
    context.set_offline(True)
    got = kept.evaluate(
        """async ([url, range]) => {
        const answer = await fetch(url, { headers: { Range: range } });
        const body = await answer.arrayBuffer();
        return [answer.status, body.byteLength, answer.headers.get("Content-Range")]; }""",
        [made["url"], asked],
    )
    range = said.format(size=size, last=size - 1, tail=size - 5)
    assert got == [status, length if length >= 0 else size + length, range]


def test_what_is_not_kept_leads_to_the_list_of_what_is_where_it_can_be_removed(
    kept, context, site_house, article
):
    other = site_house.post(title="Not kept", text="It stays where it is.", narrate=False)
    context.set_offline(True)
    kept.goto(f"/articles/{other}")
    expect(kept.locator("h1")).to_have_text("On this device")
    assert kept.locator("[data-kept] a").all_inner_texts() == ["For the plane"]
    kept.get_by_role("button", name="Remove from this device").click()
    expect(kept.locator("[data-kept] li")).to_have_count(0)
    assert kept.get_by_text("Nothing is kept here yet.").is_visible()


def test_a_device_without_room_says_so_and_keeps_nothing_by_half(context, article):
    page = context.new_page()
    page.goto(f"/articles/{article}")
    page.evaluate(
        """() => { Cache.prototype.put = async () => {
        throw new DOMException("full", "QuotaExceededError"); }; }"""
    )
    page.get_by_role("button", name="Keep for offline").click()
    expect(page.locator(".toast")).to_contain_text("There is no room left on this device.")
    page.get_by_role("button", name="Keep for offline").wait_for()
    assert not page.evaluate(f"() => caches.has('aloud-kept-{article}')")


def test_a_new_version_drops_the_files_of_the_old_one_and_keeps_the_articles(
    kept, context, article, monkeypatch
):
    old = f"aloud-shell-{assets.version()}"
    assert old in kept.evaluate("() => caches.keys()")
    monkeypatch.setattr(assets, "version", lambda: "another")
    kept.evaluate("async () => (await navigator.serviceWorker.ready).update()")
    until(kept, lambda: old not in kept.evaluate("() => caches.keys()"))
    assert "aloud-shell-another" in kept.evaluate("() => caches.keys()")
    # The page that is kept asks for files of the version that it was made by.
    context.set_offline(True)
    kept.goto(f"/articles/{article}")
    kept.wait_for_function(f"{SOURCE}.sound")
