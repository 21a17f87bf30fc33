"""Narrations: asked for again or in another voice, called off, and what is spoken of an article."""

from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Path

from aloud.article import State
from aloud.errors import Conflict
from aloud.library.records import FINISHED
from aloud.serve.jobs import Need
from aloud.serve.models.articles import NarrationOut, NarrationWish
from aloud.serve.models.reading import BlockChoice, Revised
from aloud.serve.models.words import BlockId
from aloud.serve.routes.asking import ArticleId, Held, Me, known_voice, refusals, speaking
from aloud.serve.service import Service

router = APIRouter(prefix="/api/articles", tags=["Narration"])
Block = Annotated[BlockId, Path(description="Id of a block of the article")]


@router.post(
    "/{id}/narration",
    status_code=202,
    summary="Have an article narrated",
    responses=refusals(404, 429, body=True),
)
async def post_narration(id: ArticleId, wish: NarrationWish, me: Me, service: Held) -> NarrationOut:
    """In a voice of choice, or again after a failure. What is there already is not made twice,
    unless it is to be `fresh`."""
    voice = wish.voice
    if voice is not None:
        await speaking(lambda: known_voice(service, voice))
    return await run_sync(_ask, service, me.listener.id, id, wish)


@router.put(
    "/{id}/blocks/{block}",
    summary="Have a block spoken, shown or left out",
    responses=refusals(404, 409, 429, body=True),
)
def put_block(id: ArticleId, block: Block, choice: BlockChoice, me: Me, service: Held) -> Revised:
    """The choice is remembered. Only what changed is spoken anew."""
    return _choose(service, me.listener.id, id, block, State(choice.state))


@router.delete(
    "/{id}/blocks/{block}",
    summary="Take a choice back",
    responses=refusals(404, 409, 422, 429),
)
def delete_block_choice(id: ArticleId, block: Block, me: Me, service: Held) -> Revised:
    """The block is as the page gave it."""
    return _choose(service, me.listener.id, id, block, None)


def _ask(service: Service, listener: str, article: str, wish: NarrationWish) -> NarrationOut:
    narration = service.library.narrations.ask(
        article, listener, wish.voice, Need.QUEUE, fresh=wish.fresh
    )
    service.wake()
    return NarrationOut.of(narration)


def _choose(
    service: Service, listener: str, article: str, block: str, state: State | None
) -> Revised:
    entry = service.library.articles.get(listener, article)  # none of another's
    if not entry.article.revision:
        hint = "wait until it was read: its events tell when"
        raise Conflict("the article was not read yet", subject=article, hint=hint)
    revision = service.library.articles.choose(article, block, state)
    before = entry.narration
    if before is None or revision == entry.article.revision:
        return Revised(revision=revision, narration=before.id if before else None)
    need = Need(before.priority) if before.state not in FINISHED else Need.QUEUE
    narration = service.library.narrations.ask(article, listener, before.voice_wish, need)
    service.wake()
    return Revised(revision=revision, narration=narration.id)


calling_off = APIRouter(prefix="/api/articles", tags=["Narration"])


@calling_off.delete(
    "/{id}/narration",
    status_code=204,
    summary="Call a narration off",
    responses=refusals(404, 409, 422),
)
def delete_narration(id: ArticleId, me: Me, service: Held) -> None:
    """What was spoken by then is kept, and is not spoken again."""
    narration = service.library.articles.get(me.listener.id, id).narration
    if narration is None or not service.library.narrations.cancel(narration.id):
        raise Conflict("nothing is being narrated", subject=id, hint="there is nothing to stop")
