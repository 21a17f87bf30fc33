"""Events: how far an article has come, told as it happens."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Header, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from aloud.errors import NotFound
from aloud.library.records import FINISHED, Entry, Narration
from aloud.serve.models.articles import Progress
from aloud.serve.routes.asking import ArticleId, Held, Me, refusals, refused
from aloud.serve.service import Service
from aloud.serve.watch import MOST_SEATS, Full, Watch

router = APIRouter(prefix="/api/articles", tags=["Articles"])
_EVENT = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "event": {"enum": ["progress", "ready", "done", "failed", "cancelled"]},
        "data": {
            "type": "string",
            "contentMediaType": "application/json",
            "contentSchema": Progress.model_json_schema(),
        },
    },
    "required": ["id", "event", "data"],
}
_EXAMPLE = (
    'event: progress\ndata: {"state":"speaking","done":3,"total":20,"error":"","hint":""}\n'
    "id: 4\n\n"
)
_STILL = 60.0  # seconds between two looks whether who follows may still do so


async def _watch(request: Request, me: Me) -> AsyncIterator[Watch]:
    """What is looked through, with a seat for as long as the answer goes on."""
    watch: Watch = request.app.state.watch
    try:
        with watch.seat(me.listener.id):
            yield watch
    except Full:
        said = f"more than {MOST_SEATS} articles are being followed"
        hint = "close one of the others first"
        raise refused(429, said, hint, Retry_After="60") from None


def _there(id: ArticleId, me: Me, service: Held) -> Entry:
    """The entry as it is now: where there is none, that is a plain 404 and no stream."""
    return service.library.articles.get(me.listener.id, id)


@router.get(
    "/{id}/events",
    summary="Follow an article's progress",
    response_class=EventSourceResponse,
    responses={
        200: {
            "description": "`progress` while it goes on, `ready` when the words are there, then "
            "`done`, `failed` or `cancelled`, and the stream ends",
            "content": {"text/event-stream": {"itemSchema": _EVENT, "example": _EXAMPLE}},
        },
        **refusals(404, 422, 429),
    },
)
async def article_events(
    id: ArticleId,
    me: Me,
    service: Held,
    request: Request,
    watch: Annotated[Watch, Depends(_watch)],
    entry: Annotated[Entry, Depends(_there)],
    last_event_id: Annotated[str | None, Header(description="Changes nothing")] = None,
) -> AsyncIterator[ServerSentEvent]:
    """First how things stand, then each change, as server-sent events. Whoever comes back hears
    how things stand then: nothing that was missed is needed."""
    number, told, was_read = 0, None, False
    loop = asyncio.get_running_loop()
    look_again = loop.time() + _STILL
    while True:
        for name, progress in _news(entry, was_read):
            if (name, progress) != told:
                number, told = number + 1, (name, progress)
                yield ServerSentEvent(data=progress, event=name, id=str(number))
        if entry.narration is None or entry.narration.state in FINISHED:
            return  # nothing will change by itself any more
        was_read = entry.article.revision > 0
        try:
            async with asyncio.timeout_at(look_again):
                narration = await watch.change(entry.narration)
            entry = await _now(service, me.listener.id, entry, narration)
        except TimeoutError:
            bearer = await service.known(request.scope)
            if bearer is None or bearer.listener.id != me.listener.id:
                return  # the token was taken back
            look_again = loop.time() + _STILL
        except NotFound:
            gone = Progress(state="cancelled", done=0, total=0, error="it was removed", hint="")
            yield ServerSentEvent(data=gone, event="cancelled", id=str(number + 1))
            return


async def _now(service: Service, listener: str, entry: Entry, changed: Narration | None) -> Entry:
    """The entry as it is, read anew only where its narration does not say all there is to know:
    the words may have come, or another narration was asked for instead."""
    if changed is None or changed.state == "cancelled" or not entry.article.revision:
        return await run_sync(service.library.articles.get, listener, entry.article.id)
    return replace(entry, narration=changed)


def _news(entry: Entry, was_read: bool) -> list[tuple[str, Progress]]:
    """What there is to tell: that the words are there (once), and how far the narration is."""
    article, narration = entry.article, entry.narration
    told: list[tuple[str, Progress]] = []
    if article.revision and not was_read:
        ready = Progress(state="ready", done=0, total=0, error="", hint="")
        told.append(("ready", ready))
    if narration is not None:
        name = narration.state if narration.state in FINISHED else "progress"
        told.append(
            (
                name,
                Progress(
                    state=narration.state,
                    done=narration.done,
                    total=narration.total,
                    error=narration.error,
                    hint=narration.hint,
                ),
            )
        )
    elif not article.revision:
        hint = article.hint or "ask for its narration"
        said = Progress(state=article.state, done=0, total=0, error=article.error, hint=hint)
        told.append(("failed" if article.state == "failed" else "cancelled", said))
    return told
