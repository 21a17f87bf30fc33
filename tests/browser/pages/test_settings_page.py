"""The page of settings: kept at once, undone for a moment, and the same without a script."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

pytestmark = pytest.mark.slow
RECORDED = """window.sounds = [];
window.Audio = new Proxy(window.Audio, {
  construct(made, given) { const one = new made(...given); window.sounds.push(one); return one; },
});"""


@pytest.fixture(autouse=True)
def untouched(site_house) -> Iterator[None]:
    yield
    site_house.http.put("/api/preferences", json={})
    for entry in sayings(site_house):
        site_house.http.delete(f"/api/lexicon/{entry['id']}")


@pytest.fixture
def opened(context: BrowserContext, page: Page) -> Page:
    context.add_init_script(RECORDED)
    page.goto("/settings")
    return page


@pytest.fixture
def plain(browser, site_house) -> Iterator[Page]:
    context = browser.new_context(base_url=site_house.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/settings")
    yield page
    context.close()


def sayings(site_house) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = site_house.http.get("/api/lexicon").json()["entries"]
    return entries


def kept(site_house) -> dict[str, Any]:
    preferences: dict[str, Any] = site_house.http.get("/api/preferences").json()
    return preferences


def said(site_house) -> list[tuple[str, str, str | None]]:
    return [(e["written"], e["spoken"], e["language"]) for e in sayings(site_house)]


def add(page: Page, written: str, spoken: str) -> None:
    form = page.locator("form.add")
    form.get_by_label("Written").fill(written)
    form.get_by_label("Spoken").fill(spoken)
    form.get_by_role("button", name="Add").click()


def test_the_speed_moves_in_tens_says_both_numbers_and_is_kept(opened, site_house):
    slider = opened.get_by_label("Words a minute")
    slider.focus()
    for _ in range(3):
        slider.press("ArrowRight")
    expect(opened.locator("output.speed")).to_have_text("1.15× 230 WPM")
    expect(slider).to_have_attribute("aria-valuetext", "1.15× 230 WPM")
    expect(opened.locator(".toast")).to_contain_text("1.15× 230 WPM")
    assert kept(site_house)["wpm"] == 230
    opened.get_by_role("button", name="Undo").click()
    expect(opened.locator("output.speed")).to_have_text("1.10× 220 WPM")
    expect(opened.locator(".toast")).to_contain_text("1.10× 220 WPM")
    assert kept(site_house)["wpm"] == 220


def test_a_speed_is_chosen_by_its_name_and_a_hint_warns_of_the_fastest(opened, site_house):
    hint = opened.locator("[data-hint]")
    expect(hint).to_be_hidden()
    opened.get_by_role("button", name="2× 400").click()
    expect(opened.locator("output.speed")).to_have_text("2.00× 400 WPM")
    expect(hint).to_be_visible()
    expect(opened.locator(".toast")).to_be_visible()
    opened.get_by_role("button", name="Slow 150").click()
    expect(opened.locator("output.speed")).to_have_text("0.75× 150 WPM")
    expect(hint).to_be_hidden()
    expect(opened.get_by_role("button", name="Slow 150")).to_have_attribute("aria-pressed", "true")
    expect(opened.locator(".toast")).to_contain_text("0.75×")
    assert kept(site_house)["wpm"] == 150


def test_a_speed_is_tried_on_a_sentence_at_that_speed(opened):
    natural = float(opened.locator("#speed form").get_attribute("data-natural"))
    opened.get_by_role("button", name="Fast 250").click()
    opened.get_by_role("button", name="Try it").click()
    expect(opened.locator("[data-try]")).to_have_attribute("data-sounding", "")
    heard = opened.evaluate(
        "() => { const s = sounds[0]; return [s.playbackRate, s.preservesPitch]; }"
    )
    assert heard == [pytest.approx(250 / natural), True]
    opened.get_by_role("button", name="Slow 150").click()
    expect(opened.locator("output.speed")).to_have_text("0.75× 150 WPM")
    assert opened.evaluate("() => sounds[0].playbackRate") == pytest.approx(150 / natural)


def test_what_is_read_per_role_is_kept_and_can_be_undone(opened, site_house):
    captions = opened.get_by_label("Captions of pictures")
    captions.select_option("spoken")
    expect(opened.locator(".toast")).to_contain_text("Captions of pictures: Read aloud")
    assert kept(site_house)["roles"] == {"caption": "spoken"}
    opened.get_by_role("button", name="Undo").click()
    expect(captions).to_have_value("")
    expect(opened.locator(".toast")).to_contain_text("Usual (shown)")
    assert kept(site_house)["roles"] == {}


def test_a_word_is_added_changed_and_deleted_and_each_can_be_undone(opened, site_house):
    listed = opened.locator("#lexicon .sayings li")
    add(opened, "Xi", "Shee")
    expect(listed).to_have_count(1)
    assert site_house.until(lambda: said(site_house) == [("Xi", "Shee", None)])
    expect(opened.locator("form.add").get_by_label("Written")).to_be_focused()
    listed.get_by_text("Change").click()
    listed.get_by_label("Spoken").fill("She")
    listed.get_by_label("Language").select_option("en")
    listed.get_by_role("button", name="Save").click()
    expect(listed).to_have_attribute("data-spoken", "She")
    expect(listed.locator("small")).to_have_text("English")
    assert site_house.until(lambda: said(site_house) == [("Xi", "She", "en")])
    opened.get_by_role("button", name="Undo").click()
    expect(listed).to_have_attribute("data-spoken", "Shee")  # the list is there anew
    assert site_house.until(lambda: said(site_house) == [("Xi", "Shee", None)])
    listed.get_by_text("Change").click()
    listed.get_by_role("button", name="Delete").click()
    expect(listed).to_have_count(0)
    assert site_house.until(lambda: said(site_house) == [])
    opened.get_by_role("button", name="Undo").click()
    expect(listed).to_have_count(1)
    assert site_house.until(lambda: said(site_house) == [("Xi", "Shee", None)])


def test_a_word_is_heard_before_and_after_it_is_kept(opened, site_house):
    form = opened.locator("form.add")
    form.get_by_label("Written").fill("Nguyen")
    form.get_by_label("Spoken").fill("Win")
    with opened.expect_response("**/settings/said.mp3?*") as answered:
        form.get_by_role("button", name="Say it").click()
    assert answered.value.status == 200
    assert answered.value.headers["content-type"] == "audio/mpeg"
    assert sayings(site_house) == []
    form.get_by_role("button", name="Add").click()
    with opened.expect_response("**/settings/said.mp3?*") as answered:
        opened.locator(".sayings").get_by_role("button", name="Say it Nguyen").click()
    assert answered.value.status == 200


def test_the_listener_s_voice_says_it(site_house):
    words = {"written": "Xi", "spoken": "Shee", "language": "en"}
    usual = site_house.http.get("/settings/said.mp3", params=words)
    site_house.http.put("/api/preferences", json={"voices": {"en": "espeak/en-gb-scotland"}})
    own = site_house.http.get("/settings/said.mp3", params=words)
    assert usual.status_code == own.status_code == 200
    assert usual.content != own.content
    assert site_house.http.get("/settings/said.mp3", params={"written": "Xi"}).status_code == 422


@pytest.mark.usefixtures("page")
def test_what_cannot_be_kept_is_said_where_it_was_typed(context, site_house):
    site_house.http.post("/api/lexicon", json={"written": "Xi", "spoken": "Shee"})
    page = context.new_page()  # a refusal stands on the console
    page.goto("/settings")
    add(page, "Xi", "She")
    expect(page.locator("form.add [role=alert]")).to_contain_text("already")
    assert said(site_house) == [("Xi", "Shee", None)]


def test_what_is_written_is_never_markup(opened):
    add(opened, "<img src=x onerror=alert(1)>", "<b>nothing</b>")
    listed = opened.locator("#lexicon .sayings")
    expect(listed).to_contain_text("<b>nothing</b>")
    expect(opened.locator(".toast")).to_contain_text("<img src=x")
    assert opened.locator("#lexicon img, .toast img").count() == 0


def test_colours_are_kept_by_this_browser(opened, context):
    opened.get_by_label("Colours").select_option("dark")
    expect(opened.locator("html")).to_have_attribute("data-theme", "dark")
    opened.get_by_label("Colours").select_option("")
    expect(opened.locator("html:not([data-theme])")).to_have_count(1)
    assert not [each for each in context.cookies() if each["name"] == "theme"]


def test_the_pages_change_their_language_and_lead_back_from_one_that_nobody_reads(
    opened, site_house
):
    opened.locator("#pages [name=locale]").first.select_option("ar")
    expect(opened.locator("html")).to_have_attribute("dir", "rtl")
    assert kept(site_house)["locale"] == "ar"
    opened.get_by_role("button", name="English").click()
    expect(opened.get_by_role("heading", name="Settings")).to_be_visible()
    assert kept(site_house)["locale"] == "en"


def test_without_a_script_everything_is_kept_by_forms(plain, site_house):
    plain.get_by_role("button", name="Fast 250").click()
    expect(plain.locator("output.speed")).to_have_text("1.25× 250 WPM")
    plain.get_by_label("Quotes").select_option("shown")
    plain.locator("#roles").get_by_role("button").click()
    expect(plain.get_by_label("Quotes")).to_have_value("shown")
    plain.get_by_label("Colours").select_option("light")
    plain.locator("#pages").get_by_role("button").click()
    expect(plain.locator("html")).to_have_attribute("data-theme", "light")
    assert kept(site_house) == {
        "wpm": 250, "voices": {}, "locale": None, "roles": {"quote": "shown"},
    }  # fmt: skip


def test_without_a_script_words_are_added_changed_and_deleted(plain, site_house):
    add(plain, "Xi", "Shee")
    item = plain.locator("#lexicon .sayings li")
    item.get_by_text("Change").click()
    item.get_by_label("Spoken").fill("She")
    item.get_by_role("button", name="Save").click()
    expect(plain.locator("#lexicon .sayings")).to_contain_text("She")
    assert site_house.until(lambda: said(site_house) == [("Xi", "She", None)])
    add(plain, "Xi", "Shee")
    expect(plain.get_by_role("alert").first).to_contain_text("already")
    plain.goto("/settings")
    item.get_by_text("Change").click()
    item.get_by_role("button", name="Delete").click()
    assert site_house.until(lambda: said(site_house) == [])


@pytest.mark.parametrize(
    ("part", "sent"),
    [
        ("speed", {"wpm": "fast"}),
        ("speed", {"wpm": "nan"}),
        ("speed", {}),
        ("speed", {"wpm": "20"}),
        ("roles", {"quote": "removed"}),
        ("pages", {"locale": "no language"}),
        ("lexicon", {"written": "Xi"}),
        ("lexicon", {"written": "Xi", "spoken": "…"}),
    ],
)
def test_what_no_page_offers_is_refused_with_advice(site_house, part, sent):
    answer = site_house.http.post(f"/settings/{part}", data=sent)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert kept(site_house) == {"wpm": None, "voices": {}, "locale": None, "roles": {}}
