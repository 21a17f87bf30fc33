"""Papers: the API as a person reads it, the manifest of the app, and files that never change."""

import json
from functools import cache
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException

from aloud import __version__
from aloud.serve.pages import assets, languages
from aloud.serve.pages.show import reader, show
from aloud.serve.routes.asking import Me

router = APIRouter(include_in_schema=False)
_FOREVER = "public, max-age=31536000, immutable"


@router.get("/api")
def reference(request: Request, me: Me) -> HTMLResponse:
    """Every route, as it describes itself at /openapi.json."""
    described = request.app.openapi()
    return show(request, "api", version=__version__, groups=_groups(described["paths"]))


@router.get("/manifest.webmanifest")
def manifest(request: Request) -> Response:
    """What a browser has to know to keep us as an app that pages can be shared to."""
    told = _manifest(reader(request).language)
    return Response(json.dumps(told), media_type="application/manifest+json")


@router.get("/static/{version}/{name}")
def static(request: Request, version: str, name: str) -> Response:
    """Scripts, styles and pictures. Of another version: as they are now, not to be kept."""
    if name not in assets.NAMES:
        raise HTTPException(404)
    found = assets.asset(name)
    current = version == assets.version()
    headers = {"Cache-Control": _FOREVER if current else "no-store"}
    body = found.body
    if found.packed and "gzip" in request.headers.get("accept-encoding", ""):
        headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        body = found.packed
    return Response(body, media_type=found.media_type, headers=headers)


@cache
def _manifest(language: str) -> dict[str, Any]:
    say = languages.catalogue(language).gettext
    sizes = {"icon-192.png": "192x192", "icon-512.png": "512x512", "maskable-512.png": "512x512"}
    return {
        "id": "/",
        "name": "Aloud",
        "short_name": "Aloud",
        "description": say("Articles to listen to"),
        "lang": language,
        "dir": languages.locale(language).text_direction,
        "start_url": "/",
        "display": "standalone",
        "background_color": "#fdfcf9",
        "theme_color": "#fdfcf9",
        "icons": [
            {
                "src": assets.address(name),
                "sizes": size,
                "type": "image/png",
                "purpose": "maskable" if name.startswith("maskable") else "any",
            }
            for name, size in sizes.items()
        ],
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


def _groups(paths: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Routes by subject, in the order in which they are described."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in paths.items():
        for method, route in methods.items():
            entry = {"path": path, "method": method.upper(), **route}
            groups.setdefault(route.get("tags", ["Other"])[0], []).append(entry)
    return groups
