"""Streaming: bytes come while it is being spoken, and any player makes the same sound of them."""

import json
import struct
import subprocess
from itertools import accumulate, chain

import numpy as np
import pytest

from aloud import pace
from aloud.errors import MasterError
from aloud.master import live_gain
from aloud.master.loudness import LoudnessMeter, highest
from aloud.master.stream import STREAMED, stream
from aloud.speech import Speech, TimingSource

pytestmark = pytest.mark.slow

RATE = 48_000  # Hz, at which what came out is listened to
# Seconds that a decoder gives back before the first sample, because the format cannot tell it to
# take off what the encoder put there: LAME's delay and its decoder's, a frame of AAC.
DELAY = {"mp3": 1105 / 44_100, "aac": 1024 / 44_100}
KINDS = list(STREAMED)
RATES = [2.0, *(pytest.param(rate, marks=pytest.mark.slow) for rate in (0.5, 1.0, 1.5))]
ENGINE = TimingSource.ENGINE


def sound(length):
    """So many samples that are no silence."""
    return Speech(np.full(length, 0.5, np.float32), 22_050, (), ENGINE)


def paused(told):
    """Speeches with their pauses, of which the last is none."""
    pauses = [utterance.pause_after for utterance in told.script.utterances]
    return list(zip(told.speeches, [*pauses[:-1], 0.0], strict=True))


def streamed(told, kind, rate=1.0):
    return b"".join(stream(paused(told), kind, gain=live_gain(told.voice), rate=rate))


@pytest.fixture(scope="session")
def heard(needs_program):
    """What the ffmpeg program makes of a stream: samples at 48 kHz."""
    ffmpeg = needs_program("ffmpeg")

    def decode(data, kind):
        raw = ["-f", "s16le", "-ar", "24000", "-ac", "1"] if kind == "pcm" else []
        command = [ffmpeg, "-v", "error", *raw, "-i", "-", "-f", "f32le", "-ac", "1"]
        done = subprocess.run(
            [*command, "-ar", str(RATE), "-"], input=data, capture_output=True, check=True
        )
        samples = np.frombuffer(done.stdout, np.float32)
        return samples[round(DELAY.get(kind, 0.0) * RATE) :]

    return decode


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rate", RATES)
def test_every_word_of_every_format_is_heard_where_it_belongs(tones, heard, kind, rate):
    samples = heard(streamed(tones, kind, rate), kind)
    loud = np.abs(samples) > 0.1
    flow = pace.Flow(tones.voice.sample_rate, rate)
    for speech, pause in paused(tones):
        slot = flow.place(len(speech.samples), pause)
        for timing in speech.timings:
            even = timing.start / speech.duration * slot.length
            expected = round((slot.start + even) / tones.voice.sample_rate * RATE)
            near = round(0.008 * RATE)  # stretching moves a word by 5 ms at most
            first = max(0, expected - near)
            assert not loud[max(0, first - round(0.015 * RATE)) : first].any(), timing
            assert loud[first : expected + near].any(), timing
    assert not loud[round((slot.start + slot.length) / tones.voice.sample_rate * RATE) + 50 :].any()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rate", RATES)
def test_speed_is_met(spoken, heard, kind, rate):
    natural = sum(speech.duration + pause for speech, pause in paused(spoken))
    samples = heard(streamed(spoken, kind, rate), kind)
    most = 0.06  # of padding, up to which frames of mp3 and AAC are filled
    assert -0.002 <= len(samples) / RATE - natural / rate <= most


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_it_is_as_loud_as_a_finished_recording(spoken, heard, kind):
    samples = heard(streamed(spoken, kind), kind)
    meter = LoudnessMeter(RATE)
    meter.add(samples)
    assert abs(meter.integrated() + 16) < 1.0
    assert highest(samples) <= 10 ** (-1 / 20)


@pytest.mark.parametrize("kind", KINDS)
def test_bytes_come_out_before_the_next_utterance_is_asked_for(tones, kind):
    happened = []

    def speeches():
        for number, each in enumerate(paused(tones)):
            happened.append(f"spoken {number}")
            yield each

    pieces = stream(speeches(), kind, gain=1.0)
    for _ in tones.speeches:
        assert len(next(pieces)) > 500
        happened.append("sent")
    expected = [(f"spoken {n}", "sent") for n in range(len(tones.speeches))]
    assert happened == list(chain(*expected))


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_an_utterance_comes_out_to_its_last_word(tones, kind, heard):
    pieces = list(stream(paused(tones), kind, gain=1.0))
    until = 0.0
    for (speech, pause), sent in zip(paused(tones)[:-1], accumulate(pieces), strict=False):
        # What is held back is less than the pause that follows.
        assert len(heard(sent, kind)) / RATE > until + speech.duration - 0.01
        until += speech.duration + pause


@pytest.mark.parametrize("kind", KINDS)
def test_whoever_stops_listening_ends_the_speaking(tones, kind):
    ended = []

    def speeches():
        try:
            yield from paused(tones)
        finally:
            ended.append(True)

    pieces = stream(speeches(), kind, gain=1.0)
    next(pieces)
    assert not ended
    pieces.close()
    assert ended


def test_a_failing_voice_ends_the_stream_with_its_error(tones):
    def speeches():
        yield paused(tones)[0]
        raise MasterError("the voice fell silent")

    pieces = stream(speeches(), "mp3", gain=1.0)
    next(pieces)
    with pytest.raises(MasterError, match="fell silent"):
        list(pieces)


@pytest.mark.parametrize(
    ("kind", "codec", "rate"),
    [
        ("mp3", "mp3", 44_100),
        ("opus", "opus", 48_000),
        ("aac", "aac", 44_100),
        ("flac", "flac", 24_000),
        ("wav", "pcm_s16le", 24_000),
    ],
)
def test_the_container_is_what_clients_expect(tones, needs_program, tmp_path, kind, codec, rate):
    ffprobe = needs_program("ffprobe", package="ffmpeg")
    path = tmp_path / f"speech.{kind}"
    path.write_bytes(streamed(tones, kind))
    command = [ffprobe, "-v", "error", "-show_streams", "-show_format", "-of", "json", str(path)]
    shown = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    (track,) = shown["streams"]
    assert (track["codec_name"], int(track["sample_rate"])) == (codec, rate)
    assert track["channels"] == 1
    assert {"opus": "ogg"}.get(kind, kind) in shown["format"]["format_name"]
    if kind == "mp3":
        assert track["bit_rate"] == "64000"


def test_wav_says_that_its_length_is_not_known(tones):
    data = streamed(tones, "wav")
    assert data[:4] == b"RIFF"
    assert struct.unpack("<I", data[4:8]) == (0xFFFFFFFF,)
    assert data[36:44] == b"data\xff\xff\xff\xff"
    assert data[44:] == streamed(tones, "pcm")


def test_pcm_is_nothing_but_samples(tones):
    natural = sum(speech.duration + pause for speech, pause in paused(tones))
    assert len(streamed(tones, "pcm")) == round(natural * 24_000) * 2


@pytest.mark.slow
def test_the_same_speech_gives_the_same_bytes(tones):
    for kind in KINDS:
        assert streamed(tones, kind) == streamed(tones, kind)


def test_a_voice_that_changes_its_rate_is_an_error(tones):
    other = Speech(np.zeros(800, np.float32), 8000, (), ENGINE)
    with pytest.raises(MasterError, match="sample rate"):
        list(stream([paused(tones)[0], (other, 0.0)], "mp3", gain=1.0))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("length", [1, 30, 300])
def test_a_click_is_a_stream_too(kind, length):
    pieces = list(stream([(sound(length), 0.0)], kind, gain=1.0))
    assert len(b"".join(pieces)) < 3000


@pytest.mark.parametrize("kind", KINDS)
def test_a_word_without_a_sound_leaves_its_pause(heard, kind):
    speeches = [(sound(11_025), 0.5), (sound(0), 0.5), (sound(11_025), 0.0)]
    samples = heard(b"".join(stream(speeches, kind, gain=1.0)), kind)
    assert 1.99 < len(samples) / RATE < 2.06


@pytest.mark.parametrize("speeches", [[], [(Speech(np.zeros(0, np.float32), 8000, (), ENGINE), 0)]])
def test_nothing_to_say_is_an_error(speeches):
    with pytest.raises(MasterError, match="nothing to say"):
        next(stream(speeches, "mp3", gain=1.0))
