"""Timing: what is said and when, of the script and of finished recordings, and as captions."""

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response

from aloud import recording as recordings
from aloud import script as scripts
from aloud.errors import Conflict
from aloud.library.records import Narration, RecordingRecord
from aloud.master.cues import Cue, cues, to_srt, to_vtt
from aloud.serve.models.reading import ScriptOut
from aloud.serve.models.words import VoiceId
from aloud.serve.ranges import part
from aloud.serve.routes.asking import ArticleId, Held, Me, refusals
from aloud.serve.service import Service

router = APIRouter(prefix="/api/articles", tags=["Timing"])
Format = Annotated[Literal["m4a", "mp3"], Query(description="Of which file")]
Voice = Annotated[VoiceId | None, Query(description="Left out: of the narration last asked for")]
_ETAG = {"ETag": {"description": "For If-None-Match", "schema": {"type": "string"}}}
_UNFINISHED = "wait for it: its events tell when it is done; or ask for it: POST …/narration"


def _answers(media_type: str, schema: dict[str, Any], example: object) -> dict[int | str, Any]:
    content = {media_type: {"schema": schema, "example": example}}
    return {
        200: {"description": "As it is kept", "content": content, "headers": _ETAG},
        304: {"description": "The client has it already"},
        **refusals(404, 409, 422),
    }


_CAPTIONS = {"type": "string"}


@router.get(
    "/{id}/timing.json",
    summary="Times of a recording",
    response_class=Response,
    responses=_answers("application/json", {"type": "object"}, {"aloud": "recording"}),
)
def get_timing(
    id: ArticleId, me: Me, service: Held, request: Request,
    format: Format = "m4a", voice: Voice = None,
) -> Response:  # fmt: skip
    """Article, script and the times of every word in milliseconds, as `aloud listen` writes it."""
    made = _recording(service, me.listener.id, id, format, voice)
    return _kept(request, service, made, "application/json", lambda data: data)


@router.get(
    "/{id}.vtt",
    summary="Captions as WebVTT",
    response_class=Response,
    responses=_answers("text/vtt", _CAPTIONS, "WEBVTT\n"),
)
def get_vtt(
    id: ArticleId, me: Me, service: Held, request: Request, voice: Voice = None
) -> Response:
    """The written words, timed by what is spoken."""
    made = _recording(service, me.listener.id, id, "m4a", voice)
    return _kept(request, service, made, "text/vtt", _captions(to_vtt))


@router.get(
    "/{id}.srt",
    summary="Captions as SubRip",
    response_class=Response,
    responses=_answers("application/x-subrip", _CAPTIONS, "1\n"),
)
def get_srt(
    id: ArticleId, me: Me, service: Held, request: Request, voice: Voice = None
) -> Response:
    """The written words, timed by what is spoken."""
    made = _recording(service, me.listener.id, id, "m4a", voice)
    return _kept(request, service, made, "application/x-subrip", _captions(to_srt))


@router.get(
    "/{id}/script.json", summary="What is said of an article", responses=refusals(404, 409, 422)
)
def get_script(id: ArticleId, me: Me, service: Held, voice: Voice = None) -> ScriptOut:
    """Sentences, and where each of their words stands in the block's text. There as soon as an
    article was read; before the sound."""
    narration = _narration(service, me.listener.id, id, voice)
    if narration.script_key is None or narration.voice is None or narration.revision is None:
        raise Conflict("the article was not made ready yet", subject=id, hint=_UNFINISHED)
    script = scripts.from_json(json.loads(service.shelf.read(narration.script_key)))
    return ScriptOut.of(narration.revision, narration.voice, script)


def _narration(service: Service, listener: str, article: str, voice: str | None) -> Narration:
    current = service.library.articles.get(listener, article).narration
    if voice is not None and (current is None or current.voice != voice):
        current = service.library.narrations.latest(article, listener, voice)
    if current is None:
        raise Conflict("nobody asked for this narration", subject=article, hint=_UNFINISHED)
    return current


def _recording(
    service: Service, listener: str, article: str, format: str, voice: str | None
) -> RecordingRecord:
    narration = _narration(service, listener, article, voice)
    for made in service.library.narrations.recordings(narration.id):
        if made.format == format:
            return made
    reason = narration.error or "the recording is not finished yet"
    raise Conflict(reason, subject=article, hint=narration.hint or _UNFINISHED)


def _kept(
    request: Request,
    service: Service,
    made: RecordingRecord,
    media_type: str,
    shown: Callable[[bytes], bytes],
) -> Response:
    """What is made of a kept timing, or 304 where the client has it."""
    name = hashlib.sha256(f"{made.timing_key} {media_type}".encode()).hexdigest()
    etag = f'"{name[:32]}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    asked = {b"if-none-match": request.headers.get("if-none-match", "").encode("latin-1")}
    if asked[b"if-none-match"] and part(asked, etag.encode(), 0, 1).status == 304:
        return Response(status_code=304, headers=headers)
    data = shown(service.shelf.read(made.timing_key))
    return Response(data, media_type=media_type, headers=headers)


def _captions(written: Callable[[Sequence[Cue]], str]) -> Callable[[bytes], bytes]:
    def shown(data: bytes) -> bytes:
        recording, script = recordings.from_json(json.loads(data), Path())
        return written(cues(script, recording.timings)).encode()

    return shown
