"""The laboratory: pairs of equal length and loudness, blind to the end, and counted rightly."""

import csv
import io
import json
import math
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from playwright.sync_api import BrowserContext, Page, expect

import aloud.serve.pages
from aloud.master.loudness import LoudnessMeter
from aloud.serve.pages.lab import PACES
from aloud.serve.pages.passages import PASSAGES

pytestmark = pytest.mark.slow
BALLOT = Path(aloud.serve.pages.__file__).parent / "static" / "pages" / "ballot.js"
VOICE = "espeak/en-gb"
NEAR = 0.020  # seconds
ALIKE = 0.5  # LU
RECORDED = """window.sounds = [];
window.Audio = new Proxy(window.Audio, {
  construct(made, given) { const one = new made(...given); window.sounds.push(one); return one; },
});"""
HEARD = """() => { const one = sounds.find(each => !each.paused && each.duration);
  return one && [one.duration / one.playbackRate, one.preservesPitch, new URL(one.src).search]; }"""


@pytest.fixture
def opened(context: BrowserContext, page: Page, site_house) -> Page:
    site_house.http.put("/api/preferences", json={"voices": {"en": VOICE}})
    context.add_init_script(RECORDED)
    page.goto("/lab/speed")
    return page


@pytest.fixture
def ballot(page: Page):
    """What the ballot answers, in the browser."""
    script = BALLOT.read_text()
    page.route("**/ballot.js", lambda to: to.fulfill(body=script, content_type="text/javascript"))
    page.goto("/lab/speed")
    return lambda said: page.evaluate(
        f"async () => {{ const m = await import('/ballot.js'); return {said}; }}"
    )


def begin(page: Page) -> None:
    page.locator("#begin [data-begin]").click()
    expect(page.locator("[data-status]")).to_have_text("Hear both, as often as you like.")


def decoded(data: bytes) -> tuple[np.ndarray, int, float]:
    """The samples, their rate, and how many seconds the file itself says that it lasts."""
    with av.open(io.BytesIO(data)) as file:
        assert file.duration is not None
        frames = [frame.to_ndarray().ravel() for frame in file.decode(audio=0)]
        rate, said = file.streams.audio[0].rate, file.duration / av.time_base
    return np.concatenate(frames).astype(np.float32) / 32_768, rate, said


def loudness(samples: np.ndarray, rate: int) -> float:
    meter = LoudnessMeter(rate)
    meter.add(samples)
    return meter.integrated()


def test_there_are_twenty_short_passages_of_two_or_three_sentences():
    assert len(PASSAGES) == len(set(PASSAGES)) == 20
    for text in PASSAGES:
        assert 2 <= text.count(". ") + 1 <= 3
        assert 20 <= len(text.split()) <= 45


@pytest.mark.parametrize("passage", [0, 7, 19])
def test_both_sides_of_a_pair_are_equally_long_and_loud(site_house, passage):
    def sound(**asked: int):
        answer = site_house.http.get(f"/lab/speed/{VOICE}/{passage}.wav", params=asked)
        assert answer.headers["content-type"] == "audio/wav"
        return decoded(answer.content)

    natural, rate, natural_said = sound()
    lengths = {}
    for wpm in PACES:
        made, made_rate, made_said = sound(wpm=wpm)
        lengths[wpm] = len(made) / made_rate
        # The page knows what the files say, and hurries the natural one by that.
        hurried = len(natural) / rate / (natural_said / made_said)
        assert abs(hurried - lengths[wpm]) < NEAR
        assert abs(loudness(natural, rate) - loudness(made, made_rate)) < ALIKE
    assert lengths[300] / lengths[400] == pytest.approx(400 / 300, rel=1e-3)


def test_what_is_no_pace_of_the_test_is_refused(site_house):
    assert site_house.http.get(f"/lab/speed/{VOICE}/0.wav?wpm=250").status_code == 422
    assert site_house.http.get(f"/lab/speed/{VOICE}/20.wav").status_code == 422
    assert site_house.http.get("/lab/speed/espeak/nobody/0.wav").status_code == 404


def test_in_the_browser_both_sides_take_the_same_time_at_the_same_pitch(opened):
    begin(opened)
    lengths, ways = [], set()
    for side in "ab":
        opened.keyboard.press(side)
        expect(opened.locator(f"[data-side={side.upper()}]")).to_have_attribute("data-sounding", "")
        length, keeps_pitch, way = opened.wait_for_function(HEARD).json_value()
        assert keeps_pitch
        lengths.append(length)
        ways.add(way)
    assert len(ways) == 2
    assert abs(lengths[0] - lengths[1]) < NEAR


def test_nobody_votes_before_both_were_heard_and_keys_do_it_all(opened):
    begin(opened)
    expect(opened.locator("[name=vote]").first).to_be_disabled()
    opened.keyboard.press("1")
    opened.keyboard.press("a")
    expect(opened.locator("[name=vote]").first).to_be_disabled()
    opened.keyboard.press("b")
    opened.keyboard.press("2")
    expect(opened.locator("[name=vote][value=B]")).to_be_checked()
    opened.keyboard.press("0")
    expect(opened.locator("[name=vote][value=none]")).to_be_checked()
    opened.keyboard.press("Tab")
    opened.keyboard.press("Space")
    opened.keyboard.press("ArrowRight")
    opened.keyboard.press("Enter")
    expect(opened.locator("#pair-title")).to_have_text("Pair 2 of 20")
    expect(opened.locator("#pair-title")).to_be_focused()
    (run,) = json.loads(opened.evaluate("() => localStorage['aloud.lab.speed']"))
    (vote,) = run["votes"]
    assert (vote["vote"], vote["better"], vote["understood"]) == ("none", "none", 2)
    opened.reload()
    expect(opened.locator("#pair-title")).to_have_text("Pair 2 of 20")


def test_nothing_is_told_before_the_end_and_everything_after_it(opened, ballot):
    opened.goto("/lab/speed")
    begin(opened)
    shown = opened.locator("main").inner_text().lower()
    assert "browser" not in shown
    assert "aloud" not in shown
    # All but the last vote are cast for Aloud, past the ears.
    (run,) = json.loads(opened.evaluate("() => localStorage['aloud.lab.speed']"))
    drawn = ballot(f"m.drawn({json.dumps(run)})")
    run["votes"] = [
        {**pair, "vote": "A" if pair["A"] == "aloud" else "B", "better": "aloud",
         "understood": 4, "at": "2026-03-05T08:30:00.000Z"}
        for pair in drawn[:19]
    ]  # fmt: skip
    opened.evaluate("kept => { localStorage['aloud.lab.speed'] = kept; }", json.dumps([run]))
    opened.reload()
    expect(opened.locator("#pair-title")).to_have_text("Pair 20 of 20")
    expect(opened.locator("[data-status]")).to_have_text("Hear both, as often as you like.")
    for key in ("a", "b", "0"):
        opened.keyboard.press(key)
    opened.locator("[name=understood][value='4']").check()
    opened.get_by_role("button", name="Next pair").click()
    expect(opened.locator("#result-title")).to_be_focused()
    cells = opened.locator("#result tbody tr").last.locator("td").all_inner_texts()
    assert cells == ["19", "0", "1", "100 % (83–100)", "4.0"]
    expect(opened.locator("[data-verdict]")).to_contain_text("Aloud’s fast speech better")
    told = {}
    for kind in ("json", "csv"):
        with opened.expect_download() as download:
            opened.get_by_role("link", name=f"Download as {kind.upper()}").click()
        told[kind] = Path(download.value.path()).read_text()
    (kept,) = json.loads(told["json"])
    assert kept["seed"] == run["seed"]
    rows = list(csv.DictReader(io.StringIO(told["csv"])))
    assert len(rows) == len(kept["votes"]) == 20
    assert {row["seed"] for row in rows} == {str(run["seed"])}
    opened.get_by_role("button", name="Erase my votes").click()
    expect(opened.locator("#begin")).to_be_visible()
    assert opened.evaluate("() => localStorage['aloud.lab.speed'] ?? null") is None
    opened.get_by_role("button", name="Undo").click()
    expect(opened.locator("#result")).to_be_visible()


def test_a_seed_draws_the_same_pairs_and_is_fair(ballot):
    def draw(seed: int):
        return ballot(f"m.drawn({{ seed: {seed}, passages: 20, paces: [300, 400] }})")

    assert draw(7) == draw(7)
    several = [draw(seed) for seed in range(5)]
    assert all(one != other for one, other in pairwise(several))
    for pairs in several:
        assert sorted(pair["passage"] for pair in pairs) == list(range(20))
        for wpm in PACES:
            those = [pair for pair in pairs if pair["wpm"] == wpm]
            assert len(those) == 10
            assert sum(pair["A"] == "browser" for pair in those) == 5
        assert all({pair["A"], pair["B"]} == {"browser", "aloud"} for pair in pairs)


@pytest.mark.parametrize(("wins", "of"), [(0, 0), (0, 10), (10, 10), (7, 10), (14, 20), (3, 400)])
def test_the_interval_is_wilson_s(ballot, wins, of):
    low, high = ballot(f"m.interval({wins}, {of})")
    if not of:
        assert (low, high) == (0, 1)
        return
    # Both ends are where the share lies just 1.96 standard errors of that end away.
    for end in (low, high):
        if 1e-6 < end < 1 - 1e-6:
            away = abs(wins / of - end) / math.sqrt(end * (1 - end) / of)
            assert away == pytest.approx(1.959964, abs=1e-4)
    assert 0 <= low <= wins / of <= high + 1e-9
    assert high <= 1
