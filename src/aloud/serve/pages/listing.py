"""Listing: the library, and one article of it, to be read and heard."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from aloud.errors import AloudError, NotFound
from aloud.serve import problems
from aloud.serve.models.articles import Items
from aloud.serve.models.reading import ArticleOut
from aloud.serve.pages.show import show
from aloud.serve.routes.articles import Cursor, reading
from aloud.serve.routes.asking import Held, Me

router = APIRouter(include_in_schema=False)


@router.get("/")
def library(
    request: Request,
    me: Me,
    service: Held,
    before: Annotated[Cursor | None, Query()] = None,
) -> HTMLResponse:
    """What the listener has, newest first, and a form to add to it."""
    entries = service.library.articles.entries(me.listener.id, archived=False, before=before)
    return show(request, "library", articles=Items.of(entries))


@router.get("/articles/{id}")
def article(request: Request, id: str, me: Me, service: Held) -> HTMLResponse:
    """An article with its text, and its recording once that is made."""
    try:
        entry = service.library.articles.get(me.listener.id, id)
    except NotFound as error:
        return failure(request, error)
    narration = entry.narration
    made = service.library.narrations.recordings(narration.id) if narration else ()
    shown = ArticleOut.whole(entry, reading(service, entry), made)
    return show(request, "article", article=shown)


def failure(request: Request, error: AloudError) -> HTMLResponse:
    """What failed and what to do, for a person."""
    status = problems.of(error).status
    return show(request, "failure", status, message=error.message, hint=error.hint)
