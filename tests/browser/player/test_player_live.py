"""Live: heard while it is being spoken, from any word, without a gap and whatever happens."""

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
GAP = 0.005  # seconds


@pytest.fixture
def article(house: Any) -> str:
    """Read, and nothing of it spoken; a new one each time. It is heard fast: that saves time."""
    house.http.put("/api/preferences", json={"wpm": 400})
    number = len(house.http.get("/api/articles").json()["items"])
    id: str = house.post(title=f"Bridge {number}", text=TEXT)
    return id


def unpaced(listener: Any) -> None:
    """At exactly the voice's own speed: no sample is moved by a stretcher."""
    listener.ask("Object.assign(source, {pace() {}}) && (source.sound.audio.playbackRate = 1)")


def begins(listener: Any, first: int, last: int) -> list[float]:
    """When each word of utterances ``first`` to ``last`` is to be heard, seconds on one clock."""
    parts = listener.ask(
        f"source.sound.parts.filter(({{u}}) => {first} <= u && u <= {last})"
        ".map(({u, from, origin}) => [...source.timeline.starts[u]].map((t) => from + origin + t))"
    )
    return [time for part in parts for time in part]


def test_no_gap_is_heard_within_or_between_sentences(listener, article):
    listener.open(article, capture="1")
    assert listener.ask("source.sound.kind") == "live"
    unpaced(listener)
    listener.play()
    listener.until("source.where().u >= 4")
    sound = listener.recorded()
    expected = begins(listener, 0, 3)
    onsets = sound.onsets()[: len(expected)]
    drift = (onsets - onsets[0]) - (np.array(expected) - expected[0])
    print(f"largest gap {np.ptp(drift) * 1000:.1f} ms in {len(expected)} words")
    assert np.ptp(drift) <= GAP


def test_a_click_on_a_word_that_is_not_spoken_yet_plays_it_next(listener, house, article):
    far = 6
    house.gate.hold(*range(2, 20))
    listener.open(article, capture="1")
    listener.play()
    listener.until("source.where().u == 1")
    token = listener.ask(f"source.timeline.tokens[source.timeline.first[{far}] + 2]")
    listener.page.evaluate("window.forget()")
    listener.click(token)
    house.gate.wait_for(far)
    assert house.gate.asked[-1] == far, "nothing else is asked for before it"
    assert listener.ask("source.waiting")
    let = listener.page.evaluate("window.soundClock()")
    house.gate.let()
    listener.until(
        f"source.where().u == {far} && source.token() >= source.timeline.first[{far}] + 6"
    )
    sound = listener.recorded()
    onsets = sound.onsets()
    onsets = onsets[onsets > let][:4]
    print(f"heard {(onsets[0] - let) * 1000:.0f} ms after it could be spoken")
    expected = begins(listener, far, far)[2:6]
    rate = listener.ask("source.sound.audio.playbackRate")
    assert np.allclose(np.diff(onsets), np.diff(expected) / rate, atol=0.05)
    lit = [word for word in sound.lit if word["block"] == token["block"]]
    assert lit[0]["start"] == token["start"]


def test_a_jump_back_needs_nothing_from_the_service(listener, house, article):
    listener.open(article)
    listener.play()
    listener.until("source.where().u == 2 && source.sound.parts.length > 4")
    house.gate.hold(0, 1, 2)
    house.gate.asked.clear()
    listener.page.keyboard.press("Shift+ArrowLeft")
    listener.until("source.where().u < 2 && !source.waiting")
    assert not {0, 1} & set(house.gate.asked)


def test_a_pause_holds_and_play_goes_on_from_there(listener, article):
    listener.open(article)
    listener.play()
    listener.until("source.token() >= 5")
    listener.page.get_by_role("button", name="Pause").click()
    listener.until("!source.playing && source.sound.audio.paused")
    at = listener.ask("source.sound.audio.currentTime")
    listener.page.evaluate("new Promise((done) => setTimeout(done, 300))")
    assert listener.ask("source.sound.audio.currentTime") == at
    listener.play()
    listener.until("source.token() >= 8")


def test_the_end_of_an_article_is_told_once(listener, house):
    id = house.post(title="Short", text="It ends here.")
    listener.open(id)
    listener.page.evaluate(
        "addEventListener('aloud-ended', ({detail}) => (window.ends ??= []).push(detail))"
    )
    listener.play()
    listener.until("source.over && !source.playing")
    assert listener.page.evaluate("window.ends") == [{"article": id, "asleep": False}]
    listener.play()
    listener.until("source.playing && source.where().u === 0 && !source.waiting")


def test_a_run_that_the_service_forgot_is_opened_anew(listener, house, article):
    house.gate.hold(3)
    listener.open(article)
    listener.play()
    house.gate.wait_for(3)
    run = house.service.live._runs
    house.service.live._runs = type(run)()  # as after a restart
    house.gate.let()
    listener.until("source.where().u === 4 && !source.waiting")
    assert house.service.live._runs != run


@pytest.mark.parametrize("status", [503, pytest.param(0, marks=pytest.mark.proof)])
def test_a_service_that_is_away_for_a_moment_is_asked_again(listener, house, article, status):
    house.gate.hold(3)
    listener.open(article)
    listener.play()
    house.gate.wait_for(3)
    refusals: list[str] = []

    def refuse(route: Any) -> None:
        refusals.append(route.request.url)
        if len(refusals) > 2:
            route.continue_()
        elif status:
            route.fulfill(status=status, json={"title": "away"})
        else:
            route.abort()

    listener.page.route("**/live/**", refuse)
    house.gate.let()
    listener.until("on.status.textContent !== ''")
    listener.until("source.where().u === 5 && !source.waiting && on.status.textContent === ''")
    assert len(refusals) > 2
    listener.errors.clear()  # the browser's own, of the requests that failed


def test_an_article_that_has_changed_is_gone_on_with_at_the_same_word(listener, house, article):
    house.gate.hold(4)
    listener.open(article)
    listener.play()
    listener.until("source.where().u === 3 && source.token() > source.timeline.first[3]")
    block = house.article(article)["reading"]["blocks"][1]["id"]
    house.http.put(f"/api/articles/{article}/blocks/{block}", json={"state": "removed"})
    place = listener.ask("source.written()")
    house.gate.let()
    listener.until(
        "source.timeline && source.timeline.first.length < 9 && source.playing && !source.waiting"
    )
    assert listener.ask("source.written().block") == place["block"]
    listener.errors.clear()


def test_a_managed_source_is_opened_as_it_wishes(listener, house, article):
    listener.open(article, before="managed.js")
    listener.play()
    listener.until("source.where().u === 1 && !source.waiting")
    assert listener.ask("source.sound.kind") == "live"
    assert listener.ask("source.sound.audio.disableRemotePlayback")
    # What it takes away is fetched again.
    listener.ask("source.sound._do(window.evict)")
    listener.until("source.where().u >= 2 && !source.waiting")


def test_without_a_media_source_clips_take_turns(listener, house, article):
    listener.open(article, capture="1", before="clips.js")
    assert listener.ask("source.sound.kind") == "clips"
    listener.play()
    listener.until("source.where().u === 3 && !source.waiting")
    token = listener.ask("source.timeline.tokens[source.timeline.first[6] + 2]")
    listener.click(token)
    listener.until("source.where().u === 7 && !source.waiting")
    sound = listener.recorded()
    words = {(word["block"], word["start"]) for word in sound.lit}
    tokens = listener.ask("source.timeline.tokens")
    first = listener.ask("source.timeline.first")
    heard = tokens[: first[3]] + tokens[first[6] + 2 : first[7]]
    assert {(each["block"], each["start"]) for each in heard} <= words
    assert len(sound.onsets()) >= len(heard)
