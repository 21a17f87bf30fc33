"""Trust: what one can hold an article to, and the say one has in what is read aloud."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.slow

SAMPLE = Path(__file__).parents[3] / "samples" / "harbour.html"
SOURCE = "() => document.querySelector('aloud-player').player.source"


@pytest.fixture(scope="module")
def article(site_house: Any) -> str:
    site_house.http.put("/api/preferences", json={"wpm": 400})
    text = SAMPLE.read_text(encoding="utf-8")
    id: str = site_house.post(html=text, url="https://courier.saltmere.example/harbour")
    site_house.http.get(f"/api/articles/{id}/live").raise_for_status()  # it is read by then
    return id


@pytest.fixture
def trust(page: Page, article: str) -> Page:
    page.goto(f"/articles/{article}")
    page.wait_for_function(f"{SOURCE}.sound")
    page.get_by_text("Why you can trust this").click()
    return page


def test_it_says_where_the_text_came_from_who_speaks_and_what_left_this_machine(trust):
    facts = trust.locator("#trust dl").inner_text()
    for said in (
        "The page as you saw it, sent",
        "The Saltmere Courier",
        "Marit Solane",
        "Free to read",
        "A synthetic voice",
        "No word of it left this machine",
    ):
        assert said in facts
    links = trust.locator("#trust dl a")
    assert links.count() == 5
    for link in links.all():
        assert link.get_attribute("rel") == "noreferrer"
        assert (link.get_attribute("href") or "").startswith("https://courier.saltmere.example/")


def test_an_address_that_is_none_of_the_web_is_no_link(page, site_house):
    html = """<html lang=en><head><script type="application/ld+json">{"@type": "NewsArticle",
    "headline": "A trap", "author": {"@type": "Person", "name": "A", "url": "javascript:alert(1)"},
    "publisher": {"@type": "Organization", "name": "P",
    "publishingPrinciples": "javascript:alert(2)", "ownershipFundingInfo": "data:text/html,x"}}
    </script></head><body><article><h1>A trap for those who click</h1><p>It was set on Monday, and
    nobody who came by all week had a mind to look at it twice.</p></article></body></html>"""
    id = site_house.narrated(site_house.post(html=html, url="https://trap.example/a"))
    page.goto(f"/articles/{id}")
    targets = page.evaluate("() => [...document.links].map(({ protocol }) => protocol)")
    assert set(targets) <= {"http:", "https:"}


def test_what_was_left_out_is_counted_by_its_reason_and_put_back_by_one_press(
    trust, site_house, article
):
    blocks = site_house.article(article)["reading"]["blocks"]
    ads = [block for block in blocks if block["reason"] == "advertisement"]
    group = trust.locator("#left-out-advertisement")
    assert group.locator("summary").inner_text() == f"{len(ads)} advertisements"
    group.locator("summary").click()
    group.get_by_role("button", name="Put back").first.click()
    expect(trust.locator(".toast")).to_contain_text("It is read aloud now.")
    assert trust.locator(f'[data-block="{ads[0]["id"]}"]').inner_text() == ads[0]["text"]
    assert trust.locator("#trust").get_attribute("open") is not None, "it stays unfolded"
    trust.get_by_role("button", name="Undo").click()
    expect(trust.locator(f'[data-block="{ads[0]["id"]}"]')).to_have_count(0)
    now = {block["id"]: block for block in site_house.article(article)["reading"]["blocks"]}
    assert now[ads[0]["id"]] == ads[0], "as if nothing had been chosen"


def test_a_paragraph_is_skipped_while_the_voice_goes_on(page, site_house, article):
    page.goto(f"/articles/{article}")
    page.wait_for_function(f"{SOURCE}.sound")
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function(f"{SOURCE}.token() > 3")
    assert not page.get_by_role("button", name="Do not read aloud").first.is_visible()
    page.get_by_label("Choose what is read").check()
    line = page.locator(".text p[data-block]").nth(2)
    id = line.get_attribute("data-block")
    page.locator(f'.choose[value="shown {id}"]').click()
    expect(page.locator(f'[data-block="{id}"][data-silent]')).to_have_count(1)
    page.wait_for_function(f"{SOURCE}.playing && {SOURCE[6:]}.sound && !{SOURCE[6:]}.waiting")
    tokens = page.evaluate(f"{SOURCE}.timeline.tokens")
    assert id not in {token["block"] for token in tokens}
    assert page.evaluate(f"{SOURCE}.token()") > 0, "where it was"
    assert page.evaluate("document.activeElement.value") == f"spoken {id}"
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(f'[data-block="{id}"][data-silent]')).to_have_count(0)


def test_without_a_script_the_same_buttons_are_forms(browser, site_house, article):
    context = browser.new_context(java_script_enabled=False, base_url=site_house.url)
    page = context.new_page()
    page.goto(f"/articles/{article}")
    page.get_by_text("Choose what is read").click()
    button = page.locator(".text .choose[value^=shown]").first
    id = (button.get_attribute("value") or "").removeprefix("shown ")
    button.click()
    assert page.url.endswith(f"/articles/{article}")
    assert page.locator(f'[data-block="{id}"][data-silent]').count() == 1
    site_house.http.delete(f"/api/articles/{article}/blocks/{id}")
    context.close()
