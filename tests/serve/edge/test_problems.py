"""Problems: what a client reads when something failed, and what it must not read."""

import asyncio
import json
import logging

import httpx
import pytest
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

from aloud.errors import (
    AddressRefused,
    AloudError,
    Conflict,
    Damaged,
    DiskError,
    EngineMissing,
    ExtractError,
    FetchError,
    FetchLater,
    LibraryError,
    MasterError,
    NotFound,
    PublishError,
    ShelfError,
    TooLarge,
    UnknownVoice,
    UsageError,
    VoiceError,
)
from aloud.serve import problems

STATUS = [
    (AddressRefused, 422), (AloudError, 500), (Conflict, 409), (Damaged, 503), (DiskError, 507),
    (EngineMissing, 503), (ExtractError, 422), (FetchError, 502), (FetchLater, 502),
    (LibraryError, 503), (MasterError, 500), (NotFound, 404), (PublishError, 500),
    (ShelfError, 503), (TooLarge, 413), (UnknownVoice, 422), (UsageError, 422), (VoiceError, 500),
]  # fmt: skip


class Wish(BaseModel):
    url: str
    wpm: float


@pytest.fixture
def app():
    made = FastAPI()
    problems.install(made)

    @made.post("/wishes", responses=problems.responses(404, 409, 422))
    def wishes(wish: Wish) -> Wish:
        if wish.url == "gone":
            raise NotFound("there is no such article", subject="a/b", hint="look into the list")
        if wish.url == "odd":
            raise UsageError("this cannot be", subject="\ud800")
        if wish.url == "bug":
            raise ZeroDivisionError("Once upon a time there was a secret")
        if wish.url == "role":
            raise HTTPException(403, "not with this token", headers={"X-Why": "role"})
        return wish

    return made


@pytest.fixture
def client(app):
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)

    class Client:
        def post(self, **body):
            return self.request("POST", "/wishes", json=body)

        def request(self, *args, **options):
            async def asking():
                async with httpx.AsyncClient(transport=transport, base_url="http://x") as http:
                    return await http.request(*args, **options)

            return asyncio.run(asking())

    return Client()


@pytest.mark.parametrize(("kind", "status"), STATUS)
def test_every_kind_of_failure_has_its_status(kind, status):
    assert problems.of(kind("it failed")).status == status


@pytest.mark.parametrize("kind", [VoiceError, MasterError, LibraryError, ShelfError, AloudError])
def test_where_the_fault_is_ours_the_subject_stays_out(kind):
    told = problems.of(kind("it failed", subject="Once upon a time", hint="wait")).problem()
    assert told.detail == "it failed"
    assert told.hint == "wait"


def test_where_the_fault_is_in_the_request_the_subject_says_where():
    told = problems.of(UsageError("is no speed", subject="wpm")).problem()
    assert told.detail == "wpm: is no speed"


@pytest.mark.parametrize("kind", [LibraryError, ShelfError, Damaged, FetchLater])
def test_what_may_work_later_says_when(kind):
    assert dict(problems.of(kind("not now")).headers)[b"retry-after"] == b"5"


def test_what_will_not_work_later_does_not(client):
    assert problems.of(NotFound("no")).headers == ()
    assert problems.of(Conflict("no")).headers == ()


def test_a_failure_is_answered_as_a_problem(client):
    answer = client.post(url="gone", wpm=200)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json() == {
        "type": "urn:aloud:problem:not-found",
        "title": "Not Found",
        "status": 404,
        "detail": "a/b: there is no such article",
        "instance": "/wishes",
        "hint": "look into the list",
    }


def test_a_request_that_is_wrong_is_told_where_and_not_quoted_back(client):
    answer = client.post(url=["Once upon a time"], wpm="fast")
    told = answer.json()
    assert answer.status_code == told["status"] == 422
    assert told["detail"] == "2 things in the request are wrong"
    assert [fault["pointer"] for fault in told["errors"]] == ["/body/url", "/body/wpm"]
    assert "Once" not in answer.text


def test_what_a_route_refuses_keeps_its_headers(client):
    answer = client.post(url="role", wpm=1)
    assert (answer.status_code, answer.headers["x-why"]) == (403, "role")
    assert answer.json()["detail"] == "not with this token"


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/x", 404), ("GET", "/wishes", 405)]
)
def test_what_the_router_refuses_is_a_problem_too(client, method, path, status):
    answer = client.request(method, path)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == answer.status_code == status


def test_half_a_letter_in_a_request_is_no_bug(client):
    answer = client.post(url="odd", wpm=1)
    assert answer.status_code == 422
    assert json.loads(answer.content)["detail"] == "\ud800: this cannot be"


def test_a_bug_shows_nothing_of_itself_and_its_traceback_is_logged_once(
    app, run, caplog, wait_until
):
    with caplog.at_level(logging.ERROR, logger="uvicorn.error"):
        answer = httpx.post(run(app).url + "/wishes", json={"url": "bug", "wpm": 1})
        wait_until(lambda: bool(caplog.records))
    assert answer.status_code == 500
    assert answer.json()["detail"] == "something went wrong"
    assert "secret" not in answer.text
    traced = [record for record in caplog.records if record.exc_info]
    assert [record.exc_info[0] for record in traced] == [ZeroDivisionError]


def test_the_description_names_the_problems_of_a_route(app):
    described = app.openapi()
    assert described is app.openapi()
    answers = described["paths"]["/wishes"]["post"]["responses"]
    assert set(answers) == {"200", "404", "409", "422"}
    for status in ("404", "409", "422"):
        (content,) = answers[status]["content"].items()
        assert content[0] == "application/problem+json"
        assert content[1]["schema"] == {"$ref": "#/components/schemas/Problem"}
        problems.Problem.model_validate(content[1]["example"])
    schemas = described["components"]["schemas"]
    assert {"Problem", "Fault", "Wish"} <= set(schemas)
    assert schemas["Problem"]["required"] == ["title", "status", "hint"]
