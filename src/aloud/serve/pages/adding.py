"""Adding: articles come in from a browser, by a form, a bookmarklet or a share menu."""

import re
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile

from aloud.errors import AloudError, UsageError
from aloud.library.records import Bearer
from aloud.serve import intake, problems
from aloud.serve.intake import Offer
from aloud.serve.models.sent import Options, SentAddress, SentText
from aloud.serve.pages.cards import cards
from aloud.serve.pages.forms import MOST_FIELDS, by_hand, see, whole_address
from aloud.serve.pages.show import reader, show
from aloud.serve.routes.asking import Held, Me
from aloud.serve.service import Service

router = APIRouter(include_in_schema=False)
_ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_CLOSING = ".,;:!?)]}»”’'"  # of the sentence around an address, not of the address
_AROUND = 60  # words: what is longer than what telephones say around an address is an article
Shown = Annotated[str, Query(max_length=20_000)]


@router.get("/add")
def add_form(
    request: Request, me: Me, url: Shown = "", title: Shown = "", text: Shown = ""
) -> HTMLResponse:
    """Asks before it adds: a link on any page may lead here."""
    return _form(request, address_in(url, text, title), title)


@router.get("/share")
def share_form(
    request: Request, me: Me, url: Shown = "", title: Shown = "", text: Shown = ""
) -> HTMLResponse:
    """As `/add`, for what opens share targets by an address."""
    return add_form(request, me, url, title, text)


@router.post("/add", dependencies=[Depends(by_hand)])
@router.post("/share", dependencies=[Depends(by_hand)])
async def add(request: Request, me: Me, service: Held) -> Response:
    """Adds what the form holds and goes to the article; says what is wrong with it, or that the
    article was there already."""
    async with request.form(max_files=1, max_fields=MOST_FIELDS) as form:
        typed = _field(form, "url")
        try:
            offered = await _offered(form)
            accepted = await run_sync(intake.accept, service, me.listener.id, offered, None)
        except AloudError as error:
            return await run_sync(_form, request, typed, "", error)
    if not accepted.added:
        return await run_sync(_there_already, request, me, service, accepted.article.id)
    return see(f"/articles/{accepted.article.id}")


@router.get("/bookmarklet")
def bookmarklet(request: Request, me: Me) -> HTMLResponse:
    """A link to keep, which sends the page one is on."""
    return show(request, "bookmarklet", here=str(request.base_url).rstrip("/"))


def address_in(*texts: str) -> str:
    """The first address in these texts, or "": telephones share it inside of a sentence, and
    people leave out its beginning.

    >>> address_in("", "Read this (https://news.example/a).")
    'https://news.example/a'
    >>> address_in("news.example/a")
    'https://news.example/a'
    """
    for text in texts:
        if match := _ADDRESS.search(text):
            return match[0].rstrip(_CLOSING)
    whole = (whole_address(text.strip()) for text in texts)
    return next((text for text in whole if _ADDRESS.match(text)), "")


def _form(request: Request, url: str, title: str, error: AloudError | None = None) -> HTMLResponse:
    status = problems.of(error).status if error else 200
    return show(request, "add", status, url=url, title=title, error=error, known=None)


def _there_already(request: Request, me: Bearer, service: Service, id: str) -> HTMLResponse:
    entry = service.library.articles.get(me.listener.id, id)
    (card,) = cards(service, me.listener.id, reader(request), [entry])
    return show(request, "add", url="", title="", error=None, known=card)


async def _offered(form: FormData) -> Offer:
    file = form.get("file")
    try:
        if isinstance(file, UploadFile) and file.filename:
            body, declared = await file.read(), file.content_type or ""
            return await run_sync(intake.offer_file, body, declared, Options())
        text, title = _field(form, "text"), _field(form, "title")
        shared = text if len(text.split()) < _AROUND else ""
        url = address_in(_field(form, "url"), shared, title)
        if url and not (_field(form, "url") and text):
            return intake.offer(SentAddress(url=url))
        sent = SentText(text=text, url=url or None, title=title.strip()[:500] or None)
        return await run_sync(intake.offer, sent)
    except ValidationError as error:
        raise UsageError(
            "there is no address and no text in it",
            hint="give an address like https://news.example/accord, a text, or a file",
        ) from error


def _field(form: FormData, name: str) -> str:
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""
