"""Asking: what routes are told besides their own parameters, and what any of them may refuse."""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from fastapi import Depends, Path, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import Field
from starlette.convertors import Convertor, register_url_convertor

from aloud.errors import NotFound, UnknownVoice
from aloud.library.records import Bearer
from aloud.serve import problems
from aloud.serve.jobs import Interrupted
from aloud.serve.models import patterns
from aloud.serve.models.words import MOST, Id
from aloud.serve.security.roles import listening, managing
from aloud.serve.service import Service
from aloud.speech import Voice

Answer = TypeVar("Answer")
# Steps that wait for a voice. Not in the server's own threads: they could all be waiting while
# nobody is left to accept an article.
_SPEAKING = CapacityLimiter(32)


class _Undotted(Convertor[str]):
    """A part of a path without a dot: "/api/articles/a1.vtt" is not the article "a1.vtt"."""

    regex = "[^/.]+"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("undotted", _Undotted())
problems.passing(Interrupted, 503, "stopping")


async def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


# The wall has looked at the token already: this is for the API's description.
_TOKEN = Annotated[
    HTTPAuthorizationCredentials | None,
    Security(HTTPBearer(auto_error=False, description="Not needed while nobody has a token")),
]


async def _listening(request: Request, token: _TOKEN) -> Bearer:
    return listening(request)


async def _managing(bearer: Annotated[Bearer, Depends(_listening)]) -> Bearer:
    return managing(bearer)


# All of these answer at once: said with `async`, they cost no hop into a thread and back.
Held = Annotated[Service, Depends(_service)]
Me = Annotated[Bearer, Depends(_listening)]
Manager = Annotated[Bearer, Depends(_managing)]
ArticleId = Annotated[Id, Path(description="Of an article in the listener's list")]
Revision = Annotated[int, Path(ge=1, le=MOST, description="Of the article's words")]
Engine = Annotated[str, Path(max_length=100, pattern=patterns.PATH_PART, examples=["espeak"])]
VoiceName = Annotated[str, Path(max_length=100, pattern=patterns.PATH_PART, examples=["en-us"])]
Limit = Annotated[int, Field(ge=1, le=100)]

# Whatever is asked for: no host, no token, not allowed, the wrong host, the library is away.
_ANY = (400, 401, 403, 421, 503)
_WITH_BODY = (408, 413, 415, 422)


def refusals(*statuses: int, body: bool = False) -> dict[int | str, dict[str, Any]]:
    """The problems that a route may answer with; those of every route are among them."""
    every = {*_ANY, *statuses, *(_WITH_BODY if body else ())}
    return problems.responses(*sorted(every))


def refused(status: int, detail: str, hint: str, **headers: str) -> problems.Declined:
    """A refusal that is no failure of a room, for ``raise``. ``headers`` with _ for -."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return problems.Declined(status, detail, hint, named)


def known_voice(service: Service, id: str) -> tuple[Voice, str]:
    """The voice of that id and its engine's version, for those who name one.

    Raises:
        NotFound: there is none.
    """
    try:
        return service.work.voice(id)
    except UnknownVoice as error:
        raise NotFound(error.message, subject=error.subject, hint=error.hint) from error


async def speaking(work: Callable[[], Answer]) -> Answer:
    """What ``work`` answers, in one of the threads that may wait for a voice."""
    return await run_sync(work, limiter=_SPEAKING)
