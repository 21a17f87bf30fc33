"""Elsewhere: what is asked for where there is nothing, or in a way that is not meant there."""

from collections.abc import Iterable

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.routing import APIRoute

_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]


def router(known: Iterable[APIRouter]) -> APIRouter:
    """What answers when none of the ``known`` does: 404, or 405 with all that is allowed there.

    A router by itself names only the methods of the first of its routes with that path.
    """
    routes = [route for each in known for route in each.routes if isinstance(route, APIRoute)]
    made = APIRouter(include_in_schema=False)

    @made.api_route("/{path:path}", methods=_METHODS)
    async def elsewhere(request: Request) -> Response:
        path = request.url.path
        here = [route for route in routes if route.path_regex.match(path)]
        # "/api/feeds/opml" is no feed, though it looks like one.
        here = [route for route in here if route.path == path] or here
        allowed = sorted({method for route in here for method in route.methods or ()})
        if not allowed:
            raise HTTPException(404, "there is nothing here")
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": ", ".join([*allowed, "OPTIONS"])})
        raise HTTPException(405, headers={"Allow": ", ".join(allowed)})

    return made
