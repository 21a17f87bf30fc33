"""Hands: what is pressed does what it says, by mouse, by keyboard and by the lock screen."""

from typing import Any

import pytest

pytestmark = pytest.mark.slow

TEXT = (
    "After two years of work the old bridge carries trains again. Everybody came to see.\n\n"
    "The first train crossed at noon. Some had waited since the morning, with flags and soup.\n\n"
    "Nobody knows how long it will last. The engineers say that a century is not too much.\n\n"
    "Children were given the day off. The mayor spoke for a minute, and the band for an hour."
)


@pytest.fixture(scope="module")
def article(house: Any) -> str:
    id: str = house.post(title="The bridge", text=TEXT)
    house.finish(id)
    return id


@pytest.fixture(autouse=True)
def at_the_beginning(house: Any, article: str) -> None:
    block = house.script(article)["utterances"][0]["block"]
    house.http.put(f"/api/articles/{article}/place", json={"block": block, "start": 0})


def test_without_a_gesture_it_says_what_to_press(listener, article):
    # Nothing may be asked of the page before it says so: being asked counts as a gesture.
    with listener.page.expect_console_message(lambda said: said.text == "Press play to listen."):
        listener.load(article, autoplay="1", before="status.js")
    assert not listener.ask("source.playing")
    assert listener.page.locator("p[role=status]").inner_text() == "Press play to listen."
    listener.play()
    listener.until("source.playing && source.token() > 1")
    assert listener.ask("on.status.textContent") == ""


def test_the_position_moves_and_is_moved_by_keyboard(listener, article):
    listener.open(article)
    slider = listener.page.get_by_role("slider", name="Position")
    listener.play()
    listener.until("on.position.valueAsNumber > 0.5")
    listener.page.get_by_role("button", name="Pause").click()
    slider.focus()
    before = listener.ask("source.sound.audio.currentTime")
    listener.page.keyboard.press("ArrowRight")
    rate = listener.ask("source.rate")
    moved = listener.ask("source.sound.audio.currentTime") - before
    assert moved == pytest.approx(5 * rate, abs=0.1)
    listener.page.keyboard.press("PageDown")
    assert listener.ask("source.sound.audio.currentTime") < 0.2
    listener.page.keyboard.press("End")
    assert listener.ask("on.position.valueAsNumber / on.position.max") == pytest.approx(1, abs=0.01)
    assert "of" in (slider.get_attribute("aria-valuetext") or "")


def test_the_position_is_moved_by_mouse(listener, article):
    listener.open(article)
    slider = listener.page.get_by_role("slider", name="Position")
    box = slider.bounding_box()
    assert box is not None
    listener.page.mouse.move(box["x"] + 10, box["y"] + box["height"] / 2)
    listener.page.mouse.down()
    listener.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert listener.ask("source.sound.audio.currentTime") < 0.1, "nothing jumps while it is held"
    listener.page.mouse.up()
    total = listener.ask("source.timeline.total")
    assert listener.ask("source.sound.audio.currentTime") == pytest.approx(total / 2, rel=0.05)


def test_keys_work_and_not_while_typing(listener, article):
    listener.open(article)
    keyboard = listener.page.keyboard
    keyboard.press("k")
    listener.until("source.playing")
    keyboard.press(" ")
    listener.until("!source.playing")
    keyboard.press("ArrowRight")
    assert listener.ask("source.where().u") == 1
    keyboard.press("ArrowLeft")
    assert listener.ask("source.where().u") == 0
    keyboard.press("Shift+ArrowRight")
    keyboard.press("Shift+ArrowRight")
    paragraph = listener.ask("source.timeline.paragraph[source.where().u]")
    assert paragraph == 2
    keyboard.press(">")
    keyboard.press(">")
    keyboard.press("<")
    assert listener.ask("source.wpm") == 210
    keyboard.press("?")
    assert listener.page.get_by_role("dialog").is_visible()
    keyboard.press("Escape")
    listener.page.get_by_label("A note").click()
    keyboard.type("k < > ? and a space")
    keyboard.press("ArrowRight")
    assert listener.page.get_by_label("A note").input_value() == "k < > ? and a space"
    assert listener.ask("[source.playing, source.wpm, on.dialog.open]") == [False, 210, False]
    assert listener.ask("source.timeline.paragraph[source.where().u]") == paragraph


def test_arrows_are_the_other_way_round_where_text_runs_to_the_left(listener, article):
    listener.open(article, direction="rtl")
    listener.page.keyboard.press("ArrowLeft")
    assert listener.ask("source.where().u") == 1


def test_the_slider_and_the_buttons_say_the_same_speed(listener, article):
    listener.open(article)
    label = listener.page.locator("output")
    assert label.inner_text() == "1.00× 200 WPM"
    listener.page.get_by_role("button", name="2×", exact=True).click()
    assert label.inner_text() == "2.00× 400 WPM"
    assert "understanding" in listener.ask("on.hint.textContent")
    slider = listener.page.get_by_role("slider", name="Choose your listening speed")
    slider.focus()
    listener.page.keyboard.press("ArrowLeft")
    assert label.inner_text() == "1.95× 390 WPM"
    assert slider.get_attribute("aria-valuetext") == "1.95× 390 WPM"
    total = listener.ask("source.timeline.total / source.rate")
    left = listener.ask("on.left.textContent")
    assert left == f"−{round(total) // 60}:{round(total) % 60:02}"


def test_the_lock_screen_has_the_article_and_its_keys(listener, article):
    listener.open(article, before="session.js")
    listener.play()
    listener.until("source.token() > 2")
    shown = listener.page.evaluate(
        "[navigator.mediaSession.metadata.title, navigator.mediaSession.playbackState]"
    )
    assert shown == ["The bridge", "playing"]
    listener.page.evaluate("window.press('pause')")
    listener.until("!source.playing")
    listener.page.evaluate("window.press('seekforward')")
    assert listener.ask("source.where().u") == 2
    listener.page.evaluate("window.press('nexttrack')")
    assert listener.ask("source.timeline.paragraph[source.where().u]") == 2
    listener.page.evaluate("window.press('seekto', {seekTime: 2})")
    assert listener.ask("source.timeline.elapsed(source.where())") == pytest.approx(2, abs=0.1)
    listener.page.evaluate(
        "addEventListener('aloud-next', (event) => (event.preventDefault(), (window.queued = 1)))"
    )
    listener.page.evaluate("window.press('nexttrack')")
    assert listener.page.evaluate("window.queued")
    assert listener.ask("source.timeline.elapsed(source.where())") == pytest.approx(2, abs=0.1)


def test_the_sleep_timer_stops_the_voice(listener, article):
    listener.page.clock.install()
    listener.open(article)
    listener.page.get_by_label("Sleep timer").select_option("5")
    listener.play()
    listener.until("source.playing")
    listener.page.clock.fast_forward("05:01")
    listener.until("!source.playing")
    assert "sleep timer" in listener.ask("on.status.textContent")


def test_a_sample_of_the_chosen_voice_is_heard_and_the_article_waits(listener, article):
    listener.open(article)
    listener.play()
    listener.until("source.playing")
    listener.page.get_by_label("Select voice").locator("option").nth(3).wait_for(state="attached")
    listener.page.get_by_role("button", name="Sample").click()
    listener.until("!source.playing && player.sampler.currentTime > 0.1")
    listener.page.get_by_role("button", name="Stop", exact=True).click()
    listener.until("player.sampler.paused")
    assert listener.ask("source.playing") is False


def test_the_page_scrolls_with_the_voice_until_the_reader_scrolls(listener, house):
    text = "\n\n".join(f"Paragraph {n} is short. It has two sentences." for n in range(40))
    id = house.post(title="Long", text=text)
    listener.open(id)
    listener.page.set_viewport_size({"width": 390, "height": 700})
    listener.play()
    listener.until("source.playing && !source.waiting")
    back = listener.page.get_by_role("button", name="Back to the voice")
    assert not back.is_visible()
    listener.page.evaluate("new Promise((done) => setTimeout(done, 1200))")
    listener.page.mouse.move(200, 200)
    listener.page.mouse.wheel(0, 3000)
    back.wait_for()
    assert listener.ask("follow.on") is False
    back.click()
    listener.until("scrollY < 600 && follow.on")


def test_without_custom_highlights_one_mark_moves(listener, article):
    listener.open(article, before="marks.js")
    words = listener.page.evaluate("document.querySelector('#main article').textContent")
    listener.play()
    listener.until("document.querySelector('mark.aloud-word')?.textContent === 'years'")
    assert listener.page.locator("mark").count() == 1
    assert listener.page.evaluate("document.querySelector('#main article').textContent") == words
    listener.until("source.where().u === 2")
    assert listener.page.locator("mark").count() == 1
    assert listener.page.evaluate("document.querySelector('#main article').textContent") == words


def test_letters_beyond_the_first_plane_move_no_word(listener, house):
    id = house.post(title="Faces", text="A 😀 face 👩‍🚀 and 𝒜 letter are here.")
    house.finish(id)
    house.http.put("/api/preferences", json={"wpm": 100})  # "A" is lit for more than a frame
    listener.open(id, capture="1")
    listener.play()
    listener.until("source.over")
    lit = [word["text"] for word in listener.recorded().lit]
    assert [word for word in lit if word.isalpha() and word.isascii()] == [
        "Faces", "A", "face", "and", "letter", "are", "here",
    ]  # fmt: skip
