"""The whole task, as a listener does it: by keyboard alone, on a telephone, and with the first
page that Aloud has to get right."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.slow

ARTICLE = (
    "The bridge is open again\n\n"
    "After two years of work the old bridge carries trains again, and the town came to see.\n\n"
    "The first train crossed at noon. Some had waited since the morning, with flags and soup."
)
TABS = 60  # presses until a test gives up looking for something


def tab_to(page: Page, name: str) -> None:
    """Press Tab until what is called so has the focus."""
    for _ in range(TABS):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            """() => { const at = document.activeElement;
              const label = at.labels?.[0]?.textContent ?? "";
              return at.getAttribute("aria-label") || label || at.textContent || at.title; }"""
        )
        if re.fullmatch(name, " ".join(focused.split())):
            return
    pytest.fail(f"no Tab leads to {name}")


def test_an_article_is_added_and_heard_by_keyboard_alone(page: Page) -> None:
    page.goto("/")
    tab_to(page, "A text or a file instead")
    page.keyboard.press("Enter")
    tab_to(page, "Title")
    page.keyboard.type("A bridge")
    tab_to(page, "Text")
    page.keyboard.type(ARTICLE)
    tab_to(page, "Add")
    page.keyboard.press("Enter")
    page.wait_for_url("**/articles/*")
    expect(page.locator("h1")).to_have_text("A bridge")
    tab_to(page, "Play")
    page.keyboard.press("Space")
    page.wait_for_function("() => document.querySelector('aloud-player').player.source.token() > 2")
    speed = page.evaluate("document.querySelector('aloud-player').player.source.wpm")
    page.keyboard.press(">")
    assert page.evaluate("document.querySelector('aloud-player').player.source.wpm") == speed + 10
    page.keyboard.press("k")
    assert page.evaluate("document.querySelector('aloud-player').player.source.playing") is False


def test_the_seed_is_shown_and_spoken_without_its_furniture(
    page: Page, site_house: Any, corpora: Path
) -> None:
    text = (corpora / "seed.txt").read_text("utf-8")
    id = site_house.ready(site_house.post(text=text))
    found = site_house.article(id)
    blocks = found["reading"]["blocks"]
    removed = [block["text"] for block in blocks if block["state"] == "removed"]
    kept = [block for block in blocks if block["state"] != "removed"]
    assert (len(removed), found["reading_minutes"], found["reading"]["comment_count"]) == (16, 2, 1)
    site_house.http.put("/api/preferences", json={"wpm": 200})
    page.goto(f"/articles/{id}")
    expect(page.locator("h1")).to_have_text(found["headline"])
    lines = page.locator("[data-block]").all_text_contents()
    assert sorted(line.strip() for line in lines) == sorted(block["text"] for block in kept)
    shown = page.locator("main").inner_text()
    for point in found["reading"]["key_points"]:
        assert point in shown
    told = r"2 min read\W+1:[0-5]\d listen at 1\.00×\W+1 comment\b"
    assert re.search(told, " ".join(shown.split()))
    for line in ("Advertisement", "Select Voice", "Choose your listening speed", "Reading Time"):
        assert line not in lines
    page.get_by_text("Why you can trust this").click()
    assert "4 advertisements" in page.locator("main").inner_text()
    # What is said is made of the blocks that are spoken, and of nothing else.
    site_house.http.get(f"/api/articles/{id}/live").raise_for_status()  # there is a script by then
    script = site_house.http.get(f"/api/articles/{id}/script.json").json()
    spoken = {block["id"] for block in blocks if block["state"] == "spoken"}
    assert {utterance["block"] for utterance in script["utterances"]} == spoken
