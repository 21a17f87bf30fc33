"""App: every address of the service, from the outermost layer in.

    Observed → Wall → Media, or FastAPI's routes

Media is served by a plain handler, not by FastAPI: a podcast app asks for thousands of ranges.
Those that can be answered from memory take the lane, straight from the connection.
"""

from dataclasses import dataclass

from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aloud import __version__
from aloud.library.records import Bearer
from aloud.serve import problems
from aloud.serve.lane import MediaLane
from aloud.serve.media import Media
from aloud.serve.observe import Observed
from aloud.serve.pulse import Pulse
from aloud.serve.routes import routers
from aloud.serve.security import Wall
from aloud.serve.service import Service
from aloud.serve.watch import Watch

_DESCRIPTION = """Turns news articles into something you can listen to.

Errors are problem details (RFC 9457), with a `hint` that says what to do."""


@dataclass(frozen=True, slots=True)
class Front:
    """What a server needs of the service."""

    app: ASGIApp
    lane: MediaLane
    media: Media


def front(service: Service, *, open_to_all: bool) -> Front:
    """The service as one ASGI application. ``open_to_all``: nobody needs a token, everybody is
    the listener "me", until there is one."""
    listeners = service.library.listeners
    media = Media(service.media, service.settings.serve_accel)
    wall = Wall(
        _Inner(media, api(service)),
        authenticate=listeners.who,
        session=listeners.session,
        everybody=Bearer(listeners.me(), "manage", None) if open_to_all else None,
        has_tokens=listeners.has_tokens,
        bound=service.settings.serve_host,
        names=service.settings.serve_names,
    )
    service.forget, service.known = wall.forget, wall.known
    lane = MediaLane(wall, media, served=service.metrics.served)
    return Front(Observed(wall, service.metrics), lane, media)


def api(service: Service) -> FastAPI:
    """The routes alone, with their description at /openapi.json."""
    made = FastAPI(
        title="Aloud",
        version=__version__,
        description=_DESCRIPTION,
        # FastAPI's own pages load scripts from other sites: ours are in `pages`.
        docs_url=None,
        redoc_url=None,
    )
    made.state.service = service
    made.state.pulse = Pulse((("library", service.library.check), ("shelf", service.shelf.check)))
    made.state.watch = Watch(service.library.narrations.some)
    problems.install(made)
    for router in routers(service):
        made.include_router(router)
    return made


class _Inner:
    def __init__(self, media: ASGIApp, routes: ASGIApp) -> None:
        self._media, self._routes = media, routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].startswith("/media/"):
            await self._media(scope, receive, send)
        elif scope["method"] == "HEAD":
            await self._head(scope, receive, send)
        else:
            await self._routes(scope, receive, send)

    async def _head(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What GET would answer, without its body."""

        async def bare(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self._routes({**scope, "method": "GET"}, receive, bare)
