"""The whole room: what comes out is what was promised, measured on the decoded file."""

import json
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from aloud import pace, recording
from aloud.adapt import adapt
from aloud.article import Article, Block, Role, State
from aloud.errors import MasterError
from aloud.master import FORMATS, master, masters
from aloud.script import Script
from aloud.voice import Booth, find_voice

CONTAINER_ACCURACY = 0.005  # seconds


def quick(chosen: list, among: list) -> list:
    """All of them, but only the chosen in `make check`; the rest run in `make test`."""
    return [x if x in chosen else pytest.param(x, marks=pytest.mark.slow) for x in among]


def length(path: Path) -> float:
    with av.open(str(path)) as container:
        return container.duration / av.time_base


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("wpm", quick([250], [None, 250]))
def test_every_format_holds_the_whole_recording_and_says_how_long_it_is(
    spoken, tmp_path, decoded, suffix, wpm
):
    made = master(spoken.script, spoken.speeches, spoken.voice, tmp_path / f"x.{suffix}", wpm=wpm)
    assert length(made.path) == pytest.approx(made.duration, abs=CONTAINER_ACCURACY)
    samples, rate = decoded(made.path)
    assert made.duration - 0.001 <= len(samples) / rate <= made.duration + 1024 / 22_050
    assert made.byte_count == made.path.stat().st_size


@pytest.mark.parametrize("wish", quick([250], [100, 150, 200, 250, 300, 400]))
def test_the_wish_is_met_by_the_file_s_own_samples(spoken, tmp_path, decoded, wish):
    made = master(spoken.script, spoken.speeches, spoken.voice, tmp_path / "x.wav", wpm=wish)
    samples, rate = decoded(made.path)
    assert spoken.script.words * 60 * rate / len(samples) == pytest.approx(wish, rel=0.001)
    assert made.wpm == pytest.approx(wish, rel=0.001)


@pytest.mark.parametrize("suffix", quick(["m4a", "mp3"], [*FORMATS]))
@pytest.mark.parametrize("wpm", quick([250], [None, 120, 250, 330]))
def test_every_word_begins_within_a_millisecond_of_its_written_time(
    tones, tmp_path, decoded, suffix, wpm
):
    made = master(tones.script, tones.speeches, tones.voice, tmp_path / f"x.{suffix}", wpm=wpm)
    written = json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))["timings"]
    samples, rate = decoded(made.path)
    loud = np.abs(samples) > 0.3 * np.abs(samples).max()
    for timing in written:
        around = round(timing["start"] * rate / 1000)
        first = max(0, around - rate // 50)
        onset = first + int(loud[first : around + rate // 50].argmax())
        assert loud[onset], timing
        assert abs(onset / rate * 1000 - timing["start"]) <= 1.0, timing
    assert len(written) == sum(len(u.tokens) for u in tones.script.utterances)


@pytest.mark.parametrize("suffix", quick(["m4a"], [*FORMATS]))
def test_the_decoded_file_is_at_minus_16_lufs_and_under_minus_1_dbtp(
    spoken, tmp_path, decoded, loudness_of, suffix
):
    made = master(spoken.script, spoken.speeches, spoken.voice, tmp_path / f"x.{suffix}")
    loud, peak = loudness_of(made.path)
    assert loud == pytest.approx(-16, abs=0.5)
    assert made.loudness == pytest.approx(loud, abs=0.3)
    assert peak <= -0.9


@pytest.mark.parametrize("suffix", ["m4a", "mp3", "opus", "wav"])
def test_the_file_says_what_it_is(telling, tmp_path, suffix):
    made = master(
        telling.script,
        telling.speeches,
        telling.voice,
        tmp_path / f"x.{suffix}",
        cover=telling.cover,
    )
    with av.open(str(made.path)) as container:
        stream = container.streams.audio[0]
        tags = {k.lower(): v for k, v in {**stream.metadata, **container.metadata}.items()}
        assert tags["title"] == "Harbour open"
        assert tags["artist"] == "Ann Oakes"
        assert tags["comment"] == "https://news.example/harbour"
        assert tags["date"].startswith("2026-11-20")
        assert tags["language"] == "eng"
        if suffix != "wav":
            assert tags["publisher"] == "The Harbour Times"
            assert len(container.streams.video) == 1  # the cover
            titles = [c["metadata"]["title"] for c in container.chapters()]
            assert titles == ["Harbour open", "Key points", "Story", "The repairs"]
        if suffix == "m4a":
            assert stream.metadata["language"] == "eng"
            assert container.metadata["major_brand"] == "M4A "


@pytest.mark.parametrize("suffix", ["m4a", "mp3", "opus"])
def test_chapters_begin_where_their_words_do_and_leave_no_gap(telling, tmp_path, suffix):
    made = master(telling.script, telling.speeches, telling.voice, tmp_path / f"x.{suffix}")
    with av.open(str(made.path)) as container:
        chapters = container.chapters()
        scale = [float(c["time_base"]) for c in chapters]
    starts = [c["start"] * s for c, s in zip(chapters, scale, strict=True)]
    ends = [c["end"] * s for c, s in zip(chapters, scale, strict=True)]
    firsts = {}
    for timing in made.timings:
        utterance = telling.script.utterances[timing.utterance]
        firsts.setdefault(utterance.role, timing.start)
    assert starts[0] == 0
    assert starts[1] == pytest.approx(firsts[Role.KEY_POINT], abs=0.002)
    assert starts[3] == pytest.approx(firsts[Role.HEADING], abs=0.002)
    assert ends[:-1] == starts[1:]
    assert ends[-1] == pytest.approx(made.duration, abs=CONTAINER_ACCURACY)


def test_what_is_saved_beside_the_audio_loads_equal(telling, tmp_path):
    made = master(telling.script, telling.speeches, telling.voice, tmp_path / "x.m4a", wpm=250)
    data = json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))
    loaded, script = recording.from_json(data, tmp_path)
    assert script == telling.script
    assert loaded.path == made.path
    assert loaded.sha256 == made.sha256
    assert recording.to_json(loaded, script) == data


def test_spans_point_into_the_clean_text_at_what_is_spoken(telling, tmp_path):
    master(telling.script, telling.speeches, telling.voice, tmp_path / "x.m4a")
    data = json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))
    words = [data["text"][a:b] for a, b in (t["span"] for t in data["timings"])]
    assert words[:2] == ["Harbour", "open"]
    assert "".join("".join(words).split()) == "".join(c for c in data["text"] if c.isalnum())


def test_faster_is_shorter_by_exactly_the_rate(spoken, tmp_path):
    def at(wpm: float) -> float:
        path = tmp_path / f"{wpm}.wav"
        return master(spoken.script, spoken.speeches, spoken.voice, path, wpm=wpm).duration

    assert at(200) / at(400) == pytest.approx(2, abs=0.0001)


def test_a_wish_beyond_reach_is_met_as_far_as_it_goes(tones, tmp_path):
    made = master(tones.script, tones.speeches, tones.voice, tmp_path / "x.wav", wpm=5000)
    assert made.wpm == pytest.approx(made.natural_wpm * pace.MAX_RATE, rel=0.001)


def test_a_failure_in_the_middle_leaves_nothing(tones, tmp_path):
    def broken():
        yield tones.speeches[0]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        master(tones.script, broken(), tones.voice, tmp_path / "x.m4a")
    assert list(tmp_path.iterdir()) == []


def test_a_failure_keeps_the_recording_that_was_there(tones, tmp_path):
    made = master(tones.script, tones.speeches, tones.voice, tmp_path / "x.m4a")

    def stop(what: str, done: int, total: int) -> None:
        if what == "encoding":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        master(tones.script, tones.speeches, tones.voice, made.path, wpm=300, progress=stop)
    assert recording.from_json(json.loads((tmp_path / "x.json").read_text()), tmp_path)
    assert made.byte_count == made.path.stat().st_size
    assert len(list(tmp_path.iterdir())) == 4


def test_two_formats_are_made_of_speech_that_is_heard_once(tones, tmp_path):
    (tmp_path / "alone").mkdir()
    names = ("x.m4a", "x.mp3")
    alone = [
        master(tones.script, tones.speeches, tones.voice, tmp_path / "alone" / name, wpm=250)
        for name in names
    ]
    paths = [tmp_path / name for name in names]
    both = masters(tones.script, iter(tones.speeches), tones.voice, paths, wpm=250)
    for one, other in zip(both, alone, strict=True):
        assert replace(one, path=other.path) == other  # its hash too: the same bytes
    assert both[0].timings == both[1].timings
    assert both[0].loudness == both[1].loudness
    left = sorted(path.name for path in tmp_path.iterdir() if path.is_file())
    assert left == ["x.json", "x.m4a", "x.mp3", "x.srt", "x.vtt"]
    assert json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))["file"] == "x.m4a"


def test_of_two_formats_both_are_made_or_none(tones, tmp_path):
    done: list[int] = []

    def stop_in_the_second(what: str, now: int, total: int) -> None:
        if what == "encoding":
            done.append(now)
            if now > total / 2:
                raise KeyboardInterrupt

    paths = (tmp_path / "x.m4a", tmp_path / "x.mp3")
    with pytest.raises(KeyboardInterrupt):
        masters(tones.script, tones.speeches, tones.voice, paths, progress=stop_in_the_second)
    assert done == sorted(done)
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_place_of_the_folder_is_said_so(tones, tmp_path):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(MasterError) as caught:
        master(tones.script, tones.speeches, tones.voice, tmp_path / "out" / "x.m4a")
    assert "-o" in caught.value.hint


def test_nothing_to_say_is_an_error(tones, tmp_path):
    empty = Script(Article("", ()), (), "en")
    with pytest.raises(MasterError, match="nothing to say"):
        master(empty, [], tones.voice, tmp_path / "x.m4a")


@pytest.fixture(scope="module")
def telling(cover):
    """An article with everything that a file can carry."""
    from dataclasses import dataclass
    from datetime import UTC, datetime

    blocks = tuple(
        Block(f"b{i}", role, text, State.SPOKEN, "test")
        for i, (role, text) in enumerate(
            [
                (Role.HEADLINE, "Harbour open"),
                (Role.KEY_POINT, "Boats sail again"),
                (Role.KEY_POINT, "Walls hold"),
                (Role.PARAGRAPH, "The harbour is open. Boats sail."),
                (Role.HEADING, "The repairs"),
                (Role.PARAGRAPH, "They took a year."),
            ]
        )
    )
    article = Article(
        url="https://news.example/harbour",
        blocks=blocks,
        byline="Ann Oakes",
        publisher="The Harbour Times",
        published=datetime(2026, 11, 20, 8, tzinfo=UTC),
        language="en-GB",
    )
    script = adapt(article)
    with Booth() as booth:
        voice = find_voice("tone/beep", "en", booth)
        speeches = list(booth.speak(script, voice))

    @dataclass(frozen=True)
    class Told:
        script: Script
        voice: object
        speeches: list
        cover: bytes

    return Told(script, voice, speeches, cover)
