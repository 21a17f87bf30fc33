"""The lexicon: how the listener wants words to be said."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from aloud import article as articles
from aloud.adapt import adapt
from aloud.errors import Conflict, NotFound, UnknownVoice, UsageError
from aloud.library.records import LexiconEntry
from aloud.script import Saying
from aloud.serve import samples
from aloud.serve.models.listening import Lexicon, SayingIn, SayingOut
from aloud.serve.models.words import Id, VoiceId
from aloud.serve.routes.asking import Held, Me, known_voice, refusals, speaking
from aloud.serve.routes.voices import SOUND
from aloud.serve.service import Service

router = APIRouter(prefix="/api/lexicon", tags=["Lexicon"])
EntryId = Annotated[Id, Path(description="Of an entry of the lexicon")]


@router.get("", summary="See the lexicon", responses=refusals())
def list_sayings(me: Me, service: Held) -> Lexicon:
    """In alphabetical order of what is written."""
    entries = service.library.lexicon.list(me.listener.id)
    return Lexicon(entries=[SayingOut.of(entry) for entry in entries])


@router.post("", status_code=201, summary="Add to the lexicon", responses=refusals(409, body=True))
def post_saying(saying: SayingIn, me: Me, service: Held) -> SayingOut:
    """Narrations that are asked for from now on say it like this. In small letters alone it means
    every form of the word (`polish`, `Polish`); with a capital in it, only that one."""
    _look_for_it(saying)
    return SayingOut.of(
        service.library.lexicon.add(me.listener.id, saying.written, saying.spoken, saying.language)
    )


@router.get("/{id}", summary="See an entry", responses=refusals(404, 422))
def get_saying(id: EntryId, me: Me, service: Held) -> SayingOut:
    """One entry."""
    return SayingOut.of(_entry(service, me.listener.id, id))


@router.put("/{id}", summary="Change an entry", responses=refusals(404, 409, body=True))
def put_saying(id: EntryId, saying: SayingIn, me: Me, service: Held) -> SayingOut:
    """All of it."""
    _look_for_it(saying)
    entry = LexiconEntry(id, saying.written, saying.spoken, saying.language)
    service.library.lexicon.update(me.listener.id, entry)
    return SayingOut.of(entry)


@router.delete("/{id}", status_code=204, summary="Remove an entry", responses=refusals(404, 422))
def delete_saying(id: EntryId, me: Me, service: Held) -> None:
    """What was narrated stays as it is."""
    service.library.lexicon.remove(me.listener.id, id)


@router.get(
    "/{id}/sample.mp3",
    summary="Hear an entry",
    response_class=Response,
    responses={**SOUND, **refusals(404, 409, 422, 429)},
)
async def get_saying_sample(
    id: EntryId,
    me: Me,
    service: Held,
    voice: Annotated[VoiceId | None, Query(description="Left out: the language's own")] = None,
) -> Response:
    """What is written, said as the entry says."""

    def made() -> bytes:
        entry = _entry(service, me.listener.id, id)
        saying = Saying(entry.written, entry.spoken, entry.language)
        if voice is not None:
            known_voice(service, voice)
        try:
            return samples.of_saying(service, saying, voice)
        except UnknownVoice as error:
            hint = "name one that is to say it: voice=…"
            raise Conflict(error.message, subject=error.subject, hint=hint) from error

    return Response(
        await speaking(made), media_type="audio/mpeg", headers={"Cache-Control": "no-store"}
    )


def _look_for_it(saying: SayingIn) -> None:
    """Raises UsageError where no text has anything in it that this entry would say."""
    entry = Saying(saying.written, saying.spoken, saying.language)
    for text in (saying.written, f"1 {saying.written} 1"):
        script = adapt(articles.plain(text, saying.language or "en"), (entry,))
        if any(token.rule == "lexicon" for said in script.utterances for token in said.tokens):
            return
    raise UsageError(
        "nothing in a text is ever read as this: there is no word in it",
        subject=saying.written,
        hint="give in `written` what stands in the text, with a letter or a digit: Xi, .NET, C++",
    )


def _entry(service: Service, listener: str, entry_id: str) -> LexiconEntry:
    for entry in service.library.lexicon.list(listener):
        if entry.id == entry_id:
            return entry
    raise NotFound(
        "the lexicon has no such entry", subject=entry_id, hint="GET /api/lexicon lists them"
    )
