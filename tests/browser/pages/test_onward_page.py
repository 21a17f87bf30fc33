"""Onward: the queue plays on by itself, in one document, also where nobody looks at it."""

import random
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.slow

PATIENCE = 60.0  # seconds
SOURCE = "() => document.querySelector('aloud-player').player.source"
# A tab in the background: no frames, and timers that come a minute late. The media clock, which is
# all that goes on there, is driven at 16 times its speed.
HIDDEN = """
for (const [name, value] of [["hidden", true], ["visibilityState", "hidden"]])
  Object.defineProperty(document, name, { get: () => value });
globalThis.requestAnimationFrame = () => 0;
const { setTimeout: later } = globalThis;
globalThis.setTimeout = (work, wait = 0, ...more) => later(work, Math.max(wait, 60_000), ...more);
const { set } = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "playbackRate");
const asked = new WeakMap();
Object.defineProperty(HTMLMediaElement.prototype, "playbackRate", {
  get() { return asked.get(this) ?? 1; },
  set(rate) { asked.set(this, rate); set.call(this, 16); },
});
"""
WORDS = "harbour ledger morning water stones window gull wind west town wall storm".split()  # noqa: SIM905


@pytest.fixture(autouse=True)
def preferences(site_house: Any) -> None:
    site_house.http.put("/api/preferences", json={"wpm": 400})


def queued(site_house: Any, *texts: str) -> list[str]:
    """Articles that are narrated and make up the queue."""
    posted = [site_house.post(title=f"Number {n}", text=text) for n, text in enumerate(texts)]
    ids = [site_house.narrated(id) for id in posted]
    site_house.http.put("/api/queue", json={"articles": ids})
    return ids


def queue(site_house: Any) -> list[str]:
    return [item["id"] for item in site_house.http.get("/api/queue").json()["items"]]


def until(page: Page, happened: Callable[[], bool], patience: float = PATIENCE) -> None:
    """Looked at from here: what a page's functions promise is not waited for."""
    deadline = time.monotonic() + patience
    while not happened():
        assert time.monotonic() < deadline, page.url
        page.wait_for_timeout(50)


def play(page: Page, id: str) -> None:
    page.goto(f"/articles/{id}?queue=1")
    page.get_by_role("button", name="Play", exact=True).click()


def test_the_queue_plays_on_to_its_end_and_what_was_heard_is_archived(page, site_house):
    ids = queued(site_house, "It ends soon. Now.", "So does this one.", "And the last.")
    play(page, ids[0])
    page.evaluate("globalThis.same = true")
    assert page.locator(".up-next").inner_text() == "Up next: Number 1"
    page.wait_for_url(f"**/articles/{ids[1]}?queue=1")
    expect(page.locator("h1")).to_have_text("Number 1")
    page.wait_for_url(f"**/articles/{ids[2]}?queue=1")
    assert page.title() == "Number 2 – Aloud"
    expect(page.locator(".toast")).to_have_text("That was all of your queue.")
    assert page.evaluate("globalThis.same"), "it is one document"
    assert queue(site_house) == []
    for id in ids:
        article = site_house.article(id)
        assert article["archived"]
        assert article["heard"]


def test_an_article_that_is_not_narrated_yet_is_heard_while_it_is(page, site_house):
    first, second = queued(site_house, "It ends soon.", "This one is next.")
    third = site_house.post(title="Fresh", text="It was sent a moment ago.", narrate=False)
    site_house.http.put("/api/queue", json={"articles": [first, third, second]})
    play(page, first)
    page.wait_for_url(f"**/articles/{third}?queue=1")
    page.wait_for_url(f"**/articles/{second}?queue=1")
    assert site_house.until(lambda: site_house.article(third)["heard"])


def test_what_cannot_be_heard_is_passed_over(context, site_house):
    first, second = queued(site_house, "It ends soon.", "This one is next.")
    html = "<html><body><p>Sign in</p></body></html>"
    known, unread = (
        site_house.post(html=html, url=f"https://a.example/{n}", narrate=n == 0) for n in range(2)
    )
    page = context.new_page()  # its console will name what cannot be heard
    page.goto(f"/articles/{known}")
    page.get_by_role("alert").wait_for()
    site_house.http.put("/api/queue", json={"articles": [first, known, unread, second]})
    play(page, first)
    page.wait_for_url(f"**/articles/{second}?queue=1")
    until(page, lambda: queue(site_house) == [known, unread])
    assert site_house.until(lambda: site_house.article(second)["heard"])


def test_the_keys_of_the_lock_screen_move_in_the_queue(page, site_house):
    long = "It goes on for a while. " * 20
    first, second = queued(site_house, long, long)
    play(page, first)
    page.wait_for_function(f"{SOURCE}.token() > 2")
    page.evaluate("document.querySelector('aloud-player').player.tell('next')")
    page.wait_for_url(f"**/articles/{second}?queue=1")
    page.wait_for_function(f"{SOURCE}.playing && {SOURCE[6:]}.token() > 2")
    page.evaluate("document.querySelector('aloud-player').player.tell('previous')")
    page.wait_for_url(f"**/articles/{first}?queue=1")
    page.go_back()
    expect(page.locator("h1")).to_have_text("Number 1")
    assert queue(site_house) == [first, second], "nothing was heard to its end"


def test_asleep_at_the_end_of_an_article_it_goes_no_further(page, site_house):
    first, second = queued(site_house, "It ends soon.", "This one waits.")
    page.goto(f"/articles/{first}?queue=1")
    page.get_by_role("button", name="Speed, voice and timers").click()
    page.get_by_label("Sleep timer").select_option("end")
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function(f"{SOURCE}.over")
    until(page, lambda: queue(site_house) == [second])
    assert site_house.until(lambda: site_house.article(first)["archived"])
    assert page.url.endswith(f"/articles/{first}?queue=1")


def in_the_background(page: Page, site_house: Any, words: int, seed: int) -> float:
    """Hear an article of so many words, chosen by chance, in a hidden tab, and the next one, both
    to their ends. Seconds of the first at the voice's own speed."""
    chance = random.Random(seed)
    sentences = [
        " ".join(chance.choices(WORDS, k=chance.randint(3, 17))).capitalize() + "."
        for _ in range(words // 10)
    ]
    paragraphs = [" ".join(sentences[i : i + 5]) for i in range(0, len(sentences), 5)]
    first = site_house.post(title="Long", text="\n\n".join(paragraphs))
    until(
        page,
        lambda: site_house.article(first)["narration"]["state"] == "done",
        PATIENCE + words / 10,
    )
    (second,) = queued(site_house, "It is heard after the other.")
    site_house.http.put("/api/queue", json={"articles": [first, second]})
    seconds: float = site_house.article(first)["recordings"][0]["duration"]
    page.add_init_script(HIDDEN)
    play(page, first)
    until(page, lambda: queue(site_house) == [], seconds / 16 * 2 + PATIENCE)
    assert page.url.endswith(f"/articles/{second}?queue=1")
    return seconds


def test_in_a_hidden_tab_an_article_is_heard_to_its_end_and_the_next_one_too(
    page, site_house, seed
):
    assert in_the_background(page, site_house, 150, seed) > 30


@pytest.mark.proof
def test_in_a_hidden_tab_an_hour_is_heard_to_its_end_and_the_next_article_too(
    page, site_house, seed
):
    seconds = in_the_background(page, site_house, 10_000, seed)
    print(f"{seconds / 60:.0f} minutes")
    assert seconds > 3600
