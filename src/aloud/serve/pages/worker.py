"""Worker: the script that keeps articles for when there is no network, and the page it falls back
on: the list of what is kept."""

import json

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from aloud.serve.pages import assets
from aloud.serve.pages.show import show
from aloud.serve.routes.asking import Me

router = APIRouter(include_in_schema=False)
# What a kept article and the list of them are shown with.
_SHELL = (
    "aloud.css", "article.css", "player.css", "article.js", "clips.js", "kept.js", "icon.svg",
    "icon-192.png",
)  # fmt: skip


@router.get("/sw.js")
def worker() -> Response:
    """The worker, with what it has to know of this version in front. A browser looks for a new one
    by itself, and takes it where one byte is another."""
    files = ["/kept", *(assets.address(name) for name in _SHELL)]
    told = f"self.SHELL = {json.dumps({'version': assets.version(), 'files': files})};\n"
    body = told.encode() + assets.asset("worker.js").body
    headers = {"Cache-Control": "no-cache"}
    return Response(body, media_type="text/javascript", headers=headers)


@router.get("/kept")
def kept(request: Request, me: Me) -> HTMLResponse:
    """What is kept on the device that looks: only that device knows."""
    return show(request, "kept")
