"""The page of voices: found, heard one at a time, and chosen for a language."""

from collections.abc import Iterator

import pytest
from babel import Locale
from playwright.sync_api import BrowserContext, Page, expect

from aloud.library.records import Preferences
from aloud.serve.pages.show import Reader, _environment
from aloud.serve.pages.voices import Offered, Tongue, tongues
from aloud.speech import Voice

pytestmark = pytest.mark.slow
# Every sound that a page makes, to be looked at from outside.
RECORDED = """window.sounds = [];
window.Audio = new Proxy(window.Audio, {
  construct(made, given) { const one = new made(...given); window.sounds.push(one); return one; },
});"""
PLAYING = "() => window.sounds.filter(each => !each.paused).map(each => new URL(each.src).pathname)"


@pytest.fixture
def opened(context: BrowserContext, page: Page, site_house) -> Iterator[Page]:
    site_house.http.put("/api/preferences", json={})
    context.add_init_script(RECORDED)
    page.goto("/voices")
    yield page
    site_house.http.put("/api/preferences", json={})


def chosen(site_house) -> dict[str, str]:
    voices: dict[str, str] = site_house.http.get("/api/preferences").json()["voices"]
    return voices


def row(page: Page, name: str):
    return page.locator(".voice").filter(has=page.get_by_role("heading", name=name, exact=True))


def test_all_voices_are_there_and_the_browser_s_language_is_open(opened, site_house):
    every = site_house.http.get("/api/voices").json()["voices"]
    assert opened.locator(".voice").count() == len(every) > 100
    expect(opened.get_by_role("heading", name="Your languages")).to_be_visible()
    open_ones = opened.locator(".tongue[open]")
    assert [each.get_attribute("data-language") for each in open_ones.all()] == ["en"]
    scotland = row(opened, "English (Scotland)")
    expect(scotland).to_contain_text("espeak · GPL-3.0-or-later · 200 WPM")


def test_one_sample_is_heard_at_a_time_and_can_be_stopped(opened):
    scotland = row(opened, "English (Scotland)").locator(".hear")
    lancaster = row(opened, "English (Lancaster)").locator(".hear")
    scotland.click()
    expect(scotland).to_have_text("Stop English (Scotland)", use_inner_text=True)
    lancaster.click()
    expect(lancaster).to_have_attribute("data-sounding", "")
    expect(scotland).not_to_have_attribute("data-sounding", "")
    opened.wait_for_load_state("networkidle")
    playing = opened.evaluate(PLAYING)
    assert playing in ([], ["/api/voices/espeak/en-gb-x-gbclan/sample.mp3"])
    if lancaster.get_attribute("data-sounding") is not None:
        lancaster.click()
    expect(lancaster).not_to_have_attribute("data-sounding", "")
    assert opened.evaluate(PLAYING) == []


def test_a_voice_is_chosen_for_a_language_and_it_can_be_undone(opened, site_house):
    use = row(opened, "English (Scotland)").locator(".use")
    use.click()
    expect(use).to_have_attribute("aria-pressed", "true")
    expect(opened.locator(".toast")).to_contain_text("English (Scotland) reads English to you now.")
    assert chosen(site_house) == {"en": "espeak/en-gb-scotland"}
    expect(opened.locator("#lang-en summary")).to_contain_text("English (Scotland)")
    opened.get_by_role("button", name="Undo").click()
    expect(use).to_have_attribute("aria-pressed", "false")
    assert chosen(site_house) == {}


def test_a_mandarin_voice_reads_what_is_written_in_chinese(opened, site_house):
    opened.get_by_label("Go to a language").select_option(label="Chinese")
    first = opened.locator("#lang-zh .use").first
    expect(first).to_be_visible()
    first.click()
    expect(first).to_have_attribute("aria-pressed", "true")
    assert chosen(site_house) == {"zh": "espeak/cmn"}


def test_voices_are_found_while_one_types(opened):
    opened.get_by_label("Find a voice").fill("scot")
    expect(opened.locator(".voice:visible")).to_have_count(2)  # Scotland, and Scottish Gaelic
    expect(opened.get_by_text("2 voices found")).to_be_visible()
    opened.get_by_label("Find a voice").fill("zeppelin")
    expect(opened.locator(".voice:visible")).to_have_count(0)
    opened.get_by_label("Find a voice").fill("")
    expect(opened.locator(".tongue[open]")).to_have_count(1)


def test_a_voice_is_chosen_by_keyboard_alone(opened, site_house):
    opened.get_by_label("Find a voice").focus()
    opened.keyboard.type("welsh")
    expect(opened.locator(".voice:visible")).to_have_count(1)
    for _ in range(6):
        opened.keyboard.press("Tab")
        if opened.evaluate("() => document.activeElement.className") == "use":
            break
    opened.keyboard.press("Enter")
    expect(opened.locator("#lang-cy .use")).to_have_attribute("aria-pressed", "true")
    assert chosen(site_house) == {"cy": "espeak/cy"}


def test_without_a_script_voices_are_found_heard_and_chosen_too(browser, site_house):
    site_house.http.put("/api/preferences", json={})
    plain = browser.new_context(base_url=site_house.url, java_script_enabled=False)
    page = plain.new_page()
    page.goto("/voices")
    page.get_by_label("Find a voice").fill("scotland")
    page.get_by_role("button", name="Find").click()
    assert page.url.endswith("/voices?q=scotland")
    page.get_by_role("button", name="Use for English: English (Scotland)").click()
    assert page.url.endswith("/voices#lang-en")
    assert chosen(site_house) == {"en": "espeak/en-gb-scotland"}
    page.get_by_role("button", name="Use for English: English (Scotland)").click()
    assert chosen(site_house) == {}
    button = row(page, "English (Scotland)").locator(".hear")
    heard = site_house.http.get(f"{button.get_attribute('formaction')}?language=en")
    assert heard.headers["content-type"] == "audio/mpeg"
    plain.close()


@pytest.mark.parametrize(
    "sent", [{"language": "en", "voice": "nobody"}, {"language": "e n", "voice": "espeak/en-gb"}]
)
def test_what_no_page_offers_is_refused_with_advice(site_house, sent):
    answer = site_house.http.post("/voices", data=sent)
    assert answer.status_code == 422
    assert "choose one from the list" in answer.text


def voice(id: str, language: str, name: str = "A voice") -> Voice:
    return Voice(id, name, language, 22_050, 200.0, -16.0, "MIT", "", "", 64_000_000)


def test_a_voice_that_is_not_installed_has_room_for_its_progress():
    offered = [Offered(voice("new/one", "en"), 0.0), Offered(voice("new/two", "en"), 0.4)]
    page = _environment("en").get_template("voices.html")
    shown = page.render(
        reader=Reader("me", False, Preferences(), "en", ""), path="/voices", q="", total=2,
        tongues=[Tongue("en", "English", tuple(offered), "", True)],
    )  # fmt: skip
    assert '<button name="install" value="new/one">' in shown
    assert '<progress max="1" value="0.4"' in shown
    assert "64 MB" in shown
    assert 'class="use"' not in shown


def test_languages_bear_their_names_in_the_language_of_the_page():
    found = (voice("a/de", "de"), voice("a/en", "en-GB"), voice("a/fr", "fr"))
    preferences = Preferences(voices=(("fr", "a/fr"),))
    made = tongues(found, preferences, Locale.parse("ru"), {"de"})
    assert [each.name for each in made] == ["Немецкий", "Французский", "Английский"]
    assert [each.mine for each in made] == [True, True, False]
    assert [each.chosen for each in made] == ["", "a/fr", ""]
