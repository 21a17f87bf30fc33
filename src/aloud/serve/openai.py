"""OpenAI's shapes: requests, answers and errors as the clients of its speech API know them.

Source: platform.openai.com/docs/api-reference/audio/createSpeech, and the types of its client.
"""

from collections.abc import Callable, Coroutine
from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from aloud.errors import AloudError
from aloud.serve import complaints, faults, problems

PREFIX = "/v1"
LONGEST_INPUT = 100_000  # characters: two hours of speech, where OpenAI takes 4,096
_CREATED = 1_767_225_600  # 2026-01-01: clients want a time, and there is none to tell


def _whole(text: str) -> str:
    """The text, if no half of a surrogate pair is in it: JSON can carry one, nothing can say it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("there is half a character in it (a lone surrogate)") from None
    return text


Text = Annotated[str, AfterValidator(_whole)]
Kind = Literal["mp3", "opus", "aac", "flac", "wav", "pcm"]


class VoiceId(BaseModel):
    """A voice as newer clients name it."""

    model_config = ConfigDict(strict=True)

    id: Text = Field(description="As `voice`.", examples=["espeak/en-gb"])


class SpeechRequest(BaseModel):
    """What is to be said, and how. Other fields are accepted and ignored."""

    model_config = ConfigDict(
        strict=True,
        json_schema_extra={
            "examples": [
                {"model": "aloud", "input": "Good morning.", "voice": "espeak/en-gb"},
                {
                    "model": "tts-1",
                    "input": "Guten Morgen.",
                    "voice": {"id": "de"},
                    "response_format": "opus",
                    "speed": 1.5,
                },
            ]
        },
    )

    model: Text = Field(
        description="One of `GET /v1/models`. They all sound the same here.", examples=["tts-1"]
    )
    input: Text = Field(
        min_length=1,
        max_length=LONGEST_INPUT,
        description="The text, a paragraph on each line.",
        examples=["Good morning."],
    )
    voice: Text | VoiceId = Field(
        description="A voice's id (`espeak/en-gb`), the name of an embedded voice (`en-gb`), "
        "or one of OpenAI's names, which stand for embedded English voices.",
        examples=["espeak/en-gb", "alloy"],
    )
    response_format: Kind | None = Field(default="mp3", description="pcm is 24 kHz, 16 bit, mono.")
    speed: float | None = Field(default=1.0, ge=0.25, le=4.0, description="2 takes half the time.")
    instructions: Text | None = Field(default=None, description="Ignored: these voices take none.")
    stream_format: Literal["audio", "sse"] | None = Field(
        default="audio", description="sse sends the sound in events, as base64."
    )


class Model(BaseModel):
    """A name that can be asked for."""

    id: str
    object: Literal["model"] = "model"
    created: int = Field(default=_CREATED, description="Unix time; without meaning here.")
    owned_by: str = "aloud"


class ModelList(BaseModel):
    """All of them."""

    object: Literal["list"] = "list"
    data: list[Model]


class Refused(Exception):
    """A request that means nothing here, and why."""

    def __init__(self, status: int, message: str, param: str | None = None, code: str = "") -> None:
        super().__init__(message)
        self.status, self.message, self.param, self.code = status, message, param, code


class Route(APIRoute):
    """A route whose every foreseen failure is answered in OpenAI's shape."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                return await answer(request)
            except Refused as error:
                return refusal(error.status, error.message, error.param, error.code)
            except RequestValidationError as error:
                return _misunderstood(error)
            except (AloudError, HTTPException) as error:
                return _failed(error)

        return answered


def refusal(status: int, message: str, param: str | None = None, code: str = "") -> Response:
    """An error as OpenAI's clients read it."""
    body = complaints.written(complaints.complaint(status, message, param, code))
    return Response(body, status, {"cache-control": "no-store"}, complaints.MEDIA_TYPE)


def answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors of a route, for ``responses=`` of its decorator."""
    known: dict[int | str, dict[str, Any]] = {}
    for status in (HTTPStatus.UNAUTHORIZED, *statuses):
        said = "what is wrong, and what to do about it"
        param = "input" if status == HTTPStatus.BAD_REQUEST else None
        example = complaints.complaint(status, said, param).model_dump()
        known[int(status)] = {
            "description": HTTPStatus(status).phrase,
            "content": {complaints.MEDIA_TYPE: {"example": example}},
        }
    known |= {"4XX": {"description": "Refused"}, "5XX": {"description": "Failed"}}
    for described in known.values():
        described["model"] = complaints.ErrorAnswer
    return known


def _misunderstood(error: RequestValidationError) -> Response:
    """The first thing that is wrong: OpenAI names one."""
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return refusal(400, f"the body is not JSON: {first['ctx']['error']}")
    where = [str(step) for step in first["loc"][1:]]
    if not where:
        return refusal(400, "the body is not a JSON object sent as application/json")
    return refusal(400, f"{where[0]}: {faults.in_words(first)}", where[0])


def _failed(error: AloudError | HTTPException) -> Response:
    known = problems.of(error)
    status = HTTPStatus.BAD_REQUEST if known.status == 422 else known.status
    return problems.response(replace(known, status=status), PREFIX)
