"""What a host looks after over HTTP: feeds, listeners and tokens, health, metrics; and limits."""

from datetime import UTC, datetime

import httpx
import pytest

from aloud import __version__
from aloud.serve.app import front
from aloud.serve.routes import BURST

OPML = """<opml version="2.0"><body><outline text="All">
<outline type="rss" text="One" xmlUrl="{site}/one"/>
<outline type="rss" text="Two" xmlUrl="{site}/two"/>
</outline></body></opml>"""


@pytest.fixture(scope="module")
def guarded(served):
    """The same service where nobody comes in without a token; a client for each token."""
    application = front(served.service, open_to_all=False).app

    def client(token=None):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(application),
            base_url="http://127.0.0.1",
            headers=headers,
        )

    return client


def test_feeds_are_followed_left_and_carried_elsewhere(served):
    for feed in served.http.get("/api/feeds").json()["feeds"]:
        served.http.delete(f"/api/feeds/{feed['id']}")
    answer = served.http.post("/api/feeds", json={"url": f"{served.site}/one#top", "title": "Mine"})
    assert answer.status_code == 201
    feed = answer.json()
    assert feed["url"] == f"{served.site}/one"
    assert served.http.post("/api/feeds", json={"url": feed["url"]}).status_code == 409
    opml = {"content": OPML.format(site=served.site), "headers": {"Content-Type": "text/x-opml"}}
    brought = served.http.post("/api/feeds/opml", **opml).json()
    assert [each["title"] for each in brought["added"]] == ["Two"]
    assert brought["known"] == 1
    assert brought["added"][0]["hint"] == ""
    exported = served.http.get("/api/feeds.opml")
    assert exported.headers["content-type"].startswith("text/x-opml")
    assert exported.text.count("<outline") == 2
    rests = served.http.patch(f"/api/feeds/{feed['id']}", json={"paused": True}).json()
    assert rests["paused"] is True
    checked = served.http.post(f"/api/feeds/{feed['id']}/check")
    assert (checked.status_code, checked.json()["paused"]) == (202, False)
    assert served.http.delete(f"/api/feeds/{feed['id']}").status_code == 204
    assert served.http.get(f"/api/feeds/{feed['id']}").status_code == 404
    assert len(served.http.get("/api/feeds").json()["feeds"]) == 1


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/api/feeds", {"url": "ftp://news.example/feed"}, 422),
        ("POST", "/api/feeds", {"url": "https://me:it@news.example/feed"}, 422),
        ("POST", "/api/feeds", {}, 422),
        ("PATCH", "/api/feeds/nobody", {"paused": True}, 404),
        ("PATCH", "/api/feeds/nobody", {"paused": None}, 422),
        ("POST", "/api/feeds/nobody/check", None, 404),
        ("DELETE", "/api/feeds/a%00b", None, 422),
    ],
)
def test_a_feed_that_cannot_be_is_refused(served, method, path, body, status):
    answer = served.http.request(method, path, json=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("content", [b"", b"<html></html>", b"\xff\x00", b"<opml>"])
def test_a_list_that_is_none_is_refused(served, content):
    answer = served.http.post(
        "/api/feeds/opml", content=content, headers={"Content-Type": "text/x-opml"}
    )
    assert answer.status_code == 422


@pytest.mark.anyio
async def test_a_token_belongs_to_a_listener_with_a_list_of_their_own(served, guarded):
    issued = served.http.post("/api/tokens", json={"listener": "anna", "label": "phone"}).json()
    served.post(text="Mine alone.", narrate=False)
    async with guarded(issued["token"]) as anna:
        assert (await anna.get("/api/articles")).json()["items"] == []
        for path in ("/api/listeners", "/api/tokens"):
            assert (await anna.get(path)).status_code == 403
        sent = await anna.post("/api/articles", json={"text": "Of Anna.", "narrate": False})
        theirs = sent.json()["id"]
    assert served.http.get(f"/api/articles/{theirs}").status_code == 404
    assert served.http.post("/api/queue", json={"article": theirs}).status_code == 404
    for path in ("events", "place", "live", "script.json", "timing.json"):
        assert served.http.get(f"/api/articles/{theirs}/{path}").status_code == 404
    assert served.http.put(
        f"/api/articles/{theirs}/blocks/l1", json={"state": "shown"}
    ).status_code == 404  # fmt: skip
    assert served.http.delete(f"/api/articles/{theirs}").status_code == 404


def test_what_is_wrong_with_a_feed_is_told_as_soon_as_it_was_asked(served):
    followed = [
        served.http.post("/api/feeds", json={"url": f"{served.site}{path}"}).json()
        for path in ("/no-feed", "/gone/feed")
    ]
    served.service.feeds.step(datetime.now(UTC))
    for feed, error in zip(followed, ("not a feed", "no such page"), strict=True):
        told = served.http.get(f"/api/feeds/{feed['id']}").json()
        assert error in told["error"]
        assert len(told["hint"]) > 10
        served.http.delete(f"/api/feeds/{feed['id']}")


@pytest.mark.anyio
async def test_nobody_comes_in_without_a_token_or_with_one_that_was_taken_back(served, guarded):
    async with guarded() as stranger:
        for path in ("/api/articles", "/metrics", "/v1/models", "/openapi.json"):
            answer = await stranger.get(path)
            assert answer.status_code == 401
            told = "json" if path.startswith("/v1/") else "problem+json"
            assert answer.headers["content-type"] == f"application/{told}"
        assert (await stranger.get("/healthz")).status_code == 200
    secret = served.http.post(
        "/api/tokens", json={"listener": "ben", "role": "manage", "label": "desk"}
    ).json()["token"]
    async with guarded(secret) as ben:
        tokens = (await ben.get("/api/tokens")).json()["tokens"]
        (mine,) = [token for token in tokens if token["listener"] == "ben"]
        assert secret not in str(tokens)
        assert (await ben.delete(f"/api/tokens/{mine['id']}")).status_code == 204
        assert (await ben.get("/api/tokens")).status_code == 401


def test_listeners_come_and_go_but_nobody_removes_themselves(served):
    added = served.http.post("/api/listeners", json={"name": "Zoë"})
    assert added.status_code == 201
    assert served.http.post("/api/listeners", json={"name": "Zoë"}).status_code == 409
    id = added.json()["id"]
    listeners = served.http.get("/api/listeners").json()["listeners"]
    assert id in [listener["id"] for listener in listeners]
    assert served.http.delete(f"/api/listeners/{id}").status_code == 204
    assert served.http.delete(f"/api/listeners/{id}").status_code == 404
    (me,) = [listener["id"] for listener in listeners if listener["name"] == "me"]
    assert served.http.delete(f"/api/listeners/{me}").status_code == 409


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/listeners", {"name": ""}),
        ("/api/listeners", {"name": " anna"}),
        ("/api/listeners", {"name": "a\nb"}),
        ("/api/listeners", {"name": "x" * 101}),
        ("/api/tokens", {"listener": "anna", "role": "own"}),
        ("/api/tokens", {"listener": "anna", "label": "x" * 101}),
        ("/api/tokens", {}),
    ],
)
def test_a_listener_or_token_that_cannot_be_is_refused(served, path, body):
    assert served.http.post(path, json=body).status_code == 422


def test_health_is_open_and_says_what_works(served):
    assert served.http.get("/healthz").json() == {
        "status": "ok",
        "version": __version__,
        "checks": {"library": "ok", "shelf": "ok"},
    }


@pytest.mark.slow
def test_metrics_count_narrations_and_name_no_article(served):
    sent = served.post(text="Counted and not named.")
    served.narrated(sent["id"])
    text = served.http.get("/metrics").text
    assert 'aloud_narrations{state="done"}' in text
    assert 'route="/api/articles/{id}"' in text
    assert "aloud_shelf_bytes{" in text
    assert sent["id"] not in text


@pytest.mark.slow
@pytest.mark.anyio
async def test_who_sends_without_end_is_told_to_wait(guarded, served):
    token = served.http.post("/api/tokens", json={"listener": "script"}).json()["token"]
    async with guarded(token) as script:
        for _ in range(2 * BURST):
            answer = await script.post("/api/articles", json={"text": "x", "narrate": False})
            if answer.status_code == 429:
                break
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1
    assert served.http.post("/api/articles", json={"text": "x", "narrate": False}).is_success


@pytest.fixture
def anyio_backend():
    return "asyncio"
