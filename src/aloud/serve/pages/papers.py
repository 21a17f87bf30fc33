"""Papers: the API as a person reads it, the manifest of the app, and files that never change."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException

from aloud import __version__
from aloud.serve.pages.show import show
from aloud.serve.routes.asking import Me

router = APIRouter(include_in_schema=False)
_STATIC = {"aloud.css": "text/css", "icon.svg": "image/svg+xml"}
_MANIFEST = {
    "name": "Aloud",
    "short_name": "Aloud",
    "description": "Articles to listen to",
    "start_url": "/",
    "display": "standalone",
    "background_color": "#fdfcf9",
    "theme_color": "#fdfcf9",
    "icons": [{"src": "/static/icon.svg", "sizes": "any", "type": "image/svg+xml"}],
    "share_target": {
        "action": "/share",
        "method": "POST",
        "enctype": "multipart/form-data",
        "params": {
            "title": "title",
            "text": "text",
            "url": "url",
            "files": [{"name": "file", "accept": ["text/html", "text/plain"]}],
        },
    },
}


@router.get("/api")
def reference(request: Request, me: Me) -> HTMLResponse:
    """Every route, as it describes itself at /openapi.json."""
    described = request.app.openapi()
    return show(request, "api", version=__version__, groups=_groups(described["paths"]))


@router.get("/manifest.webmanifest")
def manifest() -> Response:
    """What a browser has to know to keep us as an app that pages can be shared to."""
    return Response(json.dumps(_MANIFEST), media_type="application/manifest+json")


@router.get("/static/{name}")
def static(name: str) -> Response:
    """Stylesheet and icon."""
    if name not in _STATIC:
        raise HTTPException(404)
    kept = {"Cache-Control": "public, max-age=3600"}
    return Response(_file(name), media_type=_STATIC[name], headers=kept)


@cache
def _file(name: str) -> bytes:
    return (files("aloud.serve.pages") / "static" / name).read_bytes()


def _groups(paths: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Routes by subject, in the order in which they are described."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in paths.items():
        for method, route in methods.items():
            entry = {"path": path, "method": method.upper(), **route}
            groups.setdefault(route.get("tags", ["Other"])[0], []).append(entry)
    return groups
