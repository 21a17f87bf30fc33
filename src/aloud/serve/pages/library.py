"""Library: what the listener has, to choose from, to put in order and to add to."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Annotated
from urllib.parse import urlencode

from anyio.from_thread import run
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from aloud.errors import AloudError, NotFound, UsageError
from aloud.extract import extract
from aloud.library.records import Hit
from aloud.serve import intake
from aloud.serve.jobs.covers import cover_key
from aloud.serve.models.articles import Change, NarrationWish
from aloud.serve.models.listening import HitOut, Queued
from aloud.serve.models.sent import Options
from aloud.serve.pages.article import failure
from aloud.serve.pages.cards import Card, cards
from aloud.serve.pages.forms import Fields, by_hand, see
from aloud.serve.pages.show import Reader, reader, show
from aloud.serve.routes.articles import delete_article, patch_article
from aloud.serve.routes.asking import ArticleId, Held, Me
from aloud.serve.routes.listening import delete_queue, post_queue
from aloud.serve.routes.narrations import post_narration
from aloud.serve.service import Service

router = APIRouter(include_in_schema=False)
_SAMPLE = files("aloud.serve.pages").joinpath("sample.html")  # an article of our own writing
_AT_ONCE = 24  # cards of a page
_FOUND = 30
_JPEG = b"\xff\xd8\xff"
# One pixel of nothing (GIF89a): the card's letter shows through it.
_NO_PICTURE = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\x00\x00\x00!\xf9\x04\x01\x00\x00\x00\x00,"
    b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)
_KEPT = "private, max-age=86400"
_SOON_STALE = "private, max-age=300"


@dataclass(frozen=True, slots=True)
class View:
    """Which part of the library is looked at."""

    q: str = ""  # what is searched for, in all of it
    tag: str = ""
    archived: bool = False
    before: str = ""  # a cursor

    @property
    def query(self) -> str:
        """As the address of the page has it."""
        said = {"q": self.q, "tag": self.tag, "before": self.before}
        chosen = {name: value for name, value in said.items() if value}
        return urlencode(chosen | ({"archived": "1"} if self.archived else {}))


Asked = Annotated[str, Query(max_length=200)]


@router.get("/")
def library(
    request: Request,
    me: Me,
    service: Held,
    q: Asked = "",
    tag: Asked = "",
    archived: Asked = "",
    before: Asked = "",
) -> HTMLResponse:
    """What the listener has, newest first, or what was found in it."""
    view = View(" ".join(q.split()), tag, archived == "1", before)
    _greet(service, me.listener.id)
    try:
        shown, older = _shown(service, me.listener.id, reader(request), view)
    except AloudError as error:
        return failure(request, error)
    tags = service.library.articles.tags(me.listener.id)
    return show(request, "library", cards=shown, older=older, view=view, tags=tags)


@router.post("/articles/{id}/change", dependencies=[Depends(by_hand)])
def change(request: Request, id: ArticleId, me: Me, service: Held, sent: Fields) -> Response:
    """Does what a button of the card says, and goes back to where it was pressed."""
    try:
        _do(sent.get("do", ""), sent.get("value", ""), id, me, service)
    except AloudError as error:
        return failure(request, error)
    return see(f"/?{sent['view']}" if sent.get("view") else "/")


@router.get("/articles/{id}/remove")
def ask_to_remove(request: Request, id: ArticleId, me: Me, service: Held) -> HTMLResponse:
    """Asks before an article is removed: that cannot be undone."""
    try:
        entry = service.library.articles.get(me.listener.id, id)
    except NotFound as error:
        return failure(request, error)
    return show(request, "remove", card=cards(service, me.listener.id, reader(request), [entry])[0])


@router.get("/articles/{id}/cover")
def cover(id: ArticleId, me: Me, service: Held) -> Response:
    """The article's picture as it was kept with its recording, or one pixel of nothing."""
    summary = service.library.articles.get(me.listener.id, id).summary
    found = service.shelf.get(cover_key(summary.image)) if summary and summary.image else None
    # Whatever lies there was made a JPEG by us; nothing else is ever sent as a picture.
    if found is None or not found.startswith(_JPEG):
        headers = {"Cache-Control": _SOON_STALE}
        return Response(_NO_PICTURE, media_type="image/gif", headers=headers)
    return Response(found, media_type="image/jpeg", headers={"Cache-Control": _KEPT})


def _greet(service: Service, listener_id: str) -> None:
    """At the very first visit there is something to hear, and it has a name at once."""
    if not service.library.listeners.greet(listener_id):
        return
    sample = intake.offer_file(_SAMPLE.read_bytes(), "text/html; charset=utf-8", Options())
    accepted = intake.accept(service, listener_id, sample, None)
    if sample.page is not None and not accepted.article.revision:
        service.library.articles.add_revision(accepted.article.id, extract(sample.page))


def _shown(
    service: Service, listener_id: str, who: Reader, view: View
) -> tuple[tuple[Card, ...], str]:
    """Cards, and the query of the page with older ones, or ""."""
    if view.q:
        found = service.library.search(listener_id, view.q, _FOUND)
        return tuple(_found(service, listener_id, who, found)), ""
    entries = service.library.articles.entries(
        listener_id,
        archived=None if view.tag else view.archived,
        tag=view.tag or None,
        limit=_AT_ONCE,
        before=view.before or None,
    )
    older = replace(view, before=entries.next).query if entries.next else ""
    return cards(service, listener_id, who, entries.entries), older


def _found(service: Service, listener_id: str, who: Reader, hits: Iterable[Hit]) -> Iterator[Card]:
    for hit in hits:
        with suppress(NotFound):  # removed just now
            entry = service.library.articles.get(listener_id, hit.article_id)
            card = cards(service, listener_id, who, [entry])[0]
            yield replace(card, snippet=tuple(HitOut.of(hit).snippet))


def _do(what: str, value: str, id: str, me: Me, service: Service) -> None:
    match what:
        case "archive" | "restore":
            patch_article(id, Change(archived=what == "archive"), me, service)
        case "queue":
            post_queue(Queued(article=id), me, service)
        case "unqueue":
            delete_queue(id, me, service)
        case "tag" | "untag":
            articles = service.library.articles
            others = [tag for tag in articles.get(me.listener.id, id).tags if tag != value]
            tags = (*others, value) if what == "tag" else tuple(others)
            articles.update(me.listener.id, id, tags=tags)
        case "again":
            run(post_narration, id, NarrationWish(), me, service)
        case "remove":
            delete_article(id, me, service)
        case _:
            raise UsageError("this form asks for nothing", hint="load the page again")
