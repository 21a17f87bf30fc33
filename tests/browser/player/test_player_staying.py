"""Staying: rate, voice and place survive the finished file, a reload, and a second browser."""

from typing import Any

import numpy as np
import pytest

pytestmark = pytest.mark.slow

TEXT = (
    "After two years of work the old bridge carries trains again. Everybody came to see.\n\n"
    "The first train crossed at noon. Some had waited since the morning, with flags and soup.\n\n"
    "Nobody knows how long it will last. The engineers say that a century is not too much.\n\n"
    "Children were given the day off. The mayor spoke for a minute, and the band for an hour."
)


@pytest.fixture
def article(house: Any) -> str:
    number = len(house.http.get("/api/articles").json()["items"])
    id: str = house.post(title=f"Bridge {number}", text=TEXT)
    return id


def test_the_finished_file_takes_over_between_two_sentences_and_nobody_hears_it(
    listener, house, article
):
    house.http.put("/api/preferences", json={"wpm": 250})
    listener.open(article, capture="1")
    listener.play()
    listener.until("source.where().u === 1 && !source.waiting")
    voice = listener.ask("source.voice")
    house.finish(article)
    listener.until("source.sound.kind === 'finished' && source.playing && !source.waiting")
    after = listener.ask("source.token()")
    assert listener.ask("source.voice") == voice
    assert listener.ask("source.wpm") == 250
    rate = listener.ask("source.rate")
    assert listener.ask("source.sound.audio.playbackRate") == pytest.approx(rate, rel=0.003)
    listener.until(f"source.token() >= {after + 6}")
    sound = listener.recorded()
    # Every word once, in its order, no beep missing and none twice.
    places = [(word["block"], word["start"]) for word in sound.lit]
    tokens = [(each["block"], each["start"]) for each in listener.ask("source.timeline.tokens")]
    assert places == tokens[: len(places)]
    starts = [
        listener.ask(f"source.timeline.elapsed(source.timeline.place({k}))")
        for k in range(len(places))
    ]
    onsets = sound.onsets()[: len(places) - 1]
    gaps = np.diff(onsets) * rate - np.diff(starts[: len(onsets)])
    swap = int(np.argmax(abs(gaps)))
    print(f"largest change of a pause {gaps[swap] * 1000:.0f} ms, before word {swap + 1}")
    assert len(onsets) == len(places) - 1
    assert abs(gaps).max() <= 0.35, "shorter than the pause it is in"


def test_the_finished_file_takes_over_at_once_while_it_stands_still(listener, house, article):
    listener.open(article)
    listener.play()
    listener.until("source.where().u === 2 && source.token() > source.timeline.first[2] + 1")
    listener.page.get_by_role("button", name="Pause").click()
    token = listener.ask("source.token()")
    house.finish(article)
    listener.until("source.sound.kind === 'finished'")
    assert listener.ask("source.playing") is False
    assert abs(listener.ask("source.token()") - token) <= 1


def test_a_file_that_comes_after_the_end_ends_nothing_twice(listener, house):
    id = house.post(title="Short", text="It is heard before it is a file.")
    listener.open(id)
    listener.ask("addEventListener('aloud-ended', () => (window.ends = (window.ends ?? 0) + 1))")
    listener.play()
    listener.until("source.over")
    house.finish(id)
    listener.until("source.sound.kind === 'finished'")
    listener.page.wait_for_timeout(200)  # what comes next is told after the change
    assert listener.ask("window.ends") == 1
    assert listener.ask("source.over && !source.playing")
    listener.play()
    listener.until("source.playing && !source.over && source.token() > 1")


def test_a_jump_while_the_file_waits_for_its_pause_goes_to_the_file(listener, house, article):
    listener.open(article)
    listener.play()
    listener.until("source.where().u === 1 && !source.waiting")
    house.finish(article)
    listener.until("source._next")
    before = listener.ask("source.where().u")
    listener.page.keyboard.press("Shift+ArrowRight")
    listener.until("source.sound.kind === 'finished' && source.playing && !source.waiting")
    assert listener.ask("source.where().u") > before


def test_place_speed_and_voice_are_there_after_a_reload_and_in_a_second_browser(
    listener, house, browser, article
):
    house.finish(article)
    listener.open(article)
    listener.page.get_by_role("button", name="Fast", exact=True).click()
    listener.play()
    listener.until("source.where().u === 3 && source.token() > source.timeline.first[3] + 2")
    listener.page.get_by_role("button", name="Pause").click()
    place = listener.ask("source.written()")
    listener.page.reload()
    listener.until("source.sound && source.timeline")
    assert listener.ask("source.written()") == place
    assert listener.ask("source.wpm") == 250
    context = browser.new_context()
    other = type(listener)(context.new_page(), house).open(article)
    assert other.ask("source.written()") == place
    assert other.ask("[source.wpm, source.voice]") == [250, "tone/beep"]
    context.close()


def test_another_voice_begins_at_the_same_word_and_is_remembered(listener, house, article):
    listener.open(article)
    listener.play()
    listener.until("source.where().u === 1 && source.token() > source.timeline.first[1] + 2")
    listener.page.get_by_label("Select voice").select_option("espeak/en-gb")
    place = listener.ask("source.written()")
    listener.until("source.sound && source.voice === 'espeak/en-gb' && !source.waiting")
    now = listener.ask("source.written()")
    assert now["block"] == place["block"]
    assert listener.ask("source.playing")
    listener.hears("/api/preferences", lambda told: told["voices"].get("en") == "espeak/en-gb")
    listener.page.reload()
    listener.until("source.sound && source.voice === 'espeak/en-gb'")


def test_a_speed_chosen_without_a_network_is_sent_when_it_is_back(listener, house, article):
    house.finish(article)
    listener.open(article)
    listener.page.context.set_offline(True)
    listener.page.keyboard.press(">")
    wpm = listener.ask("source.wpm")
    listener.page.evaluate("dispatchEvent(new Event('pagehide'))")
    assert listener.page.evaluate("localStorage.getItem('aloud-choice')"), "it is kept here"
    listener.page.context.set_offline(False)
    listener.hears("/api/preferences", lambda told: told["wpm"] == wpm)
    listener.page.wait_for_function("() => !localStorage.getItem('aloud-choice')")
    listener.errors.clear()  # the browser's own, of the requests that failed


def test_what_was_chosen_elsewhere_meanwhile_stays(listener, house, article):
    listener.open(article)
    elsewhere = {"roles": {"quote": "shown"}, "voices": {"de": "espeak/de"}}
    house.http.patch("/api/preferences", json=elsewhere)
    listener.page.keyboard.press(">")
    wpm = listener.ask("source.wpm")
    listener.hears("/api/preferences", lambda told: told["wpm"] == wpm)
    told = house.http.get("/api/preferences").json()
    assert {name: told[name] for name in elsewhere} == elsewhere


def test_a_place_that_could_not_be_sent_is_sent_when_the_network_is_back(listener, house, article):
    house.finish(article)
    listener.open(article)
    listener.page.context.set_offline(True)
    listener.page.keyboard.press("Shift+ArrowRight")
    listener.page.keyboard.press("Shift+ArrowRight")
    block = listener.ask("source.written().block")
    assert (house.place(article) or {}).get("block") != block
    listener.page.context.set_offline(False)
    listener.hears(f"/api/articles/{article}/place", lambda told: told and told["block"] == block)
    listener.errors.clear()  # the browser's own, of the requests that failed


def test_what_was_heard_to_its_end_begins_at_the_beginning_next_time(listener, house):
    id = house.post(title="Short", text="It ends soon.")
    house.finish(id)
    listener.open(id)
    listener.play()
    listener.until("source.over")
    listener.page.reload()
    listener.until("source.sound")
    assert listener.ask("source.token()") == 0
