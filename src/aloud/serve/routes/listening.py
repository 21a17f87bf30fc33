"""Listening: the queue, the place in an article, what was searched for, and preferences."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query

from aloud.errors import UnknownVoice, UsageError
from aloud.library.records import Place, Preferences
from aloud.serve.jobs import Need
from aloud.serve.models import patterns
from aloud.serve.models.articles import Item, PlaceOut
from aloud.serve.models.listening import (
    HitOut,
    Hits,
    Moved,
    PlaceIn,
    PreferencesChange,
    PreferencesOut,
    Queued,
    QueueOrder,
    QueueOut,
)
from aloud.serve.routes.asking import ArticleId, Held, Limit, Me, refusals
from aloud.serve.service import Service
from aloud.speech import Voice
from aloud.voice import of_language

router = APIRouter(prefix="/api", tags=["Listening"])
Query_ = Annotated[
    str,
    Query(alias="q", min_length=1, max_length=200, pattern=patterns.NO_NUL, examples=["accord"]),
]


@router.get("/queue", summary="See the queue", responses=refusals())
def get_queue(me: Me, service: Held) -> QueueOut:
    """First the next."""
    return _queue(service, me.listener.id)


@router.put("/queue", summary="Order the queue", responses=refusals(404, body=True))
def put_queue(order: QueueOrder, me: Me, service: Held) -> QueueOut:
    """These articles, in this order, and nothing else."""
    service.library.queue.replace(me.listener.id, tuple(order.articles))
    for article in order.articles:
        _hurry(service, me.listener.id, article)
    return _queue(service, me.listener.id)


@router.post(
    "/queue", status_code=201, summary="Queue an article", responses=refusals(404, body=True)
)
def post_queue(queued: Queued, me: Me, service: Held) -> QueueOut:
    """Last, or first. Its narration becomes more urgent."""
    service.library.queue.add(me.listener.id, queued.article, first=queued.first)
    _hurry(service, me.listener.id, queued.article)
    return _queue(service, me.listener.id)


@router.patch("/queue/{id}", summary="Move within the queue", responses=refusals(404, body=True))
def patch_queue(id: ArticleId, moved: Moved, me: Me, service: Held) -> QueueOut:
    """To a place counted from 0."""
    service.library.queue.move(me.listener.id, id, moved.to)
    return _queue(service, me.listener.id)


@router.delete(
    "/queue/{id}", status_code=204, summary="Take out of the queue", responses=refusals(404, 422)
)
def delete_queue(id: ArticleId, me: Me, service: Held) -> None:
    """The article stays in the list."""
    service.library.queue.remove(me.listener.id, id)


@router.get("/articles/{id}/place", summary="Where the listener is", responses=refusals(404, 422))
def get_place(id: ArticleId, me: Me, service: Held) -> PlaceOut | None:
    """Null: not begun."""
    place = service.library.articles.get(me.listener.id, id).place
    return PlaceOut.of(place) if place else None


@router.put(
    "/articles/{id}/place",
    summary="Tell where the listener is",
    responses=refusals(404, 409, body=True),
)
def put_place(id: ArticleId, place: PlaceIn, me: Me, service: Held) -> PlaceOut:
    """The newest place holds, whatever device tells it first: the answer says which. A block of an
    older revision becomes the same words' place in the newest."""
    updated = place.updated or datetime.now(UTC)
    told = Place(id, place.block, place.start, updated, place.device)
    return PlaceOut.of(service.library.places.set(me.listener.id, told))


@router.get("/search", summary="Search", responses=refusals(422))
def get_search(q: Query_, me: Me, service: Held, limit: Annotated[Limit, Query()] = 20) -> Hits:
    """Articles of the listener with every one of these words. Any text is a query."""
    found = service.library.search(me.listener.id, q, limit)
    return Hits(hits=[HitOut.of(hit) for hit in found])


@router.get("/preferences", summary="See the preferences", responses=refusals())
def get_preferences(me: Me, service: Held) -> PreferencesOut:
    """Speed, voices and language of the listener."""
    return PreferencesOut.of(service.library.listeners.preferences(me.listener.id))


@router.put("/preferences", summary="Set the preferences", responses=refusals(body=True))
def put_preferences(preferences: PreferencesOut, me: Me, service: Held) -> PreferencesOut:
    """All of them: what is left out is as it was in the beginning. Each voice has to be there and
    to speak its language; one that was chosen before and is gone since may stay."""
    return _prefer(service, me.listener.id, lambda before: preferences)


@router.patch("/preferences", summary="Change some preferences", responses=refusals(body=True))
def patch_preferences(change: PreferencesChange, me: Me, service: Held) -> PreferencesOut:
    """Only what is named: two devices that change different things lose neither."""
    return _prefer(service, me.listener.id, change.of)


def _prefer(
    service: Service, listener: str, change: Callable[[PreferencesOut], PreferencesOut]
) -> PreferencesOut:
    def chosen(before: Preferences, wished: PreferencesOut) -> dict[str, str]:
        return dict(set(wished.voices.items()) - set(before.voices))

    before = service.library.listeners.preferences(listener)
    # Engines are asked now, and only about a new voice: not while the library is being written.
    new = chosen(before, change(PreferencesOut.of(before)))
    known = service.catalogue.voices() if new else ()

    def changed(before: Preferences) -> Preferences:
        wished = change(PreferencesOut.of(before))
        _look_for(chosen(before, wished), known)
        return wished.record

    return PreferencesOut.of(service.library.listeners.prefer(listener, changed))


def _look_for(chosen: Mapping[str, str], known: Sequence[Voice]) -> None:
    """Raises UnknownVoice where one is not there, UsageError where it does not speak that."""
    for language, voice in chosen.items():
        speaking = of_language(language, known)
        if voice in (each.id for each in speaking):
            continue
        some = ", ".join(each.id for each in speaking[:3]) or "none speaks it"
        hint = f"voices for {language}: {some}; all of them: GET /api/voices"
        if voice in (each.id for each in known):
            raise UsageError(f"the voice does not speak {language}", subject=voice, hint=hint)
        raise UnknownVoice("there is no such voice", subject=voice, hint=hint)


def _queue(service: Service, listener: str) -> QueueOut:
    return QueueOut(items=[Item.of(entry) for entry in service.library.queue.items(listener)])


def _hurry(service: Service, listener: str, article: str) -> None:
    narration = service.library.narrations.current(article, listener)
    if narration and service.library.narrations.raise_priority(narration.id, Need.QUEUE):
        service.wake()
