"""Feeds: the sites that a listener follows, and how each of them does."""

from datetime import UTC, datetime
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError
from starlette.datastructures import UploadFile

from aloud.errors import AloudError, ExtractError, UsageError
from aloud.extract.feed import feed_links, read_feed
from aloud.fetch.http import fetch_url
from aloud.library.records import Bearer
from aloud.serve import problems
from aloud.serve.intake import checked_address
from aloud.serve.models.hosting import FeedChange, FeedIn
from aloud.serve.pages.forms import MOST_FIELDS, Fields, by_hand, see, whole_address
from aloud.serve.pages.show import show
from aloud.serve.routes.asking import Held, Me
from aloud.serve.routes.feeds import (
    FeedId,
    check_feed,
    delete_feed,
    import_list,
    patch_feed,
    post_feed,
)
from aloud.serve.service import Service

router = APIRouter(include_in_schema=False)
Count = Annotated[int | None, Query(ge=0)]


@router.get("/feeds")
def feeds(
    request: Request, me: Me, service: Held, added: Count = None, known: Count = None
) -> HTMLResponse:
    """All of them by title. ``added`` and ``known``: what a list that was imported has brought."""
    return _page(request, me, service, added=added, known=known or 0)


@router.post("/feeds", dependencies=[Depends(by_hand)])
def follow(request: Request, me: Me, service: Held, sent: Fields) -> Response:
    """Follows a site, by the address of its feed or of a page that names it."""
    try:
        post_feed(_found(service, sent.get("url", "")), me, service)
    except AloudError as error:
        return _page(request, me, service, error, typed=sent.get("url", ""))
    return see("/feeds")


@router.post("/feeds/import", dependencies=[Depends(by_hand)])
async def take_over(request: Request, me: Me, service: Held) -> Response:
    """Follows all feeds of an OPML list."""
    async with request.form(max_files=1, max_fields=MOST_FIELDS) as form:
        file = form.get("file")
        data = await file.read() if isinstance(file, UploadFile) else b""
    try:
        if not data.strip():
            hint = "choose the file that your other reader has exported"
            raise UsageError("there is no list of feeds in it", hint=hint)
        brought = await run_sync(import_list, service, me.listener.id, data)
    except AloudError as error:
        return await run_sync(_page, request, me, service, error)
    return see(f"/feeds?added={len(brought.added)}&known={brought.known}")


@router.post("/feeds/{id}", dependencies=[Depends(by_hand)])
def change(request: Request, id: FeedId, me: Me, service: Held, sent: Fields) -> Response:
    """Has a feed rest, go on, asked now, or no more."""
    try:
        _do(sent, id, me, service)
    except AloudError as error:
        return _page(request, me, service, error)
    return see("/feeds")


def _do(sent: Fields, id: str, me: Bearer, service: Service) -> None:
    match sent.get("do"):
        case "pause" | "resume" as what:
            patch_feed(id, FeedChange(paused=what == "pause"), me, service)
        case "check":
            check_feed(id, me, service)
        case "remove":
            delete_feed(id, me, service)
        case "follow":  # once more, after it was removed
            post_feed(_feed(sent.get("url", ""), sent.get("title", "")), me, service)
        case _:
            raise UsageError("this form asks for nothing", hint="load the page again")


def _found(service: Service, typed: str) -> FeedIn:
    """The feed at an address, or the first that the page there names.

    Raises:
        UsageError: it is no address.
        FetchError, ExtractError: nothing could be had there, or no feed.
    """
    page = fetch_url(checked_address(whole_address(typed)), service.settings)
    try:
        return _feed(page.url, read_feed(page).title)
    except ExtractError:
        named = feed_links(page)
        if not named:
            raise
        return _feed(named[0], "")


def _feed(url: str, title: str) -> FeedIn:
    try:
        return FeedIn(url=url, title=" ".join(title.split())[:500] or None)
    except ValidationError as error:
        hint = "give one that begins with https://"
        raise UsageError("this is no address of a feed", subject=url[:200], hint=hint) from error


def _page(
    request: Request,
    me: Bearer,
    service: Service,
    error: AloudError | None = None,
    *,
    typed: str = "",
    added: int | None = None,
    known: int = 0,
) -> HTMLResponse:
    return show(
        request,
        "feeds",
        problems.of(error).status if error else 200,
        feeds=service.library.feeds.list(me.listener.id),
        now=datetime.now(UTC),
        error=error,
        typed=typed,
        added=added,
        known=known,
    )
