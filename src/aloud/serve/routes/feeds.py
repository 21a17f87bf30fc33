"""Feeds: what a listener follows. New items come into the library by themselves."""

from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Path, Request, Response

from aloud.extract.opml import read_opml, write_opml
from aloud.serve.intake import checked_address
from aloud.serve.models.hosting import FeedChange, FeedIn, FeedOut, Feeds, Imported
from aloud.serve.models.words import LONGEST_TITLE, Id
from aloud.serve.routes.asking import Held, Me, refusals
from aloud.serve.service import Service

router = APIRouter(prefix="/api", tags=["Feeds"])
FeedId = Annotated[Id, Path(description="Of a feed that the listener follows")]
_OPML = "text/x-opml"
_AN_OPML = (
    '<opml version="2.0"><body><outline type="rss" text="News" '
    'xmlUrl="https://news.example/feed"/></body></opml>'
)


@router.get("/feeds", summary="List the feeds", responses=refusals())
def list_feeds(me: Me, service: Held) -> Feeds:
    """By title."""
    return Feeds(feeds=[FeedOut.of(feed) for feed in service.library.feeds.list(me.listener.id)])


@router.post("/feeds", status_code=201, summary="Follow a feed", responses=refusals(409, body=True))
def post_feed(feed: FeedIn, me: Me, service: Held) -> FeedOut:
    """RSS, Atom or JSON Feed. It is asked at once, and what is new from then on is narrated. What
    is wrong with it, say that it is no feed, stands beside it as soon as it was asked."""
    url = checked_address(feed.url)
    return FeedOut.of(service.library.feeds.add(me.listener.id, url, feed.title or ""))


@router.get("/feeds/{id}", summary="See a feed", responses=refusals(404, 422))
def get_feed(id: FeedId, me: Me, service: Held) -> FeedOut:
    """When it is due, and what kept it from working."""
    return FeedOut.of(service.library.feeds.get(me.listener.id, id))


@router.patch("/feeds/{id}", summary="Rest, or go on", responses=refusals(404, body=True))
def patch_feed(id: FeedId, change: FeedChange, me: Me, service: Held) -> FeedOut:
    """A feed that rests is not asked."""
    return FeedOut.of(service.library.feeds.pause(me.listener.id, id, change.paused))


@router.delete("/feeds/{id}", status_code=204, summary="Leave a feed", responses=refusals(404, 422))
def delete_feed(id: FeedId, me: Me, service: Held) -> None:
    """Articles that came by it stay."""
    service.library.feeds.remove(me.listener.id, id)


@router.post(
    "/feeds/{id}/check",
    status_code=202,
    summary="Ask a feed now",
    responses=refusals(404, 422),
)
def check_feed(id: FeedId, me: Me, service: Held) -> FeedOut:
    """It is due at once, also where it rested."""
    return FeedOut.of(service.library.feeds.pause(me.listener.id, id, False))


@router.post(
    "/feeds/opml",
    summary="Import feeds",
    responses=refusals(429, body=True),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                _OPML: {"schema": {"type": "string"}, "example": _AN_OPML},
            },
        }
    },
)
async def import_feeds(me: Me, service: Held, request: Request) -> Imported:
    """All feeds of an OPML list, as other readers export it."""
    data = await request.body()
    return await run_sync(import_list, service, me.listener.id, data)


@router.get(
    "/feeds.opml",
    summary="Export the feeds",
    response_class=Response,
    responses={
        200: {
            "description": "A list that other readers import",
            "content": {_OPML: {"schema": {"type": "string"}, "example": _AN_OPML}},
        },
        **refusals(),
    },
)
def export_feeds(me: Me, service: Held) -> Response:
    """As OPML 2.0."""
    feeds = service.library.feeds.list(me.listener.id)
    return Response(write_opml((feed.url, feed.title) for feed in feeds), media_type=_OPML)


def import_list(service: Service, listener: str, data: bytes) -> Imported:
    """Follow all feeds of an OPML list.

    Raises:
        ExtractError: it is none.
    """
    wanted = [(url, title[:LONGEST_TITLE]) for url, title in read_opml(data)]
    added, known = service.library.feeds.add_all(listener, wanted)
    return Imported(added=[FeedOut.of(feed) for feed in added], known=known)
