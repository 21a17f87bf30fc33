"""Asking: what routes are told besides their own parameters, and what any of them may refuse."""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from fastapi import Depends, HTTPException, Path, Request
from pydantic import Field

from aloud.serve import problems
from aloud.serve.models.words import MOST, VOICE_PART, Id
from aloud.serve.service import Service

Answer = TypeVar("Answer")
# Steps that wait for a voice. Not in the server's own threads: they could all be waiting while
# nobody is left to accept an article.
_SPEAKING = CapacityLimiter(32)


async def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


Held = Annotated[Service, Depends(_service)]
ArticleId = Annotated[Id, Path(description="Of an article in the listener's list")]
Revision = Annotated[int, Path(ge=1, le=MOST, description="Of the article's words")]
Engine = Annotated[str, Path(max_length=100, pattern=f"^{VOICE_PART}$", examples=["espeak"])]
VoiceName = Annotated[str, Path(max_length=100, pattern=f"^{VOICE_PART}$", examples=["en-us"])]
Limit = Annotated[int, Field(ge=1, le=100)]

# Whatever is asked for: no host, no token, not allowed, the wrong host, the library is away.
_ANY = (400, 401, 403, 421, 503)
_WITH_BODY = (408, 413, 415, 422)


def refusals(*statuses: int, body: bool = False) -> dict[int | str, dict[str, Any]]:
    """The problems that a route may answer with; those of every route are among them."""
    every = {*_ANY, *statuses, *(_WITH_BODY if body else ())}
    return problems.responses(*sorted(every))


def refused(status: int, detail: str, hint: str, **headers: str) -> HTTPException:
    """A refusal that is no failure of a room, for ``raise``. ``headers`` with _ for -."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HTTPException(status, f"{detail}: {hint}", headers=named)


async def speaking(work: Callable[[], Answer]) -> Answer:
    """What ``work`` answers, in one of the threads that may wait for a voice."""
    return await run_sync(work, limiter=_SPEAKING)
