"""The wall: who may ask, what that allows, and what every answer tells a browser."""

import asyncio
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi import FastAPI

from aloud.errors import LibraryError
from aloud.library.records import Listener
from aloud.serve import problems
from aloud.serve.security import (
    Listening,
    Managing,
    Wall,
    session_cookie,
)
from aloud.serve.security.headers import POLICY
from aloud.serve.security.identity import session_of

PAGE = {"Accept": "text/html,*/*;q=0.8"}
TOKEN = {"Authorization": "Bearer good"}


# Who asks.


@pytest.mark.parametrize("path", ["/api/articles", "/v1/models", "/media/x.m4a", "/metrics"])
def test_a_stranger_is_asked_for_a_token(build, ask, reached, path):
    answer = ask(build(), path)
    assert answer.status == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="aloud"'
    assert answer.headers["cache-control"] == "no-store"
    assert reached == []


@pytest.mark.parametrize(
    "given", ["Bearer bad", "Bearer", "Bearer ", "Basic good", "good", "Bearer good, Bearer good",
              "Bearer " + "x" * 10_000]
)  # fmt: skip
def test_what_is_no_token_of_ours_opens_nothing(build, ask, reached, given):
    headers = {"Authorization": given, "Cookie": "other=good-session"}
    assert ask(build(), "/api/x", headers=headers).status == 401
    assert reached == []


def test_a_token_says_who_asks(build, ask, reached):
    wall = build()
    assert ask(wall, "/api/x", headers={"Authorization": "Bearer good"}).status == 200
    assert ask(wall, "/api/x", headers={"Authorization": "bearer  anns"}).status == 200
    assert reached == [("GET", "/api/x", "me"), ("GET", "/api/x", "ann")]


def test_a_wrong_token_is_not_made_up_for_by_a_cookie(build, ask):
    headers = {"Authorization": "Bearer bad", "Cookie": "aloud_session=good-session"}
    assert ask(build(), "/api/x", headers=headers).status == 401


@pytest.mark.parametrize(
    ("scheme", "cookie", "status"),
    [
        ("http", "aloud_session=good-session", 200),
        ("http", "a=b; aloud_session=good-session; c=d", 200),
        ("http", "aloud_session=bad", 401),
        ("http", "xaloud_session=good-session", 401),
        ("https", "__Host-aloud_session=good-session", 200),
        ("https", "aloud_session=good-session", 401),  # another host of the domain may have set it
    ],
)
def test_a_cookie_says_who_asks(build, ask, scheme, cookie, status):
    assert ask(build(), "/api/x", headers={"Cookie": cookie}, scheme=scheme).status == status


def test_a_session_cookie_can_be_read_by_no_script_and_sent_by_no_other_site():
    plain = session_cookie("abc", https=False, seconds=60)
    assert plain == "aloud_session=abc; Path=/; Max-Age=60; HttpOnly; SameSite=Lax"
    safe = session_cookie("abc", https=True, seconds=60)
    assert safe == "__Host-aloud_session=abc; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure"
    assert session_of(safe.partition(";")[0].encode(), https=True) == "abc"


@pytest.mark.parametrize("path", ["/healthz", "/login", "/static/app.js"])
def test_some_paths_are_open(build, ask, reached, path):
    assert ask(build(), path).status == 200
    assert reached == [("GET", path, None)]


@pytest.mark.parametrize("path", ["/healthz/x", "/loginx", "/static", "/", "//healthz"])
def test_their_neighbours_are_not(build, ask, path):
    assert ask(build(), path).status == 401


def test_a_person_is_sent_to_log_in_and_back(build, ask):
    answer = ask(build(), "/add?url=https://a.example/b?c=d&e", headers=PAGE)
    assert answer.status == 303
    where = urlsplit(answer.headers["location"])
    assert where.path == "/login"
    assert parse_qs(where.query) == {"next": ["/add?url=https://a.example/b?c=d&e"]}


@pytest.mark.parametrize(
    ("path", "method"), [("/api/x", "GET"), ("/media/x", "GET"), ("/", "POST")]
)
def test_a_program_is_not_sent_to_a_page(build, ask, path, method):
    assert ask(build(), path, method, headers=PAGE).status == 401


def test_on_this_machine_without_a_token_everybody_is_me(build, ask, reached):
    wall = build(open_to_all=True)
    assert ask(wall, "/api/x").status == 200
    # Clients made for OpenAI cannot send no token.
    assert ask(wall, "/v1/models", headers={"Authorization": "Bearer none"}).status == 200
    assert {name for *_, name in reached} == {"me"}


def test_nobody_else_is_even_through_a_proxy_on_this_machine(build, ask, reached):
    wall = build(open_to_all=True)
    assert ask(wall, "/api/x", client=("203.0.113.9", 1)).status == 401
    assert reached == []


def test_a_library_in_trouble_is_no_stranger(me, ask):
    def locked(token):
        raise LibraryError("the database is locked")

    wall = Wall(None, authenticate=locked, session=locked, everybody=None)
    answer = ask(wall, "/api/x", headers={"Authorization": "Bearer good"})
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")


def test_an_open_path_answers_while_the_library_is_in_trouble(me, ask):
    def locked():
        raise LibraryError("the database is locked")

    async def app(scope, receive, send):
        assert scope["state"]["bearer"] is None
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    known = {"authenticate": {}.get, "session": {}.get, "everybody": me}
    wall = Wall(app, **known, has_tokens=locked)
    assert [ask(wall, path).status for path in ("/healthz", "/api/x")] == [200, 503]


def test_a_fault_of_the_application_wears_our_headers_and_shows_nothing(me, ask):
    sent = []

    async def broken(scope, receive, send):
        raise ZeroDivisionError("secret")

    wall = Wall(broken, authenticate=lambda _: me, session=lambda _: None, everybody=None)

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http", "method": "GET", "path": "/x", "scheme": "http", "client": None,
        "headers": [(b"host", b"localhost"), (b"authorization", b"Bearer x")],
    }  # fmt: skip
    with pytest.raises(ZeroDivisionError):
        asyncio.run(wall(scope, None, send))
    assert sent[0]["status"] == 500
    assert (b"x-content-type-options", b"nosniff") in sent[0]["headers"]
    assert b"secret" not in sent[1]["body"]


def test_there_are_no_websockets(build):
    sent = []

    async def send(message):
        sent.append(message)

    asyncio.run(build()({"type": "websocket"}, None, send))
    assert sent == [{"type": "websocket.close", "code": 1008}]


# What every answer says.


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/api/x", TOKEN, 200),
        ("/api/x", {}, 401),
        ("/x", PAGE, 303),
        ("/x", {"Host": "evil.example"}, 421),
        ("/x", {"Sec-Fetch-Site": "cross-site"}, 403),
    ],
)
def test_every_answer_is_strict_with_the_browser(build, ask, path, headers, status):
    answer = ask(build(), path, headers=headers)
    assert answer.status == status
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert "microphone=()" in answer.headers["permissions-policy"]
    assert answer.headers["cache-control"] == "no-store"


def test_the_policy_lets_no_page_run_what_is_not_ours():
    rules = dict(rule.split(" ", 1) for rule in POLICY.split("; "))
    assert rules["default-src"] == rules["base-uri"] == rules["frame-ancestors"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == "'self'"
    assert not any(word in POLICY for word in ("unsafe", "http", "*"))


def says(ask, me, *headers):
    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": list(headers)})
        await send({"type": "http.response.body", "body": b""})

    wall = Wall(app, authenticate=lambda _: me, session=lambda _: None, everybody=me)
    return ask(wall, "/").headers


def test_what_may_be_kept_is_kept_for_one_listener(ask, me):
    kept = says(ask, me, (b"cache-control", b"private, max-age=60"))
    assert (kept["cache-control"], kept["vary"]) == ("private, max-age=60", "Authorization, Cookie")
    forever = says(ask, me, (b"cache-control", b"private, immutable"))
    assert "vary" not in forever
    assert says(ask, me, (b"vary", b"Accept"))["vary"] == "Accept"


def test_an_application_cannot_soften_the_headers(ask, me):
    soft = says(ask, me, (b"content-security-policy", b"script-src *"))
    assert soft["content-security-policy"] == POLICY


def test_sound_has_the_headers_that_mean_something_to_it(ask, me):
    sound = says(ask, me, (b"content-type", b"audio/mp4"))
    assert sound["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert sound["x-content-type-options"] == "nosniff"
    assert sound["cross-origin-resource-policy"] == "same-origin"


# What a role allows.


def test_a_role_is_asked_for_where_it_matters(build, me, ask, run):
    app = FastAPI()
    problems.install(app)

    @app.get("/api/mine")
    def mine(bearer: Listening) -> str:
        return bearer.listener.name

    @app.get("/api/instance")
    def instance(bearer: Managing) -> str:
        return bearer.listener.name

    @app.get("/healthz")
    def health(bearer: Listening) -> str:
        return "nobody comes here"

    ann = replace(me, listener=Listener("2", "ann", me.listener.created), role="listen")
    wall = Wall(app, authenticate={"good": me, "anns": ann}.get, session={}.get, everybody=None)
    with httpx.Client(base_url=run(wall).url) as http:

        def get(path, token):
            return http.get(path, headers={"Authorization": f"Bearer {token}"})

        assert get("/api/mine", "anns").json() == "ann"
        assert get("/api/instance", "good").json() == "me"
        refused = get("/api/instance", "anns")
        assert refused.status_code == 403
        assert refused.json()["detail"] == "this token may listen and not manage"
        assert http.get("/healthz").status_code == 401
