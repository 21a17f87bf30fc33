"""Speech for others: OpenAI's own client and the ffmpeg program against a real server."""

import asyncio
import base64
import json
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import numpy as np
import openai
import pytest
import uvicorn
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import ASGIApp, Receive, Scope, Send

from aloud.errors import VoiceError
from aloud.master.loudness import LoudnessMeter
from aloud.master.stream import STREAMED
from aloud.script import Script
from aloud.serve import problems
from aloud.serve.openai import refusal
from aloud.serve.speech import MODELS, NAMES, router
from aloud.speech import Speech, Voice
from aloud.voice import Booth

pytestmark = pytest.mark.slow

KINDS = ["mp3", "opus", "aac", "flac", "wav", "pcm"]
SLOWLY = [kind if kind == "mp3" else pytest.param(kind, marks=pytest.mark.slow) for kind in KINDS]
TEXT = "The harbour opened again on Tuesday.\nBoats left before sunrise. Nobody was hurt."
PATIENCE = 30.0  # seconds until a test that waits for an event gives up
RATE = 48_000  # Hz
# Seconds before the first sample: what decoders cannot be told to take off (test_stream.py).
DELAY = {"mp3": 1105 / 44_100, "aac": 1024 / 44_100}


class Desk:
    """What stands behind the routes: one booth, and hooks for what may happen while it speaks."""

    def __init__(self) -> None:
        self.booth = Booth()
        self.lock = threading.Lock()
        self.asked: tuple[Script, Voice] | None = None  # last
        self.made: list[Speech] = []  # of it; no two of espeak's are quite the same
        self.failure: VoiceError | None = None  # of it
        self.ended = threading.Event()  # an iterator was closed or came to its end
        self.hold: threading.Event | None = None  # what the second utterance waits for
        self.fails_at: int | None = None  # the utterance that cannot be spoken

    def speak(self, script, voice):
        self.asked, self.made, self.failure = (script, voice), [], None
        self.ended.clear()
        try:
            for utterance in script.utterances:
                if len(self.made) == 1 and self.hold is not None:
                    assert self.hold.wait(PATIENCE)
                if len(self.made) == self.fails_at:
                    raise VoiceError("the engine died", subject="secret words", hint="try another")
                with self.lock:
                    self.made.append(self.booth.say(utterance, voice))
                yield self.made[-1]
        except VoiceError as error:
            self.failure = error
            raise
        finally:
            self.ended.set()

    def voices(self):
        with self.lock:
            return self.booth.voices("espeak") + self.booth.voices("tone")


@pytest.fixture(scope="module")
def whole_desk() -> Iterator[Desk]:
    desk = Desk()
    yield desk
    desk.booth.close()


@pytest.fixture
def desk(whole_desk) -> Iterator[Desk]:
    yield whole_desk
    whole_desk.hold = whole_desk.fails_at = None


@pytest.fixture(scope="module")
def app(whole_desk) -> FastAPI:
    made = FastAPI()
    problems.install(made)
    made.include_router(router(whole_desk.speak, whole_desk.voices))

    return made


@contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    """A real server on a free port; its address."""

    async def door(scope: Scope, receive: Receive, send: Send) -> None:
        if (b"authorization", b"Bearer stranger") in scope["headers"]:
            refused = refusal(401, "this needs a token", code="invalid_api_key")
            await refused(scope, receive, send)
        else:
            await app(scope, receive, send)

    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(door, log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


@pytest.fixture(scope="module")
def address(app) -> Iterator[str]:
    with serving(app) as address:
        yield address


@pytest.fixture(scope="module")
def client(address) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{address}/v1", api_key="listener", max_retries=0) as client:
        yield client


@pytest.fixture(scope="module")
def plain(address) -> Iterator[httpx.Client]:
    """A client that sends whatever it is given."""
    with httpx.Client(base_url=address, timeout=PATIENCE) as client:
        yield client


@pytest.fixture(scope="session")
def heard(needs_program):
    """What the ffmpeg program makes of an answer: samples at 48 kHz."""
    ffmpeg = needs_program("ffmpeg")

    def decode(data: bytes, kind: str) -> np.ndarray:
        raw = ["-f", "s16le", "-ar", "24000", "-ac", "1"] if kind == "pcm" else []
        command = [ffmpeg, "-v", "error", *raw, "-i", "-", "-f", "f32le", "-ac", "1"]
        done = subprocess.run(
            [*command, "-ar", str(RATE), "-"], input=data, capture_output=True, check=True
        )
        return np.frombuffer(done.stdout, np.float32)[round(DELAY.get(kind, 0.0) * RATE) :]

    return decode


def told(desk: Desk) -> tuple[float, list[float]]:
    """How long what was said takes at its natural speed, and when each of its words begins, in
    seconds."""
    assert desk.asked is not None
    at, onsets = 0.0, []
    for utterance, speech in zip(desk.asked[0].utterances, desk.made, strict=True):
        onsets += [at + timing.start for timing in speech.timings]
        end = at + speech.duration
        at = end + utterance.pause_after
    return end, onsets


@pytest.mark.parametrize("kind", KINDS)
def test_every_format_is_what_it_says_and_every_word_is_where_it_belongs(client, desk, heard, kind):
    answer = client.audio.speech.create(
        model="tts-1", input=TEXT, voice="tone/beep", response_format=kind
    )
    assert answer.response.headers["content-type"] == STREAMED[kind].media_type
    length, onsets = told(desk)
    samples = heard(answer.content, kind)
    assert -0.002 < len(samples) / RATE - length < 0.06
    loud = np.abs(samples) > 0.1
    for onset in onsets:
        at = round(onset * RATE)
        near = round(0.003 * RATE)
        assert loud[max(0, at - near) : at + near].any()
        assert not loud[max(0, at - round(0.02 * RATE)) : max(0, at - near)].any()


@pytest.mark.parametrize("kind", SLOWLY)
@pytest.mark.parametrize("speed", [0.5, 1.0, 1.5, 2.0])
def test_speed_is_how_many_times_faster_it_is(client, desk, heard, kind, speed):
    answer = client.audio.speech.create(
        model="tts-1", input=TEXT, voice="espeak/en-us", response_format=kind, speed=speed
    )
    length, _ = told(desk)
    assert -0.002 < len(heard(answer.content, kind)) / RATE - length / speed < 0.06


@pytest.mark.parametrize(("speed", "reached"), [(0.25, 0.4), (4.0, 4.0)])
def test_what_no_stretching_reaches_becomes_the_nearest_that_it_does(
    client, desk, heard, speed, reached
):
    answer = client.audio.speech.create(
        model="tts-1", input=TEXT, voice="en-us", response_format="flac", speed=speed
    )
    length, _ = told(desk)
    assert len(heard(answer.content, "flac")) / RATE == pytest.approx(length / reached, rel=0.05)


def test_it_is_as_loud_as_everything_else(client, heard):
    answer = client.audio.speech.create(model="tts-1", input=TEXT, voice="alloy")
    meter = LoudnessMeter(RATE)
    meter.add(heard(answer.content, "mp3"))
    assert abs(meter.integrated() + 16) < 1.5


def test_mp3_is_what_comes_without_a_wish(client):
    answer = client.audio.speech.create(model="aloud", input="Good morning.", voice="alloy")
    assert answer.response.headers["content-type"] == "audio/mpeg"
    assert answer.content[:2] == b"\xff\xfb"


def test_a_file_is_written_while_it_comes(client, tmp_path, heard, desk):
    path = tmp_path / "speech.flac"
    with client.audio.speech.with_streaming_response.create(
        model="tts-1-hd", input=TEXT, voice="nova", response_format="flac"
    ) as answer:
        answer.stream_to_file(path)
    length, _ = told(desk)
    assert len(heard(path.read_bytes(), "flac")) / RATE == pytest.approx(length, abs=0.002)


def test_the_first_bytes_come_before_the_second_utterance_is_spoken(client, desk):
    desk.hold = threading.Event()
    with client.audio.speech.with_streaming_response.create(
        model="tts-1", input=TEXT, voice="alloy"
    ) as answer:
        pieces = answer.iter_bytes()
        assert len(next(pieces)) > 500
        assert len(desk.made) == 1
        desk.hold.set()
        assert sum(map(len, pieces)) > 10_000
    assert len(desk.made) == 3


def test_a_client_that_goes_ends_the_speaking(client, desk):
    desk.hold = threading.Event()
    with client.audio.speech.with_streaming_response.create(
        model="tts-1", input=TEXT * 50, voice="alloy"
    ) as answer:
        next(answer.iter_bytes())
    # It has hung up, and the server knows when it has seen the end of the connection.
    desk.hold.set()
    assert desk.ended.wait(PATIENCE)
    assert len(desk.made) < 100


def test_a_voice_that_fails_before_the_first_sound_is_an_error(client, desk):
    desk.fails_at = 0
    with pytest.raises(openai.InternalServerError, match="the engine died") as failed:
        client.audio.speech.create(model="tts-1", input=TEXT, voice="alloy")
    assert "try another" in failed.value.message
    assert failed.value.type == "server_error"
    assert "secret" not in str(failed.value)


@pytest.mark.parametrize("form", ["audio", "sse"])
def test_a_voice_that_fails_later_breaks_the_connection(plain, desk, caplog, form):
    desk.fails_at = 2
    asked = {"model": "tts-1", "input": TEXT, "voice": "alloy", "stream_format": form}
    got = []
    with (
        plain.stream("POST", "/v1/audio/speech", json=asked) as answer,
        pytest.raises(httpx.RemoteProtocolError, match="without sending complete"),
    ):
        got.extend(answer.iter_raw())
    assert sum(map(len, got)) > 5_000
    assert b"speech.audio.done" not in b"".join(got)
    assert "a speech broke off" in caplog.text
    assert "secret" not in caplog.text


def test_events_carry_the_same_sound(client):
    asked = {
        "model": "gpt-4o-mini-tts",
        "input": TEXT,
        "voice": "tone/beep",
        "response_format": "wav",
    }
    whole = client.audio.speech.create(**asked).content
    with client.audio.speech.with_streaming_response.create(**asked, stream_format="sse") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = [line for line in answer.iter_lines() if line]
    events = [json.loads(line.removeprefix("data: ")) for line in lines]
    *deltas, done = events
    assert {event["type"] for event in deltas} == {"speech.audio.delta"}
    assert b"".join(base64.b64decode(event["audio"]) for event in deltas) == whole
    assert max(len(line) for line in lines) < 40_000
    usage = {"input_tokens": 13, "output_tokens": 0, "total_tokens": 13}
    assert done == {"type": "speech.audio.done", "usage": usage}


def test_the_client_s_own_reader_of_events_understands_them(client):
    events = client.post(
        "/audio/speech",
        cast_to=object,
        body={"model": "tts-1", "input": "Good morning.", "voice": "alloy", "stream_format": "sse"},
        stream=True,
        stream_cls=openai.Stream[object],
    )
    kinds = [event["type"] for event in events]
    assert kinds[-1] == "speech.audio.done"
    assert set(kinds[:-1]) == {"speech.audio.delta"}


def test_several_are_served_at_once_to_asynchronous_clients(address, heard):
    async def all_of_them() -> list[bytes]:
        async with openai.AsyncOpenAI(base_url=f"{address}/v1", api_key="x") as client:
            asked = [
                client.audio.speech.create(
                    model="tts-1", input="Good morning.", voice="tone/beep", response_format="pcm"
                )
                for _ in range(8)
            ]
            return [answer.content for answer in await asyncio.gather(*asked)]

    first, *others = asyncio.run(all_of_them())
    assert len(heard(first, "pcm")) > RATE / 2
    assert all(other == first for other in others)


@pytest.mark.parametrize(
    "voice", ["espeak/en-gb", "en-gb", "EN-GB", "fable", "ballad", {"id": "en-gb"}]
)
def test_one_voice_has_several_names(client, desk, voice):
    client.audio.speech.create(model="tts-1", input="Good morning.", voice=voice)
    assert desk.asked[1].id == "espeak/en-gb"


def test_every_name_of_openai_s_voices_is_an_embedded_one(desk):
    there = {voice.id for voice in desk.voices()}
    assert {f"espeak/{name}" for name in NAMES.values()} <= there
    oldest = ["alloy", "echo", "fable", "onyx", "nova", "shimmer"]
    assert len({NAMES[name] for name in oldest}) == len(oldest)


def test_a_text_is_read_in_the_language_of_its_voice(client, desk):
    client.audio.speech.create(model="tts-1", input="Am 3. Mai um 17 Uhr.", voice="de")
    assert desk.asked[0].language == "de"


def test_what_cannot_be_obeyed_is_ignored(client):
    asked = {"model": "tts-1", "input": "Good morning.", "voice": "tone/beep"}
    expected = client.audio.speech.create(**asked).content
    wordy = client.audio.speech.create(
        **asked, instructions="Whisper.", extra_body={"stream": True, "speed": None}
    )
    assert wordy.content == expected


def test_models_are_listed_and_described(client):
    assert [model.id for model in client.models.list()] == list(MODELS)
    assert {model.object for model in client.models.list()} == {"model"}
    assert client.models.retrieve("tts-1").owned_by == "aloud"


@pytest.mark.parametrize(
    ("voice", "offered"),
    [("fr", "fr-fr"), ("espeak/zh", "cmn"), ("aloy", "alloy"), ("de-at", "de")],
)
def test_an_unknown_voice_is_answered_with_one_of_its_language(client, voice, offered):
    with pytest.raises(openai.BadRequestError) as refused:
        client.audio.speech.create(model="tts-1", input="Hello.", voice=voice)
    assert f"for example: {offered}" in refused.value.message


def test_an_unknown_model_is_not_found(client):
    with pytest.raises(openai.NotFoundError) as lost:
        client.models.retrieve("gpt-17")
    assert (lost.value.code, lost.value.param) == ("model_not_found", "model")
    with pytest.raises(openai.NotFoundError, match="tts-1-hd"):
        client.audio.speech.create(model="gpt-17", input="Hello.", voice="alloy")


@pytest.mark.parametrize(
    ("change", "param", "said"),
    [
        ({"voice": "aloy"}, "voice", "alloy"),
        ({"voice": "en-gx"}, "voice", "en-gb"),
        ({"voice": "\x00"}, "voice", "alloy"),
        ({"voice": 3}, "voice", "has to be text"),
        ({"voice": {"name": "alloy"}}, "voice", "voice"),
        ({"speed": 0.2}, "speed", "0.25"),
        ({"speed": 4.1}, "speed", "4"),
        ({"speed": "fast"}, "speed", "number"),
        ({"response_format": "m4a"}, "response_format", "'opus'"),
        ({"stream_format": "morse"}, "stream_format", "'sse'"),
        ({"input": ""}, "input", "too short"),
        ({"input": None}, "input", "text"),
        ({"input": "a" * 100_001}, "input", "100000"),
        ({"input": " \n\t"}, "input", "nothing to say"),
        ({"input": "🎉🇬🇧 👩‍👩‍👧"}, "input", "give one with words"),
        ({"input": "\x00\x07"}, "input", "nothing to say"),
        ({"input": "\u202e\u200f\ufeff"}, "input", "nothing to say"),
        ({"model": None}, "model", "text"),
    ],
)
def test_a_request_that_means_nothing_says_what_to_change(client, change, param, said):
    asked = {"model": "tts-1", "input": "Hello.", "voice": "alloy"} | change
    with pytest.raises(openai.BadRequestError) as refused:
        client.audio.speech.create(**asked)
    assert refused.value.type == "invalid_request_error"
    assert refused.value.param == param
    assert said in refused.value.message


def test_a_missing_token_is_an_authentication_error(address):
    with (
        openai.OpenAI(base_url=f"{address}/v1", api_key="stranger") as client,
        pytest.raises(openai.AuthenticationError) as refused,
    ):
        client.models.list()
    assert refused.value.code == "invalid_api_key"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"hello"',
        b"\xff\xfe",
        b'{"model": "tts-1"}',
        b'{"model": "tts-1", "input": "\\ud800", "voice": "alloy"}',
        b'{"model": "tts-1", "input": "hello", "voice": "\\udfff"}',
        b'{"model": "tts-1", "input": "hello", "voice": {"id": "\\udfff"}}',
        b'{"model": "\\ud800", "input": "hello", "voice": "alloy"}',
        b'{"model": "tts-1", "input": "hello", "voice": "alloy", "speed": NaN}',
        b'{"model": "tts-1", "input": "hello", "voice": "alloy", "speed": 1e999}',
        b'{"model": "tts-1", "input": "hello", "voice": "alloy", "speed": ' + b"9" * 5000 + b"}",
        b'{"model": "tts-1", "input": "hello", "voice": ' + b"[" * 9000 + b"]" * 9000 + b"}",
    ],
)
def test_a_body_that_is_no_request_is_refused_in_the_same_shape(plain, body):
    answer = plain.post(
        "/v1/audio/speech", content=body, headers={"content-type": "application/json"}
    )
    assert answer.status_code == 400
    (error,) = answer.json().values()
    assert error["type"] == "invalid_request_error"
    assert error["message"]


def test_other_routes_keep_their_own_errors(plain):
    answer = plain.get("/api/nothing")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == problems.MEDIA_TYPE


@given(
    text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60),
    voice=st.sampled_from(["en-gb", "ar", "he", "cmn", "tone/beep"]),
    kind=st.sampled_from(KINDS),
    speed=st.floats(0.25, 4.0),
)
def test_any_text_is_spoken_or_refused(plain, whole_desk, text, voice, kind, speed):
    asked = {"model": "aloud", "input": text, "voice": voice, "speed": speed}
    whole_desk.failure = None
    try:
        answer = plain.post("/v1/audio/speech", json=asked | {"response_format": kind})
    except httpx.RemoteProtocolError:
        # Some letters have no sound in a voice, and such a voice must not leave them out.
        assert "no sound" in whole_desk.failure.message
        return
    if answer.status_code == 200:
        assert answer.headers["content-type"] == STREAMED[kind].media_type
    elif whole_desk.failure is None:
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "nothing_to_say")
    else:
        assert "no sound" in answer.json()["error"]["message"]


@pytest.mark.parametrize("text", ["مرحبا بالعالم", "שלום עולם", "a\x00b", "\u202eabc\u202c"])
def test_odd_texts_are_spoken(plain, text):
    asked = {"model": "aloud", "input": text, "voice": "ar", "response_format": "pcm"}
    answer = plain.post("/v1/audio/speech", json=asked)
    assert answer.status_code == 200
    assert np.abs(np.frombuffer(answer.content, "<i2")).max() > 1000


@pytest.mark.slow
@pytest.mark.parametrize("text", ["x" * 100_000, "word " * 20_000, "Said. " * 16_000])
def test_the_longest_text_begins_and_can_be_left(client, desk, text):
    with client.audio.speech.with_streaming_response.create(
        model="aloud", input=text[:100_000], voice="en-gb"
    ) as answer:
        assert next(answer.iter_bytes())
    assert desk.ended.wait(PATIENCE)


def test_everything_that_may_be_answered_is_described(plain):
    described = plain.get("/openapi.json").json()
    speech = described["paths"]["/v1/audio/speech"]["post"]
    sounds = set(speech["responses"]["200"]["content"])
    assert sounds == {kind.media_type for kind in STREAMED.values()} | {"text/event-stream"}
    assert {"400", "401", "404", "503", "4XX", "5XX"} <= set(speech["responses"])
    assert "422" not in speech["responses"]
    for refused in ("400", "404"):
        assert set(speech["responses"][refused]["content"]) == {"application/json"}
    assert described["components"]["schemas"]["SpeechRequest"]["examples"]
