"""The player's modules as such: their arithmetic, their size, and all of them as one file."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

import aloud.serve.pages
from aloud import pace
from aloud.serve.pages.joined import joined

pytestmark = pytest.mark.slow

PLAYER = Path(aloud.serve.pages.__file__).parent / "static" / "player"
MOST = 15_000  # bytes of gzip that may be waited for before the first word
SAID = [("a", 0.15, "one", "two words"), ("a", 0.4, "three"), ("a", 0.65, "four")]
SAID += [("b", 0.0, "five", "six")]
SCRIPT = json.dumps(
    [
        {
            "block": block,
            "pause_after": pause,
            "tokens": [
                {"spoken": spoken, "start": 10 * k, "end": 10 * k + 5}
                for k, spoken in enumerate(tokens)
            ],
        }
        for block, pause, *tokens in SAID
    ]
)
MADE = f"new m.Timeline({SCRIPT}, 7, 14)"


@pytest.fixture
def ask(listener: Any, house: Any) -> Any:
    """What a module answers, in the browser."""
    listener.load(house.post(title="Modules", text="Nothing is said here."))

    def of(module: str, expression: str) -> Any:
        return listener.page.evaluate(
            f"async () => {{ const m = await import('/static/player/{module}.js');"
            f" return {expression}; }}"
        )

    return of


def test_a_speed_means_in_the_browser_what_it_means_everywhere(ask):
    for wpm in (100, 250, 400, 550):
        assert ask("pace", f"m.label({wpm})") == pace.label(wpm)
        for natural in (87.0, 190.5, 467.0):
            assert ask("pace", f"m.rateFor({wpm}, {natural})") == pace.rate_for(wpm, natural)
    assert ask("pace", "m.PACES") == {**pace.PACES, "twice": 2 * pace.NORMAL_WPM}
    assert ask("pace", "m.heard(400, 60)") == 60 * pace.MAX_RATE
    assert ask("pace", "[m.stepped(254), m.stepped(90), m.stepped(999)]") == [250, 100, 550]


def test_times_are_shown_as_players_show_them(ask):
    shown = ask("pace", "[0, 7.4, 65, 3599.6, 7384].map(m.clock)")
    assert shown == ["0:00", "0:07", "1:05", "1:00:00", "2:03:04"]
    assert ask("pace", "m.left(30, 90, 2)") == 30


def test_sentences_and_paragraphs_are_found_by_their_pauses(ask):
    assert ask("timeline", f"{MADE}.sentence") == [0, 0, 1, 2]
    assert ask("timeline", f"{MADE}.paragraph") == [0, 0, 0, 1]


@pytest.mark.parametrize(
    ("place", "way", "unit", "found"),
    [
        ({"u": 0, "t": 0}, 1, "sentence", 2),
        ({"u": 2, "t": 0}, -1, "sentence", 0),
        ({"u": 2, "t": 9}, -1, "sentence", 2),
        ({"u": 1, "t": 0}, 1, "paragraph", 3),
        ({"u": 3, "t": 0}, 1, "sentence", None),
    ],
)
def test_a_skip_leads_to_the_beginning_of_a_sentence_or_paragraph(ask, place, way, unit, found):
    asked = f"{MADE}.skip({json.dumps(place)}, {way}, '{unit}')?.u"
    assert ask("timeline", asked) == found


def test_what_is_not_known_yet_is_guessed_and_what_is_known_is_kept(ask):
    guessed = ask("timeline", f"(() => {{ const t = {MADE}; return [t.total, t.natural]; }})()")
    assert guessed == pytest.approx([30, 14])
    known = ask(
        "timeline",
        f"(() => {{ const t = {MADE}; t.learn(0, [{{token: 1, start: 0.5, end: 1}}]);"
        " t.measure(0, 2); const next = t.elapsed({u: 1, t: 0});"
        " return [t.token({u: 0, t: 0.1}), next, t.after(2).u, t.natural > 14]; })()",
    )
    assert known == [1, 2, 1, True]


def test_a_place_is_found_though_its_block_is_not_spoken_any_more(ask):
    assert ask("timeline", f"{MADE}.find('b', 12)") == 5
    assert ask("timeline", f"{MADE}.find('x', 3, ['a', 'x', 'b'])") == 4
    assert ask("timeline", f"{MADE}.find('gone', 3, ['a'])") == 0


def test_the_whole_player_is_small():
    whole = joined(PLAYER, "aloud-player.js").encode()
    print(f"{len(whole)} bytes, {len(gzip.compress(whole, 6))} of gzip")
    assert len(gzip.compress(whole, 6)) <= MOST


def test_a_module_that_cannot_be_joined_is_refused(tmp_path):
    (tmp_path / "one.js").write_text('import * as two from "./two.js";\n', encoding="utf-8")
    with pytest.raises(ValueError, match="one"):
        joined(tmp_path, "one.js")


def test_as_one_file_it_plays_the_same(listener, house):
    id = house.post(title="One file", text="It is heard. So is this.")
    whole = joined(PLAYER, "aloud-player.js").encode()
    house.files["/test/player.js"] = whole, "text/javascript"
    listener.open(id, module="/test/player.js")
    listener.play()
    listener.until("source.over")
    assert (
        listener.ask("source.token()") == 7  # the last of eight words
    )


def test_training_goes_up_a_step_after_three_minutes_of_listening_and_ends_at_its_goal(ask):
    heard = (
        "(() => { const t = new m.Train(); t.choose(250); let now = 0, wpm = 230, steps = [];"
        " for (let s = 0; s < 800; s++) { now += 1000; if (s === 60) { t.rest(); now += 9e6; }"
        " const next = t.due(wpm, now); if (next) { steps.push([s, next]); wpm = next; } }"
        " return steps; })()"
    )
    assert ask("train", heard) == [[181, 240], [361, 250]]
    assert ask("train", "new m.Train().goal") == 250, "it is remembered on this device"
    assert ask("train", "(() => { new m.Train().choose(0); return new m.Train().goal; })()") == 0
