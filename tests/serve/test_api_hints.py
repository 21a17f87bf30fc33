"""Problems over HTTP: each says what to do next, in words, to a person who can only send requests.

OpenAI's own client reads those below /v1.
"""

import json
import re

import openai
import pytest

from aloud.serve.jobs import Interrupted
from aloud.serve.jobs.speaker import Stopping
from aloud.serve.models.patterns import IN_WORDS

pytestmark = pytest.mark.slow

JSON = {"content-type": "application/json"}
ELSEWHERE = {"sec-fetch-site": "cross-site", "authorization": ""}
ONE = "/api/articles/nothing"
REFUSED = [
    ("POST", "/api/articles", {"json": {}}, 422),
    ("POST", "/api/articles", {"json": []}, 422),
    ("POST", "/api/articles", {"content": b"{", "headers": JSON}, 400),
    ("POST", "/api/articles", {"content": b"x", "headers": {"content-type": "text/plain"}}, 415),
    ("POST", "/api/articles", {"json": {"url": "news"}}, 422),
    ("POST", "/api/articles", {"data": {"title": "x"}}, 422),
    ("POST", "/api/articles", {"files": {"page": b"x"}}, 422),
    ("POST", "/api/articles", {"files": {"file": b"\x89PNG\r\n\x1a\n"}}, 415),
    ("POST", "/api/articles", {"content": b"x", "headers": {"content-encoding": "gzip"}}, 415),
    ("POST", "/api/articles", {"json": {"text": "x", "voice": "Anna"}}, 422),
    ("POST", "/api/articles", {"headers": {"content-type": "multipart/form-data"}}, 400),
    ("PUT", "/api/articles", {}, 405),
    ("GET", ONE, {}, 404),
    ("PATCH", ONE, {"json": {"title": 3}}, 422),
    ("PUT", f"{ONE}/blocks/l1", {"json": {"state": "loud"}}, 422),
    ("PUT", f"{ONE}/place", {"json": {"start": 1}}, 422),
    ("POST", f"{ONE}/narration", {"json": {"voice": "espeak/nobody"}}, 404),
    ("GET", f"{ONE}/timing.json?format=wav", {}, 422),
    ("GET", "/api/articles?limit=1000", {}, 422),
    ("GET", "/api/articles?before=%20", {}, 422),
    ("PUT", "/api/preferences", {"json": {"wpm": 20}}, 422),
    ("POST", "/api/lexicon", {"json": {"written": "a", "spoken": "b", "language": "english"}}, 422),
    ("GET", "/api/lexicon/nothing", {}, 404),
    ("GET", "/api/voices/espeak/fr", {}, 404),
    ("POST", "/api/queue", {"json": {"article": "nothing"}}, 404),
    ("POST", "/api/feeds", {"json": {"url": "ftp://news.example"}}, 422),
    ("POST", "/api/feeds/opml", {"content": b"<opml"}, 422),
    ("DELETE", "/api/tokens/nothing", {}, 404),
    ("DELETE", "/api/listeners/nothing", {}, 404),
    ("GET", "/nothing/here", {}, 404),
    ("GET", f"/media/{'0' * 64}.m4a", {}, 404),
    ("POST", f"/media/{'0' * 64}.m4a", {}, 405),
    ("GET", "/api/articles", {"headers": {"authorization": "Bearer wrong"}}, 401),
    ("GET", "/api/articles", {"headers": {"host": "elsewhere.example"}}, 421),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "sent", "status"), REFUSED)
def test_whatever_is_refused_says_what_to_do_next(served, method, path, sent, status):
    answer = served.http.request(method, path, **sent)
    assert answer.status_code == status, answer.text
    told = answer.json()
    assert len(told["hint"]) > 10
    assert told.get("detail", told["title"])
    for word in ("should match", "aloud voices", "--", "Input should", "Value error"):
        assert word not in answer.text


def test_an_article_that_is_nothing_is_told_what_it_may_be(served):
    told = served.http.post("/api/articles", json={"narrate": False}).json()
    assert "url, html and text" in told["detail"]
    assert "multipart/form-data" in told["detail"]
    example = json.loads(re.search(r"\{.*\}", told["hint"])[0])
    assert served.http.post("/api/articles", json=example).status_code in (200, 201)


@pytest.mark.parametrize(
    ("path", "sent", "field", "said"),
    [
        ("/api/queue", {}, "/body/article", "this is needed"),
        ("/api/queue", {"article": "a", "last": 1}, "/body/last", "there is no such field"),
        ("/api/feeds", {"url": "news.example"}, "/body/url", "https://news.example/politics"),
        ("/api/articles", {"text": "x", "voice": "Anna"}, "/body/voice", "espeak/en-gb"),
        ("/api/tokens", {"listener": "a", "role": "own"}, "/body/role", "'listen' or 'manage'"),
    ],
)
def test_each_fault_is_a_sentence_with_its_place(served, path, sent, field, said):
    told = served.http.post(path, json=sent).json()
    faults = {fault["pointer"]: fault["detail"] for fault in told["errors"]}
    assert said in faults[field]
    assert field.removeprefix("/") in told["hint"]


def test_a_body_that_is_wrong_is_answered_with_one_that_is_right(served):
    told = served.http.post("/api/lexicon", json={"written": "Saltmere"}).json()
    example = json.loads(re.search(r"\{.*\}", told["hint"])[0])
    added = served.http.post("/api/lexicon", json=example)
    assert added.status_code == 201
    served.http.delete(f"/api/lexicon/{added.json()['id']}")


def test_every_pattern_of_the_description_has_words_of_its_own(served):
    # The pattern of a time is for machines alone: a time that is none has words of its own.
    described = served.http.get("/openapi.json").json()
    found = set(_patterns(described)) - {"^(19[7-9][0-9]|[2-8][0-9]{3})-"}
    assert found <= set(IN_WORDS)


def _patterns(node):
    if isinstance(node, dict):
        if isinstance(node.get("pattern"), str):
            yield node["pattern"]
        for value in node.values():
            yield from _patterns(value)
    elif isinstance(node, list):
        for value in node:
            yield from _patterns(value)


def test_every_body_that_is_asked_for_has_an_example(served):
    described = served.http.get("/openapi.json").json()
    for path, methods in described["paths"].items():
        for operation in methods.values():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                schema = content.get("schema", {})
                if reference := schema.get("$ref"):
                    schema = described["components"]["schemas"][reference.rpartition("/")[2]]
                fields = schema.get("properties", {}).values()
                shown = content.keys() & {"example", "examples"} or "examples" in schema
                assert shown or any("examples" in field for field in fields), path


@pytest.mark.parametrize("kind", [Interrupted, Stopping])
def test_what_is_asked_of_a_service_that_is_being_stopped_may_be_asked_again(
    served, monkeypatch, kind
):
    def ask(*args):
        raise kind("the service is being stopped", hint="ask again when it runs")

    monkeypatch.setattr(served.service.speaker, "ask", ask)
    speech = {"model": "aloud", "input": "Good morning.", "voice": "fr-be"}
    for path, sent in (("/api/voices/espeak/fr-ch", None), ("/v1/audio/speech", speech)):
        answer = served.http.request("POST" if sent else "GET", path, json=sent)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert "ask again when it runs" in answer.text


@pytest.fixture
def client(served):
    def made(key=served.token):
        return openai.OpenAI(base_url=f"{served.url}/v1", api_key=key, max_retries=0)

    return made


def test_a_wrong_key_is_an_authentication_error_of_openais_client(client):
    with client("wrong") as asking, pytest.raises(openai.AuthenticationError) as caught:
        asking.models.list()
    assert "this needs a token" in caught.value.body["message"]
    assert caught.value.code == "invalid_api_key"
    assert caught.value.type == "invalid_request_error"


def test_an_address_that_is_not_there_is_a_not_found_error_of_openais_client(client):
    with client() as asking, pytest.raises(openai.NotFoundError) as caught:
        asking.chat.completions.create(model="aloud", messages=[])
    assert "there is nothing here" in caught.value.body["message"]


@pytest.mark.parametrize(
    ("method", "path", "sent", "status"),
    [
        ("GET", "/v1", {}, 404),
        ("GET", "/v1/nothing", {}, 404),
        ("GET", "/v1/audio/speech", {}, 405),
        ("DELETE", "/v1/models", {}, 405),
        ("POST", "/v1/audio/speech", {"content": b"x", "headers": {"content-encoding": "br"}}, 415),
        ("POST", "/v1/audio/speech", {"content": b"[" * 100}, 422),
        ("POST", "/v1/audio/speech", {"json": {}}, 400),
        ("GET", "/v1/models", {"headers": {"authorization": "Bearer wrong"}}, 401),
        ("GET", "/v1/models", {"headers": {"host": "elsewhere.example"}}, 421),
        ("GET", "/v1/models", {"headers": ELSEWHERE}, 403),
    ],
)  # fmt: skip
def test_everything_below_v1_is_refused_in_openais_shape(served, method, path, sent, status):
    answer = served.http.request(method, path, **sent)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    error = answer.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["type"] == "invalid_request_error"
    assert len(error["message"]) > 20
