"""Origins: what other web pages may do to us, by what browsers say of them."""

import pytest

OWN = "http://127.0.0.1:8008"
EVIL = "http://evil.example"
SAME, NONE = {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}
CROSS = [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}]
COOKIE = {"Cookie": "aloud_session=good-session"}
TOKEN = {"Authorization": "Bearer good"}

POSTS = [
    # what the request says of its page, with a cookie, on an open machine, with a token
    ({}, 403, 200, 200),
    ({"Origin": OWN}, 200, 200, 200),
    ({"Origin": EVIL}, 403, 403, 200),
    ({"Origin": "null"}, 403, 403, 200),
    ({"Origin": "http://127.0.0.1:3000"}, 403, 403, 200),
    ({"Origin": "http://127.0.0.1"}, 403, 403, 200),
    ({"Origin": "http://127.0.0.1:8008.evil.example"}, 403, 403, 200),
    ({"Origin": "https://127.0.0.1:8008"}, 200, 200, 200),  # a proxy speaks TLS for us
    (SAME, 200, 200, 200),
    (NONE, 200, 200, 200),  # a share target: the browser itself sends it
    (SAME | {"Origin": OWN}, 200, 200, 200),
    (NONE | {"Origin": "null"}, 200, 200, 200),
    (SAME | {"Origin": EVIL}, 403, 403, 200),
    (CROSS[0], 403, 403, 200),
    (CROSS[1], 403, 403, 200),
    (CROSS[1] | {"Origin": OWN}, 403, 403, 200),
    ({"Sec-Fetch-Site": "odd"}, 403, 403, 200),
]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "BREW"])
@pytest.mark.parametrize(("says", "cookie", "opened", "token"), POSTS)
def test_only_our_own_pages_and_programs_change_anything(
    build, ask, reached, method, says, cookie, opened, token
):
    got = [
        ask(build(), "/api/articles", method, headers=says | COOKIE).status,
        ask(build(open_to_all=True), "/api/articles", method, headers=says).status,
        ask(build(), "/api/articles", method, headers=says | TOKEN).status,
    ]
    assert got == [cookie, opened, token]
    assert len(reached) == got.count(200)


def test_a_plain_origin_is_not_ours_where_we_speak_tls(build, ask):
    cookie = {"Cookie": "__Host-aloud_session=good-session", "Origin": OWN}
    assert ask(build(), "/api/x", "POST", headers=cookie, scheme="https").status == 403


def test_another_page_cannot_log_somebody_in(build, ask):
    assert ask(build(), "/login", "POST", headers={"Origin": EVIL}).status == 403
    assert ask(build(), "/login", "POST", headers={"Origin": OWN}).status == 200


PAGE = {"Accept": "text/html,*/*;q=0.8"}
VISIT = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"} | PAGE


@pytest.mark.parametrize("site", CROSS)
@pytest.mark.parametrize("path", ["/add?url=https://a.example/", "/share?url=x", "/"])
def test_another_page_may_lead_to_ours(build, ask, path, site):
    assert ask(build(open_to_all=True), path, headers=site | VISIT).status == 200
    assert ask(build(), path, headers=site | VISIT | COOKIE).status == 200


@pytest.mark.parametrize("site", CROSS)
@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/api/articles", VISIT),
        ("/v1/models", VISIT),
        ("/media/x.m4a", {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "audio"}),
        ("/api/articles", {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}),
        ("/api/articles", {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"}),
        ("/static/app.js", {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"}),
        ("/add?url=x", {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}),
        ("/add?url=x", {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}),
        ("/", {}),
    ],
)
def test_another_page_gets_nothing_of_ours_into_itself(build, ask, reached, path, says, site):
    assert ask(build(open_to_all=True), path, headers=site | says).status == 403
    assert reached == []


@pytest.mark.parametrize("headers", [{"Origin": EVIL}, {"Origin": "null"}, {"Origin": OWN}])
def test_nobody_is_given_leave_by_cors(build, ask, headers):
    for method in ("GET", "OPTIONS"):
        preflight = headers | {"Access-Control-Request-Method": "POST"}
        answer = ask(build(open_to_all=True), "/api/x", method, headers=preflight)
        assert not [name for name in answer.headers if name.startswith("access-control")]
