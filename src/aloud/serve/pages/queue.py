"""Queue: what is to be heard next, how long that takes, and in which order."""

from babel.units import format_unit
from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from aloud.errors import AloudError, UsageError
from aloud.library.records import Bearer
from aloud.serve.models.listening import Moved, Queued
from aloud.serve.pages.article import failure
from aloud.serve.pages.cards import cards
from aloud.serve.pages.forms import Fields, by_hand, see
from aloud.serve.pages.show import reader, show
from aloud.serve.routes.asking import ArticleId, Held, Me
from aloud.serve.routes.listening import delete_queue, patch_queue, post_queue
from aloud.serve.service import Service

router = APIRouter(include_in_schema=False)


@router.get("/queue")
def queue(request: Request, me: Me, service: Held) -> HTMLResponse:
    """First the next."""
    who = reader(request)
    shown = cards(service, me.listener.id, who, service.library.queue.items(me.listener.id))
    left = sum(card.left for card in shown)  # seconds
    minutes = format_unit(max(1, round(left / 60)), "duration-minute", "long", locale=who.locale)
    first = next((card for card in shown if card.stage != "failed"), None)
    return show(request, "queue", cards=shown, first=first, minutes=minutes if left else "")


@router.post("/queue/{id}", dependencies=[Depends(by_hand)])
def change(request: Request, id: ArticleId, me: Me, service: Held, sent: Fields) -> Response:
    """Moves an article within the queue, takes it out, or puts it back where it was."""
    try:
        _do(sent.get("do", ""), sent.get("value", ""), id, me, service)
    except AloudError as error:
        return failure(request, error)
    return see("/queue")


def _do(what: str, value: str, id: str, me: Bearer, service: Service) -> None:
    ids = service.library.queue.ids(me.listener.id)
    place = ids.index(id) if id in ids else len(ids)
    match what:
        case "up" | "down":
            to = max(0, place - 1) if what == "up" else place + 1
            patch_queue(id, Moved(to=to), me, service)
        case "move" if value.isascii() and value.isdecimal():
            patch_queue(id, Moved(to=min(int(value[:9]), len(ids))), me, service)
        case "put" if value.isascii() and value.isdecimal():
            post_queue(Queued(article=id), me, service)
            patch_queue(id, Moved(to=min(int(value[:9]), len(ids))), me, service)
        case "remove":
            delete_queue(id, me, service)
        case _:
            raise UsageError("this form asks for nothing", hint="load the page again")
