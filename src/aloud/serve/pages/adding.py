"""Adding: articles come in from a browser, by a form, a bookmarklet or a share menu."""

import re
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile

from aloud.errors import AloudError, UsageError
from aloud.serve import intake, problems
from aloud.serve.intake import Offer
from aloud.serve.models.sent import Options, SentAddress, SentText
from aloud.serve.pages.show import show
from aloud.serve.routes.asking import Held, Me
from aloud.serve.security import Bucket, within

router = APIRouter(include_in_schema=False)
_ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_CLOSING = ".,;:!?)]}»”’'"  # of the sentence around an address, not of the address
_MOST_FIELDS = 20
_SEE_OTHER = 303
_BY_HAND = within(Bucket(rate=1.0, burst=60))
Shown = Annotated[str, Query(max_length=20_000)]


@router.get("/add")
def add_form(
    request: Request, me: Me, url: Shown = "", title: Shown = "", text: Shown = ""
) -> HTMLResponse:
    """Asks before it adds: a link on any page may lead here."""
    return show(request, "add", url=address_in(url, text, title), title=title, problem="", hint="")


@router.get("/share")
def share_form(
    request: Request, me: Me, url: Shown = "", title: Shown = "", text: Shown = ""
) -> HTMLResponse:
    """As `/add`, for what opens share targets by an address."""
    return add_form(request, me, url, title, text)


@router.post("/add", dependencies=[Depends(_BY_HAND)])
@router.post("/share", dependencies=[Depends(_BY_HAND)])
async def add(request: Request, me: Me, service: Held) -> Response:
    """Adds what the form holds and goes to the library; says in the form what is wrong."""
    async with request.form(max_files=1, max_fields=_MOST_FIELDS) as form:
        try:
            offered = await _offered(form)
            await run_sync(intake.accept, service, me.listener.id, offered, None)
        except AloudError as error:
            return show(
                request, "add", problems.of(error).status, url=_field(form, "url"), title="",
                problem=error.message, hint=error.hint,
            )  # fmt: skip
    return RedirectResponse("/", _SEE_OTHER)


@router.get("/bookmarklet")
def bookmarklet(request: Request, me: Me) -> HTMLResponse:
    """A link to keep, which sends the page one is on."""
    return show(request, "bookmarklet", here=str(request.base_url).rstrip("/"))


def address_in(*texts: str) -> str:
    """The first address in these texts, or "": telephones share it inside of a sentence.

    >>> address_in("", "Read this (https://news.example/a).")
    'https://news.example/a'
    """
    for text in texts:
        if match := _ADDRESS.search(text):
            return match[0].rstrip(_CLOSING)
    return ""


async def _offered(form: FormData) -> Offer:
    file = form.get("file")
    try:
        if isinstance(file, UploadFile) and file.filename:
            body, declared = await file.read(), file.content_type or ""
            return await run_sync(intake.offer_file, body, declared, Options())
        text, title = _field(form, "text"), _field(form, "title")
        url = address_in(_field(form, "url"), text if len(text.split()) < 60 else "", title)
        if url and not (_field(form, "url") and text):
            return intake.offer(SentAddress(url=url))
        sent = SentText(text=text, url=url or None, title=title.strip()[:500] or None)
        return await run_sync(intake.offer, sent)
    except ValidationError as error:
        raise UsageError(
            "there is no address and no text in it",
            hint="give an address that begins with https://, a text, or a file",
        ) from error


def _field(form: FormData, name: str) -> str:
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""
