"""Posting: articles come in, by their address, as they were seen, as text or as a file."""

import json
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Header, Request, Response
from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData, UploadFile

from aloud.serve.faults import Misunderstood, example_of
from aloud.serve.intake import ACCEPTED, Offer, UnknownKind, accept, offer, offer_file
from aloud.serve.models import patterns
from aloud.serve.models.articles import AcceptedOut
from aloud.serve.models.sent import (
    Options,
    Sent,
    SentAddress,
    SentHtml,
    SentText,
    body_description,
)
from aloud.serve.routes.asking import Held, Me, refusals, refused

router = APIRouter(prefix="/api", tags=["Articles"])
_Model = TypeVar("_Model", bound=BaseModel)
_SMALL = 64 * 1024  # bytes that are understood sooner than a thread is found for them
# Threads that accept. SQLite takes one writer at a time: more of them would only stand in line,
# and everybody else would wait for a thread.
_ACCEPTING = CapacityLimiter(4)
_NOTHING = "one of url, html and text is needed; a file goes as multipart/form-data"
_NO_FILE = "the page or the text itself is needed in this field: curl -F file=@page.html"
_TRUTH = {"true": True, "false": False}
_MOST_FIELDS = 200  # of a form: a hundred tags and some
_LOCATION = {"Location": {"description": "The article", "schema": {"type": "string"}}}
_REPLAYED = {
    "Idempotency-Replayed": {
        "description": "true: this is the answer to an earlier request with this key",
        "schema": {"type": "string", "enum": ["true"]},
    }
}
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=patterns.KEY,
        description="Sent again with the same body within a day: the same answer, nothing twice",
    ),
]


async def _offer(request: Request) -> Offer:
    """What was sent, whatever it was sent as."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        body = await request.body()
        if len(body) < _SMALL:
            return offer(_sent(body))
        return await run_sync(lambda: offer(_sent(body)))
    if kind == "application/x-www-form-urlencoded":
        async with request.form(max_files=0, max_fields=_MOST_FIELDS) as form:
            return offer(_checked(SentAddress, _fields(form)))
    if kind == "multipart/form-data":
        async with request.form(max_files=1, max_fields=_MOST_FIELDS) as form:
            return await _file(form)
    said = "articles are sent as application/json, multipart/form-data or a form"
    raise refused(415, said, 'for example {"url": "https://…"} as application/json')


@router.post(
    "/articles",
    status_code=201,
    summary="Send an article",
    responses={
        200: {
            "description": "It was in the list already",
            "model": AcceptedOut,
            "headers": {**_LOCATION, **_REPLAYED},
        },
        201: {"description": "It is in the list now", "headers": {**_LOCATION, **_REPLAYED}},
        **refusals(409, 429, 507, body=True),
    },
    openapi_extra=body_description(),
)
async def post_article(
    me: Me,
    service: Held,
    offered: Annotated[Offer, Depends(_offer)],
    response: Response,
    idempotency_key: Key = None,
) -> AcceptedOut:
    """An address, a page as the listener sees it, a text, or a file. It is accepted when this
    answers, and read and narrated afterwards: see its events."""
    accepted = await run_sync(
        accept, service, me.listener.id, offered, idempotency_key, limiter=_ACCEPTING
    )
    response.status_code = 201 if accepted.added else 200
    response.headers["Location"] = f"/api/articles/{accepted.article.id}"
    if accepted.replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return AcceptedOut.of(accepted)


def _sent(body: bytes) -> Sent:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        said = "the body is not JSON"
        raise refused(400, said, 'for example {"url": "https://news.example/accord"}') from error
    if not isinstance(data, dict):
        return _checked(SentAddress, data)
    # By the field that only one of them has, so that one list of faults comes back, not three.
    if "html" in data:
        return _checked(SentHtml, data)
    if "text" in data:
        return _checked(SentText, data)
    if "url" in data:
        return _checked(SentAddress, data)
    raise _fault("", _NOTHING, {"url": "https://news.example/accord"})


async def _file(form: FormData) -> Offer:
    options = _checked(Options, _fields(form, beside="file"))
    file = form.get("file")
    if not isinstance(file, UploadFile):
        raise _fault("file", _NO_FILE)
    body, declared = await file.read(), file.content_type or ""
    try:
        return await run_sync(lambda: offer_file(body, declared, options))
    except UnknownKind as error:
        raise refused(415, error.message, f"what can be read is {ACCEPTED}") from error


def _fields(form: FormData, beside: str = "") -> Mapping[str, Any]:
    """A form's fields as a model wants them; ``beside`` is looked at elsewhere."""
    fields: dict[str, Any] = {}
    for name, value in form.multi_items():
        if name == beside:
            continue
        if not isinstance(value, str):
            raise _fault(name, "this is a file where none is expected")
        if name == "tags":
            fields.setdefault(name, []).append(value)
        elif name in fields:
            raise _fault(name, "this may stand there once")
        else:
            fields[name] = _TRUTH.get(value, value) if name == "narrate" else value
    return fields


def _checked(model: type[_Model], data: object) -> _Model:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        faults = [{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors()]
        raise Misunderstood(faults, example_of(model)) from error


def _fault(field: str, said: str, example: Mapping[str, Any] | None = None) -> Misunderstood:
    place = ("body", field) if field else ("body",)
    return Misunderstood([{"type": "value_error", "loc": place, "msg": said}], example)
