"""Article: one article of the library, to be read and heard; what one may hold it to; and which
of its lines are read aloud."""

from contextlib import suppress

from anyio import move_on_after
from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import TypeAdapter, ValidationError

from aloud import pace
from aloud.errors import AloudError, NotFound, UsageError
from aloud.library.records import FINISHED, Entry
from aloud.serve import problems
from aloud.serve.jobs.covers import cover_key
from aloud.serve.models.articles import Item, NarrationWish
from aloud.serve.models.reading import ArticleOut, BlockChoice
from aloud.serve.models.words import BlockId
from aloud.serve.pages.cards import cards
from aloud.serve.pages.forms import Fields, by_hand, see
from aloud.serve.pages.layout import laid_out
from aloud.serve.pages.show import NORMAL_WPM, player_words, reader, show
from aloud.serve.routes.articles import whole
from aloud.serve.routes.asking import Held, Me
from aloud.serve.routes.narrations import post_narration, put_block
from aloud.serve.service import Service
from aloud.speech import Voice

router = APIRouter(include_in_schema=False)
_BLOCK: TypeAdapter[str] = TypeAdapter(BlockId)
_MOMENT = 0.5  # seconds that the page of a new article waits for its words


@router.get("/articles/{id}")
async def article(
    request: Request, id: str, me: Me, service: Held, queue: bool = False, play: bool = False
) -> HTMLResponse:
    """An article with its text and a player. ``queue``: it is heard as the next of the queue, and
    the others after it; ``play``: at once."""
    with move_on_after(_MOMENT):
        await run_sync(_read, service, me.listener.id, id, abandon_on_cancel=True)
    return await run_sync(_page, request, id, me, service, queue, play)


def _read(service: Service, listener: str, id: str) -> None:
    """Read what was sent a moment ago, so that its first page has a player: who pressed "play"
    hears it half a second sooner. What keeps it from being read, the job says."""
    with suppress(AloudError):
        entry = service.library.articles.get(listener, id)
        narration = entry.narration
        if entry.article.revision or not entry.article.page_key or narration is None:
            return
        if narration.state not in FINISHED:
            with service.attention.wanted():
                service.work.read(narration.id)


def _page(
    request: Request, id: str, me: Me, service: Service, queue: bool, play: bool
) -> HTMLResponse:
    try:
        entry = service.library.articles.get(me.listener.id, id)
    except NotFound as error:
        return failure(request, error)
    who, narration = reader(request), entry.narration
    shown = whole(service, me.listener.id, id)
    return show(
        request,
        "article",
        article=shown,
        text=laid_out(shown.reading.blocks if shown.reading else ()),
        seconds=cards(service, me.listener.id, who, [entry])[0].seconds,
        speed=f"{_heard_wpm(shown, who.wpm) / NORMAL_WPM:.2f}×",
        voice=_voice(service, shown),
        cover=bool(shown.image) and service.shelf.has(cover_key(shown.image or "")),
        going_on=narration is not None and narration.state not in FINISHED,
        queue=queue,
        next=_next(service, me.listener.id, entry) if queue else None,
        play=play,
        words=player_words(who.language),
    )


@router.post("/articles/{id}/blocks", dependencies=[Depends(by_hand)])
async def choose(request: Request, id: str, me: Me, service: Held, sent: Fields) -> Response:
    """Has one block spoken, shown or left out. The form's field: ``choice``, the state, a space
    and the block's id."""
    state, _, block = sent.get("choice", "").partition(" ")
    try:
        choice = BlockChoice.model_validate({"state": state})
        await run_sync(put_block, id, _BLOCK.validate_python(block), choice, me, service)
    except ValidationError:
        hint = "choose a line on the article's page"
        return failure(request, UsageError("this names no line of an article", hint=hint))
    except AloudError as error:
        return failure(request, error)
    return see(f"/articles/{id}")


@router.post("/articles/{id}/again", dependencies=[Depends(by_hand)])
async def again(request: Request, id: str, me: Me, service: Held) -> Response:
    """Has it read and narrated once more."""
    try:
        await post_narration(id, NarrationWish(), me, service)
    except AloudError as error:
        return failure(request, error)
    return see(f"/articles/{id}")


def failure(request: Request, error: AloudError) -> HTMLResponse:
    """What failed and what to do, for a person."""
    status = problems.of(error).status
    return show(request, "failure", status, message=error.message, hint=error.hint)


def _heard_wpm(article: ArticleOut, wish: float) -> float:
    """What is heard of this recording when ``wish`` is wished for: both in words a minute."""
    natural = article.recordings[0].natural_wpm if article.recordings else 0.0
    return pace.rate_for(wish, natural) * natural if natural else wish


def _voice(service: Service, article: ArticleOut) -> Voice | None:
    """Who speaks it, if that is known without asking an engine: a page does not wait for one."""
    id = article.recordings[0].voice if article.recordings else None
    if id is None and article.narration is not None:
        id = article.narration.voice
    known = service.catalogue.at_once() or ()
    return next((voice for voice in known if voice.id == id), None)


def _next(service: Service, listener: str, entry: Entry) -> Item | None:
    """What is heard after it."""
    waiting = service.library.queue.items(listener)
    ids = [each.article.id for each in waiting]
    place = ids.index(entry.article.id) + 1 if entry.article.id in ids else 0
    later = (each for each in waiting[place:] if each.article.id != entry.article.id)
    found = next((each for each in later if each.article.state != "failed"), None)
    return Item.of(found) if found else None
