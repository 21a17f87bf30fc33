"""The scraped article that started it all, from end to end. Its text is never copied to here:
lines are meant by where they stand in the file."""

import json
import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import pytest

from aloud.article import words

from .conftest import run

pytestmark = pytest.mark.slow

HEADLINE, KEY_POINTS, READING_TIME, TRUST, COMMENTS = 1, (2, 3), 4, 5, 6  # lines, from 0
PLAYER = 9  # the last lines


@dataclass(frozen=True)
class Narrated:
    """The seed, and what became of it."""

    lines: tuple[str, ...]  # as scraped, without the empty ones
    article: dict[str, Any]
    recording: dict[str, Any]
    folder: Path

    @property
    def audio(self) -> Path:
        return self.folder / self.recording["file"]

    @property
    def body(self) -> tuple[str, ...]:
        inner = self.lines[COMMENTS + 1 : -PLAYER]
        return tuple(line for line in inner if line != self.lines[0])


@pytest.fixture(scope="module")
def narrated(corpora: Path, tmp_path_factory: pytest.TempPathFactory) -> Narrated:
    folder = tmp_path_factory.mktemp("seed")
    seed = corpora / "seed.txt"
    lines = tuple(line for line in seed.read_text(encoding="utf-8").splitlines() if line.strip())
    article = run(folder, "article", seed, "--json")
    listened = run(folder, "listen", seed, "--wpm", 250, "-o", "out")
    assert article.code == listened.code == 0, article.err + listened.err
    (data,) = (folder / "out").glob("*.json")
    recording = json.loads(data.read_text(encoding="utf-8"))
    return Narrated(lines, json.loads(article.out), recording, folder / "out")


def spoken(narrated: Narrated) -> str:
    utterances = narrated.recording["script"]["utterances"]
    return " ".join(t["spoken"] for u in utterances for t in u["tokens"])


def normal(text: str) -> str:
    """Its words alone, a space around each."""
    found = " ".join(re.findall(r"[^\W_]+", text.casefold()))
    return f" {found} "


def cues(path: Path) -> list[tuple[float, float, str]]:
    """Start and end (seconds) and text of each caption of a WebVTT or SubRip file."""
    clock = r"(\d\d):(\d\d):(\d\d)[.,](\d\d\d)"
    found = []
    for part in path.read_text(encoding="utf-8").strip().split("\n\n"):
        match = re.search(rf"^{clock} --> {clock}\n(.+)\Z", part, re.MULTILINE | re.DOTALL)
        if match:
            *numbers, text = match.groups()
            a, b, c, d, e, f, g, h = map(int, numbers)
            start, end = a * 3600 + b * 60 + c + d / 1000, e * 3600 + f * 60 + g + h / 1000
            found.append((start, end, text))
    return found


def seconds(audio: Path) -> float:
    """Length of a file by its own samples."""
    with av.open(str(audio)) as container:
        rate = container.streams.audio[0].rate
        return sum(frame.samples for frame in container.decode(audio=0)) / rate


def test_the_head_is_read_for_what_it_says(narrated):
    assert narrated.article["headline"] == narrated.lines[HEADLINE]
    assert narrated.article["key_points"] == [
        narrated.lines[i].removeprefix("- ") for i in KEY_POINTS
    ]
    assert narrated.article["comment_count"] == 1
    assert narrated.article["reading_minutes"] == 2
    assert narrated.article["language"].startswith("en")


def test_six_paragraphs_are_spoken_word_for_word_in_order(narrated):
    said = [b for b in narrated.article["blocks"] if b["state"] == "spoken"]
    assert [b["text"] for b in said if b["role"] == "paragraph"] == list(narrated.body)
    assert len(narrated.body) == 6
    assert Counter(b["role"] for b in said) == {"headline": 1, "key_point": 2, "paragraph": 6}


def test_every_line_is_in_one_block(narrated):
    texts = [block["text"] for block in narrated.article["blocks"]]
    assert texts == [line.removeprefix("- ") for line in narrated.lines]


def test_every_line_that_is_left_out_has_its_reason(narrated):
    reasons = Counter(block["reason"] for block in narrated.article["removed"])
    assert reasons == {
        "advertisement": 4,
        "player": PLAYER,
        "reading-time": 1,
        "trust-line": 1,
        "comment-count": 1,
    }
    left_out = [block["text"] for block in narrated.article["removed"]]
    kept = {HEADLINE, *KEY_POINTS}
    others = [line for i, line in enumerate(narrated.lines) if i not in kept]
    assert left_out == [line for line in others if line not in narrated.body]


def test_no_line_that_is_left_out_is_heard(narrated):
    texts = {block["id"]: block["text"] for block in narrated.article["blocks"]}
    removed = {block["id"] for block in narrated.article["removed"]}
    utterances = narrated.recording["script"]["utterances"]
    assert removed.isdisjoint(u["block"] for u in utterances)
    written = " ".join(
        texts[u["block"]][t["start"] : t["end"]] for u in utterances for t in u["tokens"]
    )
    for line in (block["text"] for block in narrated.article["removed"]):
        assert normal(line) not in normal(spoken(narrated))
        assert normal(line) not in normal(written)


def test_every_letter_that_is_shown_is_spoken(narrated):
    """All that is shown of this article is spoken, too."""
    text = narrated.recording["text"]
    covered = {n for timing in narrated.recording["timings"] for n in range(*timing["span"])}
    assert {n for n, letter in enumerate(text) if letter.isalnum()} <= covered


def test_every_token_has_a_time_in_order_and_inside(narrated):
    utterances = narrated.recording["script"]["utterances"]
    timings = narrated.recording["timings"]
    assert [(t["utterance"], t["token"]) for t in timings] == [
        (i, j) for i, utterance in enumerate(utterances) for j in range(len(utterance["tokens"]))
    ]
    assert all(0 <= t["start"] < t["end"] for t in timings)
    assert all(a["start"] < b["start"] and a["end"] <= b["end"] for a, b in pairwise(timings))
    assert timings[-1]["end"] <= narrated.recording["duration_ms"]


def test_it_is_spoken_at_250_words_a_minute_by_its_own_samples(narrated):
    wpm = words(spoken(narrated)) * 60 / seconds(narrated.audio)
    assert wpm == pytest.approx(250, abs=2.5)
    assert narrated.recording["wpm"] == pytest.approx(wpm, abs=0.5)


def test_its_captions_are_the_written_words_in_order(narrated):
    vtt, srt = (cues(narrated.audio.with_suffix(suffix)) for suffix in (".vtt", ".srt"))
    assert vtt == srt
    assert narrated.audio.with_suffix(".vtt").read_text(encoding="utf-8").startswith("WEBVTT\n\n")
    assert all(start < end for start, end, _ in vtt)
    assert all(a[1] <= b[0] for a, b in pairwise(vtt))
    assert vtt[-1][1] <= narrated.recording["duration"]
    assert normal(" ".join(text for *_, text in vtt)) == normal(narrated.recording["text"])


def test_nothing_but_its_four_files_is_written(narrated):
    suffixes = Counter(path.suffix for path in narrated.folder.iterdir())
    assert suffixes == {".m4a": 1, ".vtt": 1, ".srt": 1, ".json": 1}
