"""The listening page: the whole text as it is read and heard, and what it says while it waits."""

import gzip
import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from aloud import pace
from aloud.serve.pages import assets
from aloud.serve.pages.joined import joined

pytestmark = pytest.mark.slow

STATIC = Path(assets.__file__).parent / "static"
MOST_OF_A_PAGE, MOST_OF_THE_PLAYER = 30_000, 15_000  # bytes of gzip
PLAYING = "() => document.querySelector('aloud-player').player?.source.playing"
SAYS_ITS_STATUS = """new MutationObserver(() => {
  const said = document.querySelector("aloud-player [role=status]")?.textContent;
  if (said) console.info(said);
}).observe(document, { subtree: true, childList: true });"""
HTML = """<html lang="en"><head><title>The ledger</title>
<meta property="og:site_name" content="The Courier"></head><body><article>
<h1>The ledger of the sea</h1>
<p>The harbour master keeps a ledger, and in it he writes what the water did each morning.</p>
<h3>What it holds</h3>
<p>Nobody had asked for the ledger until the storm took the wall; then everybody did.</p>
<blockquote><p>We had forgotten that someone was counting the days.</p></blockquote>
<ul><li>Salt on the window means wind from the west by noon.</li>
<li>A quiet gull means nothing at all, whatever they say.</li></ul>
<table><tr><th>Year</th><th>Boats</th></tr><tr><td>2024</td><td>31</td></tr>
<tr><td>2025</td><td>28</td></tr></table>
<pre>tide = base + swell
print(tide)</pre>
<h4>What is left of it</h4>
<p>It cost more than the town had, he says, and a part of it was never spent on anything.</p>
</article></body></html>"""


@pytest.fixture(scope="module")
def article(site_house: Any) -> str:
    site_house.http.put("/api/preferences", json={"wpm": 250})
    id: str = site_house.post(html=HTML, url="https://courier.example/ledger")
    return site_house.narrated(id)  # type: ignore[no-any-return]


def test_every_block_is_on_the_page_letter_by_letter_in_an_element_of_its_kind(
    page, site_house, article
):
    page.goto(f"/articles/{article}")
    kept = [b for b in site_house.article(article)["reading"]["blocks"] if b["state"] != "removed"]
    for block in kept:
        element = page.locator(f'[data-block="{block["id"]}"]')
        assert element.evaluate("element => element.textContent") == block["text"]
        assert element.get_attribute("lang") == "en"
        assert element.evaluate("element => element.closest('[dir]').dir") == "auto"
    kinds = page.evaluate(
        "() => [...document.querySelectorAll('[data-block]')].map(({tagName}) => tagName)"
    )
    assert set(kinds) == {"H1", "P", "H2", "SPAN", "TABLE", "PRE", "H3"}
    assert page.locator("blockquote > [data-block]").count() == 1
    assert page.locator("li > [data-block]").count() == 2
    assert page.locator(".text h2, .text h3").all_inner_texts() == [
        "What it holds",
        "What is left of it",
    ]


def test_the_listening_time_is_right_before_any_script_and_follows_the_speed(
    page, site_house, article
):
    made = site_house.article(article)["recordings"][0]
    seconds = made["duration"] / pace.rate_for(250, made["natural_wpm"])
    heard = pace.rate_for(250, made["natural_wpm"]) * made["natural_wpm"]
    html = site_house.http.get(f"/articles/{article}").text
    clock = f"{int(seconds // 60)}:{round(seconds % 60):02}"
    assert re.findall(r"<span data-listen>(.*?)</span>", html) == [clock]
    assert re.findall(r"data-speed[^>]*>(.*?)<", html) == [f"{heard / 200:.2f}×"]
    page.goto(f"/articles/{article}")
    page.get_by_role("button", name="Speed, voice and timers").click()
    page.get_by_role("button", name="2×", exact=True).click()
    expect(page.locator("[data-speed]")).to_have_text("2.00×")
    doubled = round(seconds * heard / 400)
    shown = page.locator("[data-listen]").inner_text().split(":")
    assert abs(int(shown[0]) * 60 + int(shown[1]) - doubled) <= 1
    site_house.http.put("/api/preferences", json={"wpm": 250})


def test_a_title_of_the_listeners_own_is_the_headline_and_the_other_one_is_heard_too(
    page, site_house, article
):
    site_house.http.patch(f"/api/articles/{article}", json={"title": "My ledger"})
    page.goto(f"/articles/{article}")
    assert page.locator("h1").inner_text() == "My ledger"
    assert page.locator("[data-block]").first.inner_text() == "The ledger of the sea"
    assert page.title() == "My ledger – Aloud"
    site_house.http.patch(f"/api/articles/{article}", json={"title": ""})


def test_the_word_that_is_spoken_is_never_behind_the_player(page, site_house):
    text = "\n\n".join(f"Paragraph {n} has a few words and no more." for n in range(16))
    id = site_house.narrated(site_house.post(title="Long", text=text))
    page.goto(f"/articles/{id}")
    page.get_by_role("button", name="Speed, voice and timers").click()
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function(PLAYING)
    for _ in range(12):
        page.keyboard.press("Shift+ArrowRight")
    page.wait_for_function(
        """() => { const [word] = CSS.highlights.get("aloud-word") ?? [];
        const { top } = document.querySelector("aloud-player").getBoundingClientRect();
        return word?.toString() === "few" && scrollY > 0 &&
          word.getBoundingClientRect().bottom < top; }"""
    )
    assert page.evaluate(PLAYING)


def test_an_article_that_was_not_read_yet_is_shown_as_soon_as_it_is(page, site_house):
    id = site_house.post(text="It is there now. It can be heard.", title="Soon", narrate=False)
    page.goto(f"/articles/{id}")
    expect(page.locator("h1")).to_have_text("Soon")
    expect(page.locator(".text p")).to_have_text("It is there now. It can be heard.")
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function(f"{PLAYING} && {PLAYING[6:].replace('playing', 'token()')} > 2")


def test_what_failed_says_why_and_what_to_do(page, site_house):
    id = site_house.post(html="<html><body><p>Sign in</p></body></html>", url="https://a.example/x")
    page.goto(f"/articles/{id}")
    alert = page.get_by_role("alert")
    alert.wait_for()
    failed = site_house.article(id)
    assert failed["narration"]["error"] in alert.inner_text()
    assert page.get_by_role("button", name="Try again").is_visible()
    assert page.get_by_role("link", name="Remove").get_attribute("href") == f"/articles/{id}/remove"


def test_asked_to_play_at_once_it_says_what_to_press_where_that_is_not_allowed(page, article):
    # Nothing may be asked of the page before it says so: being asked counts as a gesture.
    page.add_init_script(SAYS_ITS_STATUS)
    with page.expect_console_message(lambda said: said.text == "Press play to listen."):
        page.goto(f"/articles/{article}?play=1")
    assert not page.evaluate(PLAYING)


def test_choices_that_were_put_away_stay_so(page, article):
    page.goto(f"/articles/{article}")
    more = page.get_by_role("button", name="Speed, voice and timers")
    assert more.get_attribute("aria-expanded") == "false"
    more.click()
    assert page.get_by_label("Select voice").is_visible()
    page.reload()
    assert page.get_by_label("Select voice").is_visible()
    page.set_viewport_size({"width": 1280, "height": 900})
    more.click()
    page.reload()
    assert not page.get_by_label("Select voice").is_visible()


@pytest.mark.parametrize("width", [320, 390, 768, 1280, 1920])
def test_nothing_wraps_out_of_the_window_or_overlaps_in_the_bar(page, article, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"/articles/{article}")
    page.wait_for_function("() => document.querySelector('aloud-player').player?.source.sound")
    boxes = page.evaluate(
        """() => [...document.querySelectorAll("aloud-player .bar > *")].map((each) => {
        const { left, right } = each.getBoundingClientRect(); return [left, right]; })"""
    )
    assert all(before[1] <= after[0] for before, after in pairwise(boxes))
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_its_scripts_are_small():
    whole, player = assets.asset("article.js").packed, joined(STATIC, "player/aloud-player.js")
    print(f"page {len(whole)}, player {_gzip(player)} bytes of gzip")
    assert len(whole) <= MOST_OF_A_PAGE
    assert _gzip(player) <= MOST_OF_THE_PLAYER


def test_the_words_for_scripts_are_all_there(page: Page, article: str):
    page.goto(f"/articles/{article}")
    said = json.loads(page.locator("#said").inner_text())
    scripts = "".join(path.read_text() for path in (STATIC / "pages").glob("*.js"))
    asked = set(re.findall(r'said\(\s*"(\w+)"', scripts))
    assert asked <= set(said)


def _gzip(text: str) -> int:
    return len(gzip.compress(text.encode(), 9))
