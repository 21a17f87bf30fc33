"""Lab: which of two ways of speaking fast is better understood, judged by ears that do not know.

Both sides of a pair take the same time. One is the recording at its natural pace, which the browser
hurries; the other was made at that pace by us. Which is which is drawn in the browser, and the
votes stay there.
"""

from typing import Annotated, Literal

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import HTMLResponse, Response

from aloud.serve import samples
from aloud.serve.pages.forms import by_hand
from aloud.serve.pages.passages import PASSAGES
from aloud.serve.pages.show import show
from aloud.serve.routes.asking import Held, Me, known_voice, speaking

router = APIRouter(include_in_schema=False)
PACES = (300, 400)  # words a minute that are tried: 1.5x and 2x
_LANGUAGE = "en"  # of the passages
_KEPT = {"Cache-Control": "private, max-age=3600"}


@router.get("/lab/speed")
async def lab(request: Request, me: Me, service: Held) -> HTMLResponse:
    """Twenty pairs, one after another."""
    voice = await speaking(lambda: service.work.voice_of(me.listener.id, _LANGUAGE))
    told = {"passages": len(PASSAGES), "paces": PACES, "voice": voice.id}
    return await run_sync(lambda: show(request, "lab", told=told, number=len(PASSAGES)))


@router.get("/lab/speed/{engine}/{name}/{passage}.wav", dependencies=[Depends(by_hand)])
async def passage(
    engine: str,
    name: str,
    passage: Annotated[int, Path(ge=0, lt=len(PASSAGES))],
    me: Me,
    service: Held,
    wpm: Annotated[Literal["300", "400"] | None, Query()] = None,
) -> Response:
    """One passage, made at that pace; without one at the voice's own."""

    def made() -> bytes:
        voice = known_voice(service, f"{engine}/{name}")
        return samples.of_passage(service, PASSAGES[passage], *voice, float(wpm) if wpm else None)

    return Response(await speaking(made), media_type="audio/wav", headers=_KEPT)
