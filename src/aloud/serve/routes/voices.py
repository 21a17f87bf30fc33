"""Voices: who can speak, and how they sound."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from aloud.serve import samples
from aloud.serve.models.listening import VoiceOut, Voices
from aloud.serve.models.words import Language
from aloud.serve.routes.asking import Engine, Held, Me, VoiceName, known_voice, refusals, speaking

router = APIRouter(prefix="/api/voices", tags=["Voices"])
SOUND: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "An mp3",
        "content": {"audio/mpeg": {"schema": {"type": "string", "format": "binary"}}},
    }
}
# A voice that is replaced keeps its id; its sample may be an hour behind.
KEPT = {"Cache-Control": "private, max-age=3600"}


@router.get("", summary="List the voices", responses=refusals(422))
async def list_voices(
    me: Me,
    service: Held,
    language: Annotated[Language | None, Query(description="en finds en-GB too")] = None,
) -> Voices:
    """By language, the embedded ones first."""
    known = service.catalogue.at_once()
    found = known if known is not None else await speaking(service.catalogue.voices)
    if language is not None:
        wanted = language.lower()
        found = tuple(v for v in found if f"{v.language.lower()}-".startswith(f"{wanted}-"))
    return Voices(voices=[VoiceOut.of(voice) for voice in found])


@router.get("/{engine}/{name}", summary="Describe a voice", responses=refusals(404, 422))
async def get_voice(engine: Engine, name: VoiceName, me: Me, service: Held) -> VoiceOut:
    """By its id, which is its engine's name and its own."""
    voice, _ = await speaking(lambda: known_voice(service, f"{engine}/{name}"))
    return VoiceOut.of(voice)


@router.get(
    "/{engine}/{name}/sample.mp3",
    summary="Hear a voice",
    response_class=Response,
    responses={**SOUND, **refusals(404, 422, 429)},
)
async def get_sample(engine: Engine, name: VoiceName, me: Me, service: Held) -> Response:
    """A sentence in its language."""

    def work() -> bytes:
        return samples.of_voice(service, *known_voice(service, f"{engine}/{name}"))

    made = await speaking(work)
    return Response(made, media_type="audio/mpeg", headers=KEPT)
