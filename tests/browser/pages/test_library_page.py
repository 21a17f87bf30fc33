"""The library's page: what comes in, what is shown of it, and what a listener does with it."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

pytestmark = pytest.mark.slow

TEXT = "The ferry ran again.\nThe captain had waited for this since the spring.\nSo had the cats."
SLOW = 30_000.0  # milliseconds: what is made is looked at less and less often
_DROP = """([selector, name, type, body]) => {
  const data = new DataTransfer();
  if (name) data.items.add(new File([body], name, { type }));
  else data.setData("text/plain", body);
  for (const kind of ["dragover", "drop"])
    document.querySelector(selector).dispatchEvent(
      new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
}"""
_PASTE = """([selector, text]) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  document.querySelector(selector).dispatchEvent(
    new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


@pytest.fixture
def listed(site_house) -> Callable[..., str]:
    """``listed("The bridge", "One.")`` is the id of a text in the library, which is empty else."""
    site_house.http.get("/")  # whoever is greeted is greeted now
    for item in site_house.http.get("/api/articles").json()["items"]:
        site_house.http.delete(f"/api/articles/{item['id']}")
    return lambda title, text=TEXT, **more: site_house.post(title=title, text=text, **more)


def card(page: Page, title: str):
    return page.locator(".card").filter(has_text=title)


def titles(page: Page) -> list[str]:
    return page.locator(".card h2").all_inner_texts()


def toast(page: Page):
    return page.locator(".toast")


def test_at_the_first_visit_there_is_an_article_to_hear_and_never_again(page, site_house):
    page.goto("/")
    expect(page.locator(".card h2")).to_have_text(re.compile("Saltmere harbour to reopen"))
    id = page.locator(".card").get_attribute("data-id")
    site_house.narrated(id)
    expect(page.locator(".card .listen")).to_be_visible()
    site_house.http.delete(f"/api/articles/{id}")
    page.reload()
    expect(page.get_by_role("heading", name="Nothing to hear yet")).to_be_visible()


def test_an_address_is_added_without_its_scheme_and_can_be_taken_back(page, site_house, listed):
    page.goto("/")
    page.get_by_label("Address of an article").fill("nowhere.invalid/accord")
    page.keyboard.press("Enter")
    expect(toast(page)).to_contain_text("Added: nowhere.invalid/accord")
    expect(card(page, "nowhere.invalid/accord")).to_have_count(1)
    expect(page.get_by_label("Address of an article")).to_have_value("")
    (item,) = site_house.http.get("/api/articles").json()["items"]
    assert item["url"] == "https://nowhere.invalid/accord"
    toast(page).get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="Nothing to hear yet")).to_be_visible()
    assert site_house.until(lambda: site_house.http.get("/api/articles").json()["items"] == [])


def test_what_was_there_already_is_said_to_be(page, site_house, listed):
    site_house.post(url="https://nowhere.invalid/accord")
    page.goto("/")
    page.get_by_label("Address of an article").fill("nowhere.invalid/accord")
    page.keyboard.press("Enter")
    expect(toast(page)).to_contain_text("Already in your library: nowhere.invalid/accord")
    expect(toast(page).get_by_role("button")).to_have_count(0)
    assert len(titles(page)) == 1


def test_what_is_wrong_with_an_address_is_said_beside_it(context: BrowserContext, listed):
    page = context.new_page()  # whose console tells of the refusal, as it should
    page.goto("/")
    field = page.get_by_label("Address of an article")
    field.fill("https://me:it@news.example/")
    page.keyboard.press("Enter")
    expect(page.locator("#refused .wrong")).to_be_visible()
    assert field.input_value() == "https://me:it@news.example/"
    assert titles(page) == []


@pytest.mark.parametrize("selector", ["body", "#cards", "#add input[name=url]"])
def test_a_text_is_pasted_anywhere_but_into_a_field(page, site_house, listed, selector):
    page.goto("/")
    page.evaluate(_PASTE, [selector, TEXT])
    expect(toast(page)).to_contain_text("Added: The ferry ran again.")
    (item,) = site_house.http.get("/api/articles").json()["items"]
    assert item["source"] == "text"


def test_addresses_that_are_pasted_become_an_article_each(page, site_house, listed):
    page.goto("/")
    page.evaluate(_PASTE, ["main", "https://nowhere.invalid/1\nnowhere.invalid/2\n"])
    expect(toast(page)).to_contain_text("2 articles added")
    urls = {item["url"] for item in site_house.http.get("/api/articles").json()["items"]}
    assert urls == {"https://nowhere.invalid/1", "https://nowhere.invalid/2"}


def test_what_is_pasted_into_a_field_stays_there(page, site_house, listed):
    page.goto("/")
    page.evaluate(_PASTE, ["input[type=search]", TEXT])
    page.evaluate(_PASTE, ["#add input[name=url]", "https://nowhere.invalid/"])
    assert page.locator(".toast").is_hidden()
    assert site_house.http.get("/api/articles").json()["items"] == []


@pytest.mark.parametrize(
    ("name", "kind", "body"),
    [
        ("ferry.txt", "text/plain", TEXT),
        ("ferry.html", "text/html", f"<article><h1>Ferry</h1><p>{TEXT}</p></article>"),
        ("", "", "https://nowhere.invalid/dropped"),
    ],
)
def test_a_file_or_a_link_is_dropped_anywhere(page, site_house, listed, name, kind, body):
    page.goto("/")
    page.evaluate(_DROP, ["h1", name, kind, body])
    expect(toast(page)).to_contain_text(f"Added: {name or 'nowhere.invalid/dropped'}")
    (item,) = site_house.http.get("/api/articles").json()["items"]
    assert item["source"] == ("upload" if name else "url")


def test_a_card_shows_how_its_narration_comes_along(page, site_house, listed):
    page.goto("/")
    id = listed("A long night", "\n".join(f"{TEXT} Number {n}." for n in range(8)))
    page.reload()
    page.locator(".card h2 a").focus()
    site_house.narrated(id)
    expect(page.locator(".card progress")).to_have_count(0, timeout=SLOW)
    expect(page.locator(".card .facts")).to_contain_text(re.compile(r"\d:\d\d at 1×"))
    assert page.evaluate("document.activeElement.dataset.key") == "title"


def test_times_are_those_of_the_listeners_own_speed(page, site_house, listed):
    id = site_house.narrated(listed("A long night", f"{TEXT}\n" * 8))
    made = site_house.article(id)["recordings"][0]
    site_house.http.put("/api/preferences", json={"wpm": 250})
    page.goto("/")
    seconds = round(made["duration"] * made["natural_wpm"] / 250)
    shown = f"{seconds // 60}:{seconds % 60:02} at 1.25×"
    site_house.http.put("/api/preferences", json={})
    expect(page.locator(".card .facts")).to_contain_text(shown)


def test_a_card_shows_how_much_of_it_was_heard(page, site_house, listed):
    id = site_house.narrated(listed("Half way", "One two three.\nFour five six."))
    blocks = site_house.article(id)["reading"]["blocks"]
    place = {"block": blocks[-1]["id"], "start": 0}
    site_house.http.put(f"/api/articles/{id}/place", json=place)
    page.goto("/")
    expect(card(page, "Half way").locator(".state")).to_contain_text(re.compile(r"\d\d% heard"))
    expect(card(page, "Half way").get_by_role("link", name="Go on")).to_be_visible()


def test_what_failed_says_why_and_is_tried_again_or_removed(page, site_house, listed):
    id = site_house.post(url="http://127.0.0.1:9/refused")
    page.goto("/")
    expect(page.locator(".card .wrong")).to_contain_text("this machine")
    before = site_house.article(id)["narration"]["id"]
    page.get_by_role("button", name="Try again").click()
    assert site_house.until(lambda: site_house.article(id)["narration"]["id"] != before)
    expect(page.locator(".card .wrong")).to_contain_text("this machine")
    assert site_house.article(id)["narration"]["id"] != before
    page.get_by_role("link", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_role("heading", name="Nothing to hear yet")).to_be_visible()


def test_an_article_is_archived_and_comes_back_by_undo(page, site_house, listed):
    listed("The bridge")
    listed("The ferry")
    page.goto("/")
    card(page, "The ferry").get_by_role("button", name="Archive").click()
    expect(card(page, "The ferry")).to_have_count(0)
    assert page.evaluate("document.activeElement.innerText") == "The bridge"
    toast(page).get_by_role("button", name="Undo").click()
    expect(card(page, "The ferry")).to_have_count(1)
    assert titles(page) == ["The ferry", "The bridge"]


def test_the_archive_shows_what_is_in_it_and_gives_it_back(page, site_house, listed):
    id = listed("The bridge")
    page.goto("/?archived=1")
    expect(page.get_by_role("heading", name="The archive is empty")).to_be_visible()
    site_house.http.patch(f"/api/articles/{id}", json={"archived": True})
    page.reload()
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_role("heading", name="The archive is empty")).to_be_visible()
    assert site_house.until(lambda: not site_house.article(id)["archived"])


def test_an_article_is_removed_only_after_a_question(page, site_house, listed):
    id = listed("The bridge")
    page.goto("/")
    expect(page.locator(".card h2")).to_have_text("The bridge")
    page.locator(".more summary").click()
    page.get_by_role("link", name="Remove").click()
    dialog = page.get_by_role("dialog", name="Remove this article?")
    expect(dialog).to_contain_text("The bridge")
    dialog.get_by_role("button", name="Keep it").click()
    assert site_house.article(id)["title"] == ""
    page.get_by_role("link", name="Remove").click()
    dialog.get_by_role("button", name="Remove").click()
    expect(toast(page)).to_contain_text("Removed")
    assert site_house.until(lambda: site_house.http.get(f"/api/articles/{id}").status_code == 404)


def test_an_article_goes_into_the_queue_and_out_again(page, site_house, listed):
    id = listed("The bridge")
    page.goto("/")
    page.get_by_role("button", name="Queue").click()
    expect(page.get_by_role("button", name="In the queue")).to_be_focused()
    assert site_house.until(
        lambda: [each["id"] for each in site_house.http.get("/api/queue").json()["items"]] == [id]
    )
    toast(page).get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Queue", exact=False)).to_be_visible()
    expect(page.locator("[value=unqueue]")).to_have_count(0)
    assert site_house.until(lambda: site_house.http.get("/api/queue").json()["items"] == [])


def test_tags_are_given_taken_and_looked_through(page, site_house, listed):
    id = listed("The bridge")
    listed("The ferry", TEXT + " Twice.")
    page.goto("/")
    bridge = card(page, "The bridge")
    bridge.locator(".more summary").click()
    bridge.get_by_label("Tag", exact=True).fill("to discuss")
    page.keyboard.press("Enter")
    expect(bridge.locator(".about .chip")).to_have_text("to discuss")
    page.locator(".filter").get_by_role("link", name="to discuss").click()
    expect(page.locator(".card h2")).to_have_text(["The bridge"])
    bridge.locator(".more summary").click()
    bridge.get_by_role("button", name="Remove the tag to discuss").click()
    expect(page.get_by_role("heading", name="Nothing has this tag")).to_be_visible()
    toast(page).get_by_role("button", name="Undo").click()
    expect(page.locator(".card h2")).to_have_text(["The bridge"])
    assert site_house.until(lambda: site_house.article(id)["tags"] == ["to discuss"])


def test_a_search_finds_articles_and_marks_the_words(page, site_house, listed):
    site_house.narrated(listed("The ferry", "It carries <b>zebras</b> & cats.\nSo they say."))
    listed("The bridge", "It carries trains.\nSo they say.")
    page.goto("/")
    page.get_by_label("Search", exact=True).fill("zebra")
    page.keyboard.press("Enter")
    expect(page.locator(".card h2")).to_have_text(["The ferry"])
    expect(page.locator("mark")).to_have_text("zebras")
    expect(page.locator(".snippet")).to_contain_text("<b>zebras</b> & cats")
    page.get_by_label("Search", exact=True).fill("giraffes")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Nothing has “giraffes” in it")).to_be_visible()


def test_older_articles_are_on_the_next_page(page, site_house, listed):
    ids = [listed(f"Night {n}", f"Night {n} of many.", narrate=False) for n in range(26)]
    page.goto("/")
    assert len(titles(page)) == 24
    page.get_by_role("link", name="Older articles").click()
    expect(page.locator(".card")).to_have_count(2)
    shown = [card.get_attribute("data-id") for card in page.locator(".card").all()]
    assert shown == [ids[1], ids[0]]


def test_who_writes_a_tag_is_not_disturbed_by_what_changes_elsewhere(page, site_house, listed):
    id = listed("The bridge", f"{TEXT}\n" * 12)
    page.goto("/")
    page.locator(".more summary").click()
    page.get_by_label("Tag", exact=True).press_sequentially("to di")
    site_house.narrated(id)
    site_house.http.patch(f"/api/articles/{id}", json={"title": "Another name"})
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.get_by_label("Tag", exact=True)).to_be_focused()
    expect(page.get_by_label("Tag", exact=True)).to_have_value("to di")
    assert page.locator(".more").get_attribute("open") is not None


def test_everything_works_without_a_script(browser, site_house, listed):
    listed("The bridge")
    context = browser.new_context(base_url=site_house.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.get_by_role("button", name="Archive").click()
    assert titles(page) == []
    page.goto("/?archived=1")
    page.get_by_role("button", name="Restore").click()
    page.goto("/")
    page.get_by_role("button", name="Queue").click()
    page.locator(".more summary").click()
    page.get_by_role("link", name="Remove").click()
    page.get_by_role("button", name="Remove").click()
    assert titles(page) == []
    page.get_by_label("Address of an article").fill("nowhere.invalid/accord")
    page.get_by_role("button", name="Add", exact=True).click()
    assert re.search(r"/articles/\w+$", page.url)
    assert site_house.until(
        lambda: json.loads(site_house.http.get("/api/queue").text)["items"] == []
    )
    context.close()
