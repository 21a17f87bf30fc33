"""Speech for others: the endpoint that programs written for OpenAI's speech API can be pointed at.

Text goes in and sound comes out while it is being spoken. No article, no place and no recording is
made of it. Its utterances go onto the shelf as all others do, so that what is asked for twice is
spoken once, and stay there until there is no more room.
"""

import base64
import difflib
import json
import logging
import math
import threading
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from typing import Any

from anyio import CancelScope, CapacityLimiter
from anyio.to_thread import run_sync
from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from aloud import article as articles
from aloud import pace
from aloud.adapt import adapt
from aloud.errors import AloudError
from aloud.master import live_gain
from aloud.master.stream import STREAMED, stream
from aloud.script import Script
from aloud.serve import openai
from aloud.serve.openai import Kind, Model, ModelList, Refused, SpeechRequest
from aloud.speech import Speech, Voice
from aloud.voice import of_language

log = logging.getLogger(__name__)

Speak = Callable[[Script, Voice], Iterator[Speech]]
Voices = Callable[[], tuple[Voice, ...]]
Measure = Callable[[Request, float], None]

MODELS = ("aloud", "tts-1", "tts-1-hd", "gpt-4o-mini-tts", "gpt-4o-mini-tts-2025-12-15")
_EMBEDDED = "espeak"  # the engine that a name without one means
# OpenAI's names. The embedded engine has fewer English voices: the six oldest names are distinct.
NAMES = {
    "alloy": "en-us", "echo": "en-us-nyc", "fable": "en-gb", "onyx": "en-gb-scotland",
    "nova": "en-gb-x-rp", "shimmer": "en-029", "ash": "en-gb-x-gbclan", "sage": "en-gb-x-gbcwmd",
    "ballad": "en-gb", "coral": "en-us", "verse": "en-us-nyc", "marin": "en-gb-x-rp",
    "cedar": "en-gb-scotland",
}  # fmt: skip
_SSE = "text/event-stream"
_EVENT = 24_576  # bytes of sound in one event: 32 KiB of base64, which every client's line holds
# Steps of speaking at a time. Not in the server's own threads: they could all wait for voices
# while nobody is left to answer the other routes.
_AT_ONCE = 32
_UNIT = 2_000  # characters that cost as much as a narration that is asked for


def router(
    speak: Speak, voices: Voices, measure: Measure = lambda request, cost: None
) -> APIRouter:
    """``/v1/audio/speech`` and ``/v1/models``.

    ``speak`` gives one speech an utterance, in order; it is called and asked from threads, one at
    a time, and its iterator is closed when nobody listens any more. ``voices`` can be chosen.
    ``measure`` is told who asks and what it costs, and raises an HTTPException for too much.
    """
    made = APIRouter(prefix=openai.PREFIX, route_class=openai.Route, tags=["OpenAI's speech API"])
    limiter = CapacityLimiter(_AT_ONCE)

    @made.post(
        "/audio/speech",
        summary="Speak a text",
        response_class=StreamingResponse,
        responses={200: _sounds(), **openai.answers(400, 404, 429, 503)},
    )
    async def create_speech(asked: SpeechRequest, request: Request) -> Response:
        """Sound while it is being spoken. A failure in the middle breaks the connection: what
        ends as it should is whole."""
        measure(request, math.ceil(len(asked.input) / _UNIT))
        spoken = await run_sync(_begun, asked, speak, voices, limiter=limiter)
        sse = asked.stream_format == "sse"
        return _Spoken(spoken, _SSE if sse else STREAMED[_kind(asked)].media_type, limiter)

    @made.get("/models", summary="List the models", responses=openai.answers())
    async def list_models() -> ModelList:
        return ModelList(data=[Model(id=name) for name in MODELS])

    @made.get("/models/{model}", summary="Describe a model", responses=openai.answers(404))
    async def retrieve_model(model: str) -> Model:
        return Model(id=_model(model))

    return made


class _Pieces:
    """The bytes of one answer, asked for and closed by threads that do not know of each other.

    The first are there from the beginning: what fails until then is still told as an error.
    """

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._lock = threading.Lock()
        self._first = next(pieces, None)
        self._rest = pieces

    def next(self) -> bytes | None:
        """The next bytes; None after the last."""
        with self._lock:
            if (first := self._first) is not None:
                self._first = None
                return first
            return next(self._rest, None)

    def close(self) -> None:
        """End the speaking, after the utterance that is being spoken."""
        with self._lock:
            if isinstance(self._rest, Generator):
                self._rest.close()


class _Spoken(StreamingResponse):
    """Sends pieces as they come. However it ends, the speaking ends with it."""

    def __init__(self, pieces: _Pieces, media_type: str, limiter: CapacityLimiter) -> None:
        self._pieces, self._limiter = pieces, limiter
        # no: a proxy that gathers an answer before it passes it on would undo the streaming.
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        super().__init__(self._each(), headers=headers, media_type=media_type)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        except AloudError as error:
            # The answer has begun, so it cannot become an error. Left without its end, the server
            # breaks the connection, and no client takes half for the whole.
            log.warning("a speech broke off", extra={"failure": error.message})
        finally:
            with CancelScope(shield=True):
                await run_sync(self._pieces.close, limiter=self._limiter)

    async def _each(self) -> AsyncIterator[bytes]:
        while (piece := await run_sync(self._pieces.next, limiter=self._limiter)) is not None:
            yield piece


def _begun(asked: SpeechRequest, speak: Speak, voices: Voices) -> _Pieces:
    """The answer, its first piece spoken."""
    _model(asked.model)
    voice = _voice(asked.voice if isinstance(asked.voice, str) else asked.voice.id, voices())
    script = adapt(articles.plain(asked.input, voice.language))
    if not script.utterances:
        message = "there is nothing to say in this text: give one with words in it"
        raise Refused(400, message, "input", "nothing_to_say")
    rate = min(pace.MAX_RATE, max(pace.MIN_RATE, asked.speed or 1.0))
    spoken = _with_pauses(script, speak(script, voice))
    sound = stream(spoken, _kind(asked), gain=live_gain(voice), rate=rate)
    if asked.stream_format == "sse":
        sound = _events(sound, round(script.words))
    return _Pieces(sound)


def _kind(asked: SpeechRequest) -> Kind:
    return asked.response_format or "mp3"


def _model(name: str) -> str:
    if name in MODELS:
        return name
    message = f"the model {name[:64]!r} does not exist: use one of {', '.join(MODELS)}"
    raise Refused(404, message, "model", "model_not_found")


def _voice(wish: str, known: tuple[Voice, ...]) -> Voice:
    """The voice of that id, or of that name among the embedded ones and OpenAI's."""
    by_id = {voice.id.lower(): voice for voice in known}
    name = NAMES.get(wish.lower(), wish.lower())
    for voice_id in (name, f"{_EMBEDDED}/{name}"):
        if voice_id in by_id:
            return by_id[voice_id]
    tag = name[:64].removeprefix(f"{_EMBEDDED}/")
    short = [voice_id.removeprefix(f"{_EMBEDDED}/") for voice_id in by_id]
    near = [voice.id.removeprefix(f"{_EMBEDDED}/") for voice in of_language(tag, known)]
    near = near or difflib.get_close_matches(name[:64], [*short, *by_id, *NAMES], n=3)
    near = near or ["alloy", *short]
    message = f"there is no voice {wish[:64]!r}; for example: {', '.join(near[:3])}"
    raise Refused(400, message, "voice", "voice_not_found")


def _with_pauses(script: Script, speeches: Iterator[Speech]) -> Iterator[tuple[Speech, float]]:
    """Each speech with the pause after it, of which the last has none."""
    pauses = [utterance.pause_after for utterance in script.utterances[:-1]]
    try:
        yield from zip(speeches, [*pauses, 0.0], strict=True)
    finally:
        if isinstance(speeches, Generator):
            speeches.close()


def _events(sound: Iterator[bytes], words: int) -> Iterator[bytes]:
    """The sound as server-sent events; at the end what was used, in words for want of tokens."""
    try:
        for piece in sound:
            for at in range(0, len(piece), _EVENT):
                audio = base64.b64encode(piece[at : at + _EVENT]).decode()
                yield _event({"type": "speech.audio.delta", "audio": audio})
    finally:
        if isinstance(sound, Generator):
            sound.close()
    usage = {"input_tokens": words, "output_tokens": 0, "total_tokens": words}
    yield _event({"type": "speech.audio.done", "usage": usage})


def _event(data: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps(data).encode() + b"\n\n"


def _sounds() -> dict[str, Any]:
    """What a whole answer may be, for the description."""
    count = {"type": "integer"}
    usage = _object(input_tokens=count, output_tokens=count, total_tokens=count)
    delta = _object(type={"const": "speech.audio.delta"}, audio={"type": "string"})
    done = _object(type={"const": "speech.audio.done"}, usage=usage)
    event = {
        "type": "string",
        "contentMediaType": "application/json",
        "contentSchema": {"oneOf": [delta, done]},
    }
    binary = {"schema": {"type": "string", "format": "binary"}}
    content: dict[str, Any] = {kind.media_type: binary for kind in STREAMED.values()}
    content[_SSE] = {"itemSchema": _object(data=event)}
    return {"description": "Sound, in the format that was asked for", "content": content}


def _object(**properties: Any) -> dict[str, Any]:
    """The schema of an object that has all of these."""
    return {"type": "object", "properties": properties, "required": list(properties)}
