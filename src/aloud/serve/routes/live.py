"""Live: an article is heard while it is being spoken, segment by segment."""

import functools
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from aloud.errors import Conflict, ExtractError, FetchError, UnknownVoice
from aloud.library.records import Narration
from aloud.serve.jobs import Interrupted, Need, Prepared
from aloud.serve.jobs.speaker import Stopping
from aloud.serve.live import LiveSegment
from aloud.serve.models.hosting import LiveOut, LiveSegmentOut, LiveTiming
from aloud.serve.models.reading import RecordingOut, title_of
from aloud.serve.models.words import VoiceId
from aloud.serve.routes.asking import (
    ArticleId,
    Engine,
    Held,
    Me,
    Revision,
    VoiceName,
    known_voice,
    refusals,
    refused,
    speaking,
)
from aloud.serve.service import Service

router = APIRouter(prefix="/api/articles", tags=["Live listening"])
_RUN = "/{id}/live/{revision}/{engine}/{name}/{run}"
Run = Annotated[
    str,
    Path(
        pattern=r"^[0-9]{1,6}-[A-Za-z0-9_-]{1,64}$",
        description="The number of its first utterance, a hyphen, and anything that makes it new",
        examples=["0-a1b2"],
    ),
]
Number = Annotated[int, Path(ge=0, le=999_999, description="Of an utterance")]
_PROBLEMS = refusals(404, 409, 410, 422, 507)
_WHOLE = {"type": "integer", "minimum": 0}
_HEADERS = {
    "Aloud-Samples": {"description": "The segment's true length in samples", "schema": _WHOLE},
    "Aloud-Lead": {"description": "Samples before the utterance's first", "schema": _WHOLE},
    "Aloud-Sample-Rate": {"description": "Hz", "schema": _WHOLE},
}


def _sound(media_type: str, headers: dict[str, Any]) -> dict[int | str, dict[str, Any]]:
    content = {media_type: {"schema": {"type": "string", "format": "binary"}}}
    said = "Fragmented MP4 with AAC"
    return {200: {"description": said, "content": content, "headers": headers}, **_PROBLEMS}


@router.get("/{id}/live", summary="Begin to listen", responses=_PROBLEMS)
async def get_live(
    id: ArticleId,
    me: Me,
    service: Held,
    voice: Annotated[VoiceId | None, Query(description="Left out: the listener's own")] = None,
) -> LiveOut:
    """What a player needs. The article is fetched and read now, if it was not yet."""
    return await speaking(lambda: _begin(service, me.listener.id, id, voice))


@router.get(
    _RUN + "/init.mp4",
    summary="Open a run",
    response_class=Response,
    responses=_sound("audio/mp4", {}),
)
async def get_init(
    id: ArticleId, revision: Revision, engine: Engine, name: VoiceName, run: Run,
    me: Me, service: Held,
) -> Response:  # fmt: skip
    """The initialisation segment. A jump to another sentence opens another run."""

    def work() -> bytes:
        prepared = _prepared(service, me.listener.id, id, f"{engine}/{name}", revision)
        return service.live.init(prepared, run)

    return _answer(await speaking(work), "audio/mp4")


@router.get(
    _RUN + "/{n}.m4s",
    summary="Hear an utterance",
    response_class=Response,
    responses=_sound("video/iso.segment", _HEADERS),
)
async def get_segment(
    id: ArticleId, revision: Revision, engine: Engine, name: VoiceName, run: Run, n: Number,
    me: Me, service: Held,
) -> Response:  # fmt: skip
    """A segment that begins at time zero: the player adds the lengths before it. It is spoken
    now, before all that nobody waits for."""
    work = functools.partial(
        _segment, service, me.listener.id, id, f"{engine}/{name}", revision, run, n
    )
    made = await speaking(work)
    return _answer(
        made.data,
        "video/iso.segment",
        {
            "Aloud-Samples": str(made.samples),
            "Aloud-Lead": str(made.lead),
            "Aloud-Sample-Rate": str(made.sample_rate),
        },
    )


@router.get(_RUN + "/{n}.json", summary="Times of an utterance", responses=_PROBLEMS)
async def get_segment_timing(
    id: ArticleId, revision: Revision, engine: Engine, name: VoiceName, run: Run, n: Number,
    me: Me, service: Held,
) -> LiveSegmentOut:  # fmt: skip
    """When each of its tokens is heard."""
    work = functools.partial(
        _segment, service, me.listener.id, id, f"{engine}/{name}", revision, run, n
    )
    made = await speaking(work)
    lead = made.lead / made.sample_rate
    return LiveSegmentOut(
        samples=made.samples,
        lead=made.lead,
        sample_rate=made.sample_rate,
        timings=[
            LiveTiming(token=t.token, start=lead + t.start, end=lead + t.end) for t in made.timings
        ],
    )


def _answer(data: bytes, media_type: str, headers: dict[str, str] | None = None) -> Response:
    # A run lives in the memory of one process, and another of that name may be cut otherwise.
    kept = {"Cache-Control": "no-store", **(headers or {})}
    return Response(data, media_type=media_type, headers=kept)


def _begin(service: Service, listener: str, article: str, voice: str | None) -> LiveOut:
    entry = service.library.articles.get(listener, article)
    newest = entry.article.revision
    told = service.library.narrations.heard(article, listener, voice, newest) if voice else None
    prepared = _ready(service, told or _narration(service, listener, article, voice))
    narration = prepared.narration
    made = service.library.narrations.recordings(narration.id)
    run = f"/api/articles/{article}/live/{narration.revision}/{prepared.voice.id}/{{run}}"
    return LiveOut(
        revision=narration.revision or 1,
        voice=prepared.voice.id,
        utterances=len(prepared.script.utterances),
        sample_rate=prepared.voice.sample_rate,
        init=f"{run}/init.mp4",
        segment=f"{run}/{{n}}.m4s",
        timing=f"{run}/{{n}}.json",
        finished=[RecordingOut.of(one, title_of(entry)) for one in made] or None,
    )


def _segment(
    service: Service, listener: str, article: str, voice: str, revision: int, run: str, n: int
) -> LiveSegment:
    prepared = _prepared(service, listener, article, voice, revision)
    return service.live.segment(prepared, run, n)


def _prepared(service: Service, listener: str, article: str, voice: str, revision: int) -> Prepared:
    """All that is needed to speak this revision in this voice."""
    newest = service.library.articles.get(listener, article).article.revision
    if newest and revision != newest:
        raise _gone(newest)
    told = service.library.narrations.heard(article, listener, voice, revision)
    prepared = _ready(service, told or _narration(service, listener, article, voice))
    if prepared.narration.revision != revision:
        raise _gone(prepared.narration.revision or newest)
    return prepared


def _narration(service: Service, listener: str, article: str, voice: str | None) -> Narration:
    """The narration that is listened to, more urgent from now on; asked for if there is none."""
    narrations = service.library.narrations
    entry = service.library.articles.get(listener, article)
    there = entry.narration
    serves = there is not None and voice in (None, there.voice, there.voice_wish)
    fits = (
        there is not None
        and there.revision in (None, entry.article.revision)
        and there.lexicon == service.library.lexicon.digest(listener)
    )
    if there is not None and serves and there.state == "failed":
        hint = there.hint or "ask for its narration again"
        raise Conflict(there.error or "it could not be narrated", subject=article, hint=hint)
    if there is None or not serves or not fits or there.state == "cancelled":
        if voice is not None:
            known_voice(service, voice)
        there = narrations.ask(article, listener, voice, Need.LISTENING)
        service.wake()
    elif there.priority > Need.LISTENING and narrations.raise_priority(there.id, Need.LISTENING):
        service.wake()
    return there


def _ready(service: Service, narration: Narration) -> Prepared:
    try:
        with service.attention.wanted():
            return service.work.prepare(narration)
    except Stopping:
        raise  # the same may be asked of the next process
    except (Interrupted, FetchError, ExtractError, UnknownVoice) as error:
        # What became of it, as its narration will say: the request itself was fine.
        hint = error.hint or "ask for its narration again"
        raise Conflict(error.message, subject=narration.article_id, hint=hint) from error


def _gone(newest: int) -> Exception:
    return refused(
        410,
        f"the article has changed, and its newest revision is {newest}",
        "begin anew with that one",
        Aloud_Revision=str(newest),
    )
