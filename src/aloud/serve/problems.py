"""Problems: failures as clients read them (RFC 9457), each with what to do next.

A problem says nothing that only the machine's owner should know, and quotes nothing of an article:
what failed on our side is named by its kind, and its words go to the log.
"""

import json
from collections.abc import Iterable, Mapping
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
from aloud.serve import complaints, faults, hints
from aloud.serve.faults import Fault, Misunderstood

MEDIA_TYPE = "application/problem+json"
_KINDS = "urn:aloud:problem:"  # what the types of ours begin with
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
_LATER: list[type[AloudError]] = [LibraryError, ShelfError, FetchLater]
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


class Problem(BaseModel):
    """What failed, and what to do about it (RFC 9457)."""

    model_config = ConfigDict(extra="forbid")

    type: str = Field("about:blank", description="The kind of problem: a name, not an address.")
    title: str = Field(description="The kind of problem in words.")
    status: int = Field(description="The answer's HTTP status.")
    detail: str | None = Field(None, description="What failed this time.")
    instance: str | None = Field(None, description="The path that was asked for.")
    hint: str = Field(description="What to do next.")
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
        hint = self.hint or hints.of_status(self.status, _allowed(self.headers))
        return _problem(self.status, self.kind, self.detail, hint, instance)


class Declined(HTTPException):
    """A request that a route does not answer, and what to do instead: no failure of a room."""

    def __init__(
        self, status: int, detail: str, hint: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(status, detail, headers)
        self.hint = hint


def passing(kind: type[AloudError], status: int, name: str) -> None:
    """Have failures of a kind that is not in the tree of all rooms answered with this status.
    They pass by themselves."""
    _STATUS[kind] = status, name
    _LATER.append(kind)


def of(error: AloudError | HTTPException) -> Refusal:
    """What a client is told of a failure.

    The subject stays out where the fault is ours: it may be a path, a key or a sentence.
    """
    if isinstance(error, HTTPException):
        headers = [(n.lower().encode(), v.encode()) for n, v in (error.headers or {}).items()]
        detail = error.detail if error.detail != _title(error.status_code) else ""
        hint = error.hint if isinstance(error, Declined) else ""
        return Refusal(error.status_code, "", detail, hint, tuple(headers))
    status, kind = next(_STATUS[each] for each in type(error).__mro__ if each in _STATUS)
    later = isinstance(error, tuple(_LATER)) and status >= 500
    after = ((b"retry-after", b"%d" % RETRY_AFTER),) if later else ()
    ours = status in (500, 503, 507)
    hint = hints.over_http(error.hint)
    return Refusal(status, kind, error.message if ours else str(error), hint, after)


async def answer(send: Send, refusal: Refusal, instance: str | None = None) -> None:
    """Answer an ASGI request with a problem."""
    body, media_type = _written(refusal.problem(instance))
    headers = [
        (b"content-type", media_type.encode()),
        (b"content-length", b"%d" % len(body)),
        (b"cache-control", b"no-store"),
        *refusal.headers,
    ]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def response(refusal: Refusal, path: str) -> Response:
    """The answer to a request for ``path`` that is refused."""
    return _response(refusal.problem(path), refusal.headers)


def install(app: FastAPI) -> None:
    """Have every failure of an application answered, and described, as a problem.

    An error that nobody foresaw is a 500 without its words. Starlette raises it again after the
    answer, so the server logs its traceback: once.
    """
    app.add_exception_handler(AloudError, _failed)
    app.add_exception_handler(HTTPException, _failed)
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
                    "example": Refusal(status, "", _EXAMPLES.get(status, ""))
                    .problem()
                    .model_dump(exclude_none=True),
                }
            },
        }
        for status in statuses
    }


def _problem(status: int, kind: str, detail: str, hint: str, instance: str | None) -> Problem:
    return Problem(
        type=f"{_KINDS}{kind}" if kind else "about:blank",
        title=_title(status),
        status=status,
        detail=detail or None,
        instance=instance,
        hint=hint,
        errors=None,
    )


def _title(status: int) -> str:
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else "Failed"


def _allowed(headers: Iterable[tuple[bytes, bytes]]) -> str:
    return next((value.decode("latin-1") for name, value in headers if name == b"allow"), "")


def _written(problem: Problem) -> tuple[bytes, str]:
    """A problem's body and media type, in the shape that whoever asked for its path reads."""
    if complaints.speaks_openai(problem.instance or ""):
        return complaints.written(_complaint(problem)), complaints.MEDIA_TYPE
    # Not the model's own: half of a surrogate pair, sent to us escaped, would fail it.
    return json.dumps(problem.model_dump(exclude_none=True)).encode(), MEDIA_TYPE


def _complaint(problem: Problem) -> complaints.ErrorAnswer:
    said = f"{problem.detail or problem.title}: {problem.hint}"
    code = problem.type.removeprefix(_KINDS) if problem.type.startswith(_KINDS) else ""
    return complaints.complaint(problem.status, said, code=code)


def _response(problem: Problem, headers: Iterable[tuple[bytes, bytes]] = ()) -> Response:
    body, media_type = _written(problem)
    response = Response(body, problem.status, media_type=media_type)
    response.raw_headers.append((b"cache-control", b"no-store"))
    response.raw_headers.extend(headers)
    return response


def _path(request: Request) -> str:
    return str(request.scope["path"])  # not request.url, which believes the Host header


async def _failed(request: Request, error: Exception) -> Response:
    assert isinstance(error, AloudError | HTTPException)
    if isinstance(error, HTTPException) and error.status_code in (204, 304):
        return Response(status_code=error.status_code, headers=error.headers)
    return response(of(error), _path(request))


async def _misunderstood(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = faults.faults(error)
    said = f"{len(found)} things in the request are wrong" if len(found) > 1 else found[0].detail
    hint = faults.hint(found, _example(request, error))
    problem = _problem(422, "invalid", said, hint, _path(request))
    return _response(problem.model_copy(update={"errors": found}))


def _example(request: Request, error: RequestValidationError) -> Mapping[str, Any] | None:
    """A body that the route takes, as the API's description has it."""
    if isinstance(error, Misunderstood):
        return error.example
    body = getattr(request.scope.get("route"), "body_field", None)
    return faults.example_of(body.field_info.annotation) if body is not None else None


async def _broken(request: Request, error: Exception) -> Response:
    hint = "this is a fault of the service: its log says more"
    return _response(_problem(500, "fault", "something went wrong", hint, _path(request)))
