"""Problems: failures as clients read them (RFC 9457), each with what to do next.

A problem says nothing that only the machine's owner should know, and quotes nothing of an article:
what failed on our side is named by its kind, and its words go to the log.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.types import Send

from aloud.errors import (
    AddressRefused,
    AloudError,
    Conflict,
    DiskError,
    EngineMissing,
    ExtractError,
    FetchError,
    FetchLater,
    LibraryError,
    MasterError,
    Missing,
    NotFound,
    PublishError,
    ShelfError,
    TooLarge,
    UnknownVoice,
    Unsayable,
    UsageError,
    VoiceError,
)

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = 5  # seconds: a locked database or a store that restarts is back by then

# Kind of failure: status, and the name in its type. The nearest kind of an error's family counts.
_STATUS: dict[type[AloudError], tuple[int, str]] = {
    AloudError: (500, "failed"),
    UsageError: (422, "usage"),
    NotFound: (404, "not-found"),
    Conflict: (409, "conflict"),
    FetchError: (502, "fetch"),
    FetchLater: (502, "fetch-later"),
    # Not 403: no other token would help. What cannot be processed is the address that was sent.
    AddressRefused: (422, "address-refused"),
    TooLarge: (413, "too-large"),
    ExtractError: (422, "no-article"),
    UnknownVoice: (422, "unknown-voice"),
    Unsayable: (422, "unsayable"),
    EngineMissing: (503, "engine-missing"),
    VoiceError: (500, "voice"),
    MasterError: (500, "master"),
    DiskError: (507, "disk"),
    PublishError: (500, "publish"),
    LibraryError: (503, "library"),
    ShelfError: (503, "shelf"),
    Missing: (404, "missing"),
}
_LATER = (LibraryError, ShelfError, FetchLater)
# Statuses that have a meaning of their own, for those who describe a route.
_EXAMPLES = {
    400: "the request cannot be understood",
    401: "this needs a token",
    403: "this token may listen and not manage",
    404: "there is no such article",
    409: "the article has changed since it was read",
    413: "the request is larger than 20971520 bytes",
    415: "compressed requests are not accepted",
    422: "one thing in the request is wrong",
    429: "too much was asked for at once",
    502: "the page could not be had",
    503: "the library cannot be reached for the moment",
    507: "there is no room left on the disk",
}


class Fault(BaseModel):
    """One thing that is wrong in a request."""

    detail: str = Field(description="What is wrong.")
    pointer: str = Field(description="Where: a JSON pointer that begins with body, query, path …")


class Problem(BaseModel):
    """What failed, and what to do about it (RFC 9457)."""

    model_config = ConfigDict(extra="forbid")

    type: str = Field("about:blank", description="The kind of problem: a name, not an address.")
    title: str = Field(description="The kind of problem in words.")
    status: int = Field(description="The answer's HTTP status.")
    detail: str | None = Field(None, description="What failed this time.")
    instance: str | None = Field(None, description="The path that was asked for.")
    hint: str | None = Field(None, description="What to do next.")
    errors: list[Fault] | None = Field(None, description="Each thing that is wrong.")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request that is not answered, and why: what a check decides before any route is asked."""

    status: int
    kind: str  # the name in the problem's type
    detail: str
    hint: str = ""
    headers: tuple[tuple[bytes, bytes], ...] = ()

    def problem(self, instance: str | None = None) -> Problem:
        return _problem(self.status, self.kind, self.detail, self.hint, instance)


def of(error: AloudError, instance: str | None = None) -> Refusal:
    """What a client is told of a failure.

    The subject stays out where the fault is ours: it may be a path, a key or a sentence.
    """
    status, kind = next(_STATUS[each] for each in type(error).__mro__ if each in _STATUS)
    later = isinstance(error, _LATER) and status >= 500
    headers = ((b"retry-after", b"%d" % RETRY_AFTER),) if later else ()
    ours = status in (500, 503, 507)
    return Refusal(status, kind, error.message if ours else str(error), error.hint, headers)


async def answer(send: Send, refusal: Refusal, instance: str | None = None) -> None:
    """Answer an ASGI request with a problem."""
    body = _json(refusal.problem(instance))
    headers = [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", b"%d" % len(body)),
        (b"cache-control", b"no-store"),
        *refusal.headers,
    ]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def install(app: FastAPI) -> None:
    """Have every failure of an application answered, and described, as a problem.

    An error that nobody foresaw is a 500 without its words. Starlette raises it again after the
    answer, so the server logs its traceback: once.
    """
    app.add_exception_handler(AloudError, _failed)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _misunderstood)
    app.add_exception_handler(Exception, _broken)
    describe = app.openapi

    def openapi() -> dict[str, Any]:
        described = describe()
        schemas = described.setdefault("components", {}).setdefault("schemas", {})
        schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas |= {**schema.pop("$defs"), "Problem": schema}
        return described

    app.openapi = openapi  # type: ignore[method-assign]


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems a route may answer with, for ``responses=`` of its decorator.

    >>> responses(404)[404]["content"][MEDIA_TYPE]["example"]["title"]
    'Not Found'
    """
    return {
        status: {
            "description": _title(status),
            "content": {
                MEDIA_TYPE: {
                    "schema": {"$ref": "#/components/schemas/Problem"},
                    "example": _problem(status, "", _EXAMPLES.get(status, "")).model_dump(
                        exclude_none=True
                    ),
                }
            },
        }
        for status in statuses
    }


def _problem(
    status: int, kind: str, detail: str, hint: str = "", instance: str | None = None
) -> Problem:
    return Problem(
        type=f"urn:aloud:problem:{kind}" if kind else "about:blank",
        title=_title(status),
        status=status,
        detail=detail or None,
        instance=instance,
        hint=hint or None,
        errors=None,
    )


def _title(status: int) -> str:
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else "Failed"


def _json(problem: Problem) -> bytes:
    # Not the model's own: half of a surrogate pair, sent to us escaped, would fail it.
    return json.dumps(problem.model_dump(exclude_none=True)).encode()


def _response(problem: Problem, headers: Iterable[tuple[bytes, bytes]] = ()) -> Response:
    response = Response(_json(problem), problem.status, media_type=MEDIA_TYPE)
    response.raw_headers.append((b"cache-control", b"no-store"))
    response.raw_headers.extend(headers)
    return response


def _path(request: Request) -> str:
    return str(request.scope["path"])  # not request.url, which believes the Host header


def _pointer(place: Iterable[str | int]) -> str:
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in place)


async def _failed(request: Request, error: Exception) -> Response:
    assert isinstance(error, AloudError)
    refusal = of(error)
    return _response(refusal.problem(_path(request)), refusal.headers)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = [(name.lower().encode(), v.encode()) for name, v in (error.headers or {}).items()]
    if error.status_code in (204, 304):
        return Response(status_code=error.status_code, headers=error.headers)
    detail = error.detail if error.detail != _title(error.status_code) else ""
    return _response(_problem(error.status_code, "", detail, "", _path(request)), headers)


async def _misunderstood(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults = [Fault(detail=each["msg"], pointer=_pointer(each["loc"])) for each in error.errors()]
    said = f"{len(faults)} things in the request are wrong" if len(faults) > 1 else _EXAMPLES[422]
    problem = _problem(422, "invalid", said, "", _path(request))
    return _response(problem.model_copy(update={"errors": faults}))


async def _broken(request: Request, error: Exception) -> Response:
    hint = "this is a fault of the service: its log says more"
    return _response(_problem(500, "fault", "something went wrong", hint, _path(request)))
