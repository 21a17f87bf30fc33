"""Live segments: what was said where, heard back through ffmpeg, a program that is not ours."""

import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aloud.adapt import adapt
from aloud.errors import MasterError
from aloud.extract import extract
from aloud.fetch import fetch
from aloud.master import HELD_BACK, LiveEncoder, Segment, live_gain, master
from aloud.master.loudness import highest
from aloud.script import Script
from aloud.settings import Settings
from aloud.speech import Samples, Speech, TimingSource
from aloud.voice import Booth, find_voice

pytestmark = pytest.mark.slow

RATES = [16_000, 22_050, 24_000, 44_100]  # Hz
PACKET = 1024  # samples
SEGMENTS = 45
FIRST_OF_A_JUMP = 17  # the utterance at which a second run begins
NEAR = 900  # samples to either side in which a click is looked for
PAUSES = (0.0, 0.05, 0.15, 0.4, 0.9)  # seconds, in turn
SAMPLE = Path(__file__).parents[2] / "samples/harbour.html"

Listen = Callable[[bytes], Samples]


@dataclass(frozen=True)
class Stream:
    """Init, segments and end as one file, and where its utterances begin."""

    data: bytes
    segments: list[Segment]
    begins: list[int]  # samples, of each utterance

    @property
    def samples(self) -> int:
        return sum(segment.samples for segment in self.segments) + HELD_BACK


@pytest.fixture(scope="module")
def listen(needs_program, tmp_path_factory) -> Listen:
    """What the real ffmpeg hears in a file, at the file's own rate."""
    ffmpeg = needs_program("ffmpeg")
    file = tmp_path_factory.mktemp("live") / "stream.mp4"

    def heard(data: bytes) -> Samples:
        file.write_bytes(data)
        command = [ffmpeg, "-v", "warning", "-i", file, "-f", "f32le", "-"]
        done = subprocess.run(command, capture_output=True, check=True)
        assert done.stderr == b""
        return np.frombuffer(done.stdout, "<f4")

    return heard


def clicking(index: int, rate: int) -> tuple[Speech, list[int]]:
    """An utterance of a click at its first sample, one at its last, and some between."""
    length = 5_000 + 977 * (index % 13)
    clicks = [0, *range(2_400, length - 2_400, 2_400), length - 1]
    samples = np.zeros(length, np.float32)
    samples[clicks] = 0.5
    return Speech(samples, rate, (), TimingSource.ENGINE), clicks


def streamed(speeches: Sequence[Speech], pauses: Sequence[float], gain: float = 1.0) -> Stream:
    encoder = LiveEncoder(speeches[0].sample_rate, gain)
    data, segments, begins, at = [encoder.init], [], [], 0
    for speech, pause in zip(speeches, pauses, strict=True):
        segment = encoder.segment(speech, pause)
        segments.append(segment)
        data.append(dated(segment.data, at))
        begins.append(at + segment.lead)
        at += segment.samples
    end = encoder.end()
    assert end is not None
    return Stream(b"".join([*data, dated(end, at)]), segments, begins)


def dated(segment: bytes, at: int) -> bytes:
    """The segment as a file holds it, with its own time: a player says the time beside it."""
    place = segment.index(b"tfdt") + 8
    assert segment[place : place + 8] == bytes(8), "a segment starts at time zero"
    return segment[:place] + at.to_bytes(8, "big") + segment[place + 8 :]


def run_of_clicks(rate: int, first: int) -> tuple[Stream, list[int]]:
    """A run from utterance ``first`` on, and where each of its clicks should be heard."""
    told = [clicking(index, rate) for index in range(first, SEGMENTS)]
    pauses = [PAUSES[index % len(PAUSES)] for index in range(first, SEGMENTS)]
    stream = streamed([speech for speech, _ in told], pauses)
    pairs = zip(stream.begins, told, strict=True)
    return stream, [begin + click for begin, (_, clicks) in pairs for click in clicks]


def found(samples: Samples, expected: Sequence[int]) -> list[int]:
    """Where each click is, looked for around where it should be."""
    starts = [max(0, click - NEAR) for click in expected]
    return [s + int(np.abs(samples[s : s + 2 * NEAR]).argmax()) for s in starts]


def off_by(samples: Samples, expected: Sequence[int]) -> int:
    """The worst distance of a click from its place, in samples."""
    return int(np.abs(np.subtract(found(samples, expected), expected)).max())


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("first", [0, FIRST_OF_A_JUMP], ids=["from the start", "a jump"])
def test_every_click_of_a_run_is_within_a_sample_of_its_place(listen, rate, first):
    stream, clicks = run_of_clicks(rate, first)
    samples = listen(stream.data)
    assert len(samples) == stream.samples  # not one more, so no gap was filled and none is there
    assert off_by(samples, clicks) <= 1


def test_a_length_that_is_not_true_would_be_heard(listen):
    stream, clicks = run_of_clicks(22_050, 0)
    wrong = [click + 2 * (index >= len(clicks) // 2) for index, click in enumerate(clicks)]
    assert off_by(listen(stream.data), wrong) > 1


@pytest.mark.parametrize("index", [0, 5])
def test_an_utterance_is_whole_in_its_own_segment(listen, index):
    stream, _ = run_of_clicks(22_050, 0)
    segment, (_, clicks) = stream.segments[index], clicking(index, 22_050)
    samples = listen(LiveEncoder(22_050, 1.0).init + segment.data)  # of another run: all alike
    assert len(samples) == segment.samples
    expected = [segment.lead + click for click in clicks]
    assert off_by(samples, expected) <= 1
    assert np.abs(samples[expected]).min() > 0.4


def test_every_word_begins_within_a_millisecond_of_its_time(tones, listen):
    pauses = [utterance.pause_after for utterance in tones.script.utterances]
    stream = streamed(tones.speeches, pauses)
    samples, rate = listen(stream.data), tones.voice.sample_rate
    loud = np.abs(samples) > 0.3 * np.abs(samples).max()
    for begin, speech in zip(stream.begins, tones.speeches, strict=True):
        for timing in speech.timings:
            expected = begin + round(timing.start * rate)
            around = max(0, expected - rate // 50)
            onset = around + int(loud[around : expected + rate // 50].argmax())
            assert abs(onset - expected) <= rate / 1000, timing


@given(st.integers(1, 60_000), st.floats(0, 3))
def test_a_segment_is_whole_packets_and_its_pause_the_nearest_that_are(length, pause):
    speech = Speech(np.zeros(length, np.float32), 22_050, (), TimingSource.ENGINE)
    segment = LiveEncoder(22_050, 1.0).segment(speech, pause)
    silence = segment.samples - length
    assert segment.samples % PACKET == 0
    assert segment.lead == HELD_BACK  # the same in all, so that it need not be looked up
    assert silence >= HELD_BACK
    assert abs(silence - pause * 22_050) <= PACKET / 2 or silence < HELD_BACK + PACKET


def test_segments_are_numbered_from_one(tones):
    encoder = LiveEncoder(24_000, 1.0)
    segments = [encoder.segment(speech, 0.4).data for speech in tones.speeches]
    end = encoder.end()
    assert end is not None
    places = [data.index(b"mfhd") + 8 for data in [*segments, end]]
    numbers = [
        int.from_bytes(data[at : at + 4], "big")
        for data, at in zip([*segments, end], places, strict=True)
    ]
    assert numbers == list(range(1, len(tones.speeches) + 2))


def test_a_run_in_which_nothing_was_spoken_has_no_end():
    assert LiveEncoder(22_050, 1.0).end() is None


def test_every_run_of_a_voice_has_the_same_beginning_and_the_same_bytes(tones):
    one, other = (streamed(tones.speeches, [0.4] * len(tones.speeches)) for _ in range(2))
    assert one.data == other.data


def test_a_voice_that_cannot_be_streamed_is_said_so():
    with pytest.raises(MasterError, match="11000 Hz") as caught:
        LiveEncoder(11_000, 1.0)
    assert "finished" in caught.value.hint


def test_a_voice_that_changes_its_sample_rate_is_refused(tones):
    with pytest.raises(MasterError, match="sample rate"):
        LiveEncoder(22_050, 1.0).segment(tones.speeches[0], 0.4)


def test_however_loud_the_voice_no_peak_is_above_minus_1_dbtp(spoken, listen):
    stream = streamed(spoken.speeches, [0.4] * len(spoken.speeches), gain=20.0)
    assert 20 * np.log10(highest(listen(stream.data))) <= -1.0


def loudness_of_both(loudness_of, folder: Path, told, script: Script) -> tuple[float, float]:
    """LUFS of the live stream and of the finished file."""
    voice, speeches = told
    made = master(script, speeches, voice, folder / "x.m4a", captions=False)
    pauses = [utterance.pause_after for utterance in script.utterances]
    (folder / "live.mp4").write_bytes(streamed(speeches, pauses, live_gain(voice)).data)
    return loudness_of(folder / "live.mp4")[0], loudness_of(made.path)[0]


def test_live_is_as_loud_as_the_finished_file(spoken, loudness_of, tmp_path):
    told = (spoken.voice, spoken.speeches)
    live, file = loudness_of_both(loudness_of, tmp_path, told, spoken.script)
    assert live == pytest.approx(file, abs=1.0)


@pytest.mark.slow
@pytest.mark.parametrize(
    "voice_id",
    [
        "espeak/en-us",
        pytest.param("espeak/en-gb", marks=pytest.mark.proof),
        pytest.param("espeak/en-gb-scotland", marks=pytest.mark.proof),
        "espeak/de",
        pytest.param("tone/beep", marks=pytest.mark.proof),
    ],
)
def test_a_whole_article_is_as_loud_live_as_in_the_file(loudness_of, tmp_path, voice_id):
    script = adapt(extract(fetch(str(SAMPLE), Settings())))
    with Booth() as booth:
        voice = find_voice(voice_id, "en", booth)
        told = (voice, list(booth.speak(script, voice)))
    live, file = loudness_of_both(loudness_of, tmp_path, told, script)
    assert live == pytest.approx(file, abs=1.0)


def test_a_louder_voice_gets_less_gain():
    with Booth() as booth:
        voices = sorted(booth.voices("espeak"), key=lambda voice: voice.loudness)
    gains = [live_gain(voice) for voice in voices]
    assert gains == sorted(gains, reverse=True)
    assert gains[0] > gains[-1]
