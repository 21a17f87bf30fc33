"""Pages: what a browser without scripts gets, and what it may not."""

import html
import json
import re
from pathlib import Path

import httpx
import pytest

from aloud.serve.app import front
from aloud.serve.jobs.covers import cover_key
from aloud.serve.pages import article, assets

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent.parent
JPEG = b"\xff\xd8\xff\xe0 as far as anybody looks"


@pytest.fixture(scope="module")
def browser(served):
    """A browser in which the listener has logged in."""
    here = {"Origin": served.url, "Sec-Fetch-Site": "same-origin"}
    with httpx.Client(base_url=served.url, headers=here, timeout=60) as client:
        assert client.post("/login", data={"token": served.token}).status_code == 303
        yield client


def test_an_article_is_added_by_a_form_and_read_and_heard(served, browser):
    answer = browser.post("/add", files={"url": (None, f"{served.site}/page")})
    assert answer.status_code == 303
    id = re.fullmatch(r"/articles/(\w+)", answer.headers["location"])[1]
    made = served.narrated(id)["recordings"]
    assert "The bridge is open again" in served.http.get("/").text
    page = served.http.get(f"/articles/{id}").text
    assert len(made) == 2
    assert "with flags and soup" in page


def test_what_was_sent_a_moment_ago_is_there_to_be_heard(served, monkeypatch):
    monkeypatch.setattr(article, "_MOMENT", 60.0)
    with served.service.attention.wanted():  # no job reads it meanwhile
        id = served.post(text="The ferry sails again.\n\nIt sailed this morning, on time.")["id"]
        page = served.http.get(f"/articles/{id}").text
    assert "<aloud-player" in page
    assert "It sailed this morning, on time." in page


def test_what_takes_longer_to_read_is_not_waited_for(served, monkeypatch):
    monkeypatch.setattr(article, "_MOMENT", 0.0)
    with served.service.attention.wanted():
        id = served.post(text="The ferry waits.\n\nIt waited all this morning, for the tide.")["id"]
        page = served.http.get(f"/articles/{id}").text
    assert 'data-state="reading"' in page


def test_what_cannot_be_read_has_a_page_that_says_so(served):
    with served.service.attention.wanted():
        id = served.post(html="<p></p>", url="https://nowhere.invalid/empty")["id"]
        assert served.http.get(f"/articles/{id}").status_code == 200
    assert served.narrated(id)["narration"]["state"] == "failed"
    assert 'data-state="failed"' in served.http.get(f"/articles/{id}").text


def test_an_address_may_come_without_its_scheme(served):
    answer = served.http.post("/add", data={"url": "nowhere.invalid/accord"})
    found = served.article(answer.headers["location"].removeprefix("/articles/"))
    assert found["url"] == "https://nowhere.invalid/accord"


def test_what_was_there_already_is_said_to_be(served):
    there = served.post(url="https://nowhere.invalid/again")["id"]
    answer = served.http.post("/add", data={"url": "nowhere.invalid/again"})
    assert answer.status_code == 200
    assert "Already in your library" in answer.text
    assert f'href="/articles/{there}?play=1"' in answer.text


def test_each_listener_is_greeted_once_with_an_article(served):
    told = {}
    for name in ("dora", "emil"):
        token = served.http.post("/api/tokens", json={"listener": name}).json()["token"]
        headers = {"Authorization": f"Bearer {token}"}
        with httpx.Client(base_url=served.url, headers=headers, timeout=60) as client:
            assert client.get("/api/articles").json()["items"] == []
            client.get("/")
            (item,) = client.get("/api/articles").json()["items"]
            assert client.delete(f"/api/articles/{item['id']}").status_code == 204
            client.get("/")
            told[name] = item["headline"], client.get("/api/articles").json()["items"]
    assert told["dora"] == told["emil"]
    assert told["dora"][0].startswith("Saltmere harbour")
    assert told["dora"][1] == []


def test_a_cover_is_our_own_copy_and_nothing_else(served):
    image = f"{served.site}/cover.jpg"
    page = f'<meta property="og:image" content="{image}"><h1>A</h1><p>One and two.</p>'
    id = served.post(html=page, url=f"{served.site}/with-a-cover")["id"]
    served.narrated(id)
    for kept, kind in ((b"<svg onload=alert(1)>", "image/gif"), (JPEG, "image/jpeg")):
        served.service.shelf.drop(cover_key(image))
        served.service.shelf.put(cover_key(image), kept)
        answer = served.http.get(f"/articles/{id}/cover")
        assert answer.headers["content-type"] == kind
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"].startswith("private")
    assert answer.content == JPEG
    assert f'src="/articles/{id}/cover"' in served.http.get("/").text
    assert image not in served.http.get("/").text
    assert served.http.get("/articles/nobody/cover").status_code == 404


def test_a_card_does_what_its_buttons_say_and_nothing_else(served):
    id = served.post(text="A card with buttons.", narrate=False)["id"]
    here = f"/articles/{id}/change"
    answer = served.http.post(here, data={"do": "archive", "view": "tag=a b"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/?tag=a%20b")
    assert served.article(id)["archived"]
    for wrong in ({}, {"do": "explode"}, {"do": "tag", "value": "x" * 101}, {"do": "unqueue"}):
        assert served.http.post(here, data=wrong).status_code in (404, 422)
    assert served.http.post(f"/queue/{id}", data={"do": "move", "value": "²"}).status_code == 422
    assert served.http.post("/articles/nobody/change", data={"do": "archive"}).status_code == 404
    assert served.article(id)["tags"] == []


def test_a_view_that_means_nothing_is_refused_in_words(served):
    answer = served.http.get("/", params={"before": "nonsense"})
    assert answer.status_code == 422
    assert "this is no cursor" in answer.text
    assert 'href="/"' in answer.text


def test_another_site_cannot_add_anything(served, browser):
    for headers in (
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "cross-site"},
    ):
        answer = browser.post("/add", data={"url": f"{served.site}/csrf"}, headers=headers)
        assert answer.status_code == 403


def test_a_form_says_what_is_wrong_with_it(served):
    for data in ({}, {"url": "nowhere"}, {"url": "https://me:it@a.example"}, {"text": " "}):
        answer = served.http.post("/add", data=data)
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text
    image = {"file": ("x.png", b"\x89PNG\r\n\x1a\n", "image/png")}
    assert "image" in served.http.post("/add", files=image).text


def test_a_text_and_a_file_can_be_added_too(served):
    assert served.http.post("/add", data={"text": "A text by form."}).status_code == 303
    file = {"file": ("a.txt", b"A file by form.", "text/plain")}
    assert served.http.post("/add", files=file).status_code == 303
    newest = served.http.get("/api/articles").json()["items"][:2]
    assert [item["source"] for item in newest] == ["upload", "text"]


def test_a_bookmarklet_asks_before_it_adds(served):
    before = [item["id"] for item in served.http.get("/api/articles").json()["items"]]
    page = served.http.get("/add", params={"url": f"{served.site}/b", "title": '"><script>'}).text
    assert f'value="{served.site}/b"' in page
    assert '"><script>' not in page
    assert [item["id"] for item in served.http.get("/api/articles").json()["items"]] == before
    link = re.search(r'href="(javascript:[^"]+)"', served.http.get("/bookmarklet").text)[1]
    assert html.unescape(link).startswith(f"javascript:location.href='{served.url}/add?url='+")


def test_a_telephone_shares_an_address_inside_of_a_sentence(served, browser):
    target = served.http.get("/manifest.webmanifest").json()["share_target"]
    assert target["action"] == "/share"
    shared = {"title": "The bridge", "text": f"Look at this: {served.site}/shared!", "url": ""}
    headers = {"Origin": "null", "Sec-Fetch-Site": "none"}
    fields = {name: (None, value) for name, value in shared.items()}
    answer = browser.post("/share", files=fields, headers=headers)
    assert answer.status_code == 303
    newest = served.http.get("/api/articles").json()["items"][0]
    assert newest["url"] == f"{served.site}/shared"
    assert f'value="{served.site}/shared"' in served.http.get("/share", params=shared).text


@pytest.mark.parametrize(
    "path",
    ["/", "/queue", "/feeds", "/add", "/bookmarklet", "/api", "/login", "/articles/nobody"],
)
def test_no_page_has_a_script_or_a_style_written_into_it(served, path):
    answer = served.http.get(path)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    written = re.sub(r'<script type="module" src="/static/[^"]+"></script>', "", answer.text)
    written = re.sub(r'<script type="application/json"[^>]*>[^<]*</script>', "", written)
    assert not re.search(r"<script|<style|style=|\son\w+=", written)


def test_whatever_an_article_says_is_text(served):
    nasty = '<img src=x onerror=alert(1)> & "quotes" </article><script>alert(1)</script>'
    id = served.narrated(served.post(text=f"{nasty}\n\n{nasty} again.", title=nasty)["id"])["id"]
    served.http.post("/api/queue", json={"article": id})
    for path in ("/", "/?q=alert", "/queue", f"/articles/{id}/remove", f"/articles/{id}"):
        page = served.http.get(path).text
        assert "<img src=x" not in page
        assert "<script>" not in page
    assert html.escape("<img src=x onerror=alert(1)>") in page


def test_the_reference_names_every_route(served):
    page = html.unescape(served.http.get("/api").text)
    for path, methods in served.http.get("/openapi.json").json()["paths"].items():
        for method in methods:
            assert f"{method.upper()} {path}" in page


def test_every_route_says_what_it_does_and_what_it_refuses(served):
    described = served.http.get("/openapi.json").json()
    for path, methods in described["paths"].items():
        for method, route in methods.items():
            assert route["summary"], path
            assert path == "/v1/models" or route.get("description") or path.startswith("/v1/")
            if path.startswith("/api/"):
                refused = route["responses"]["401"]["content"]["application/problem+json"]
                assert refused["example"]["status"] == 401, method


@pytest.mark.anyio
async def test_a_token_opens_a_session_and_logging_out_ends_it(served):
    token = served.http.post("/api/tokens", json={"listener": "carla"}).json()["token"]
    transport = httpx.ASGITransport(front(served.service, open_to_all=False).app)
    here = {"Origin": "http://127.0.0.1", "Accept": "text/html"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1", headers=here
    ) as browser:
        sent_away = await browser.get("/articles/a1?x=1")
        assert sent_away.status_code == 303
        form = await browser.get(sent_away.headers["location"])
        assert 'value="/articles/a1?x=1"' in form.text
        wrong = await browser.post("/login", data={"token": "nothing", "next": "/"})
        assert wrong.status_code == 401
        entered = await browser.post("/login", data={"token": token, "next": "//elsewhere.example"})
        assert (entered.status_code, entered.headers["location"]) == (303, "/")
        cookie = entered.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=lax" in cookie
        assert "Log out carla" in (await browser.get("/")).text
        assert (await browser.post("/logout")).status_code == 303
        browser.cookies.update({"aloud_session": cookie.split("=", 1)[1].split(";")[0]})
        assert (await browser.get("/")).status_code == 303


def test_what_is_not_there_or_not_allowed_there_says_so(served):
    for path in ("/nothing", "/api/nothing", "/static/nothing", "/api/articles/a.b"):
        answer = served.http.get(path)
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
    answer = served.http.request("PUT", "/api/articles")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")
    answer = served.http.request("OPTIONS", "/api/articles/a1")
    assert answer.headers["allow"] == "DELETE, GET, PATCH, OPTIONS"


def test_the_manifest_is_one(served):
    answer = served.http.get("/manifest.webmanifest")
    assert answer.headers["content-type"] == "application/manifest+json"
    icon = json.loads(answer.text)["icons"][0]
    assert served.http.get(icon["src"]).headers["content-type"] == icon["type"]


def test_a_file_of_this_version_is_kept_for_good_and_of_another_it_is_not(served):
    now = served.http.get(assets.address("aloud.css"))
    assert now.headers["content-type"].startswith("text/css")
    assert now.headers["cache-control"].endswith("immutable")
    assert now.headers["content-encoding"] == "gzip"
    other = served.http.get("/static/before/aloud.css")
    assert (other.text, other.headers["cache-control"]) == (now.text, "no-store")
    assert served.http.get(f"/static/{assets.version()}/nothing.css").status_code == 404


@pytest.fixture
def anyio_backend():
    return "asyncio"


def test_a_page_is_sent_small_to_who_can_unpack_it(served):
    sent = {
        coding: served.http.get("/voices", headers={"Accept-Encoding": coding})
        for coding in ("gzip", "identity")
    }
    assert sent["gzip"].headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in sent["gzip"].headers["vary"]
    assert int(sent["gzip"].headers["content-length"]) * 5 < len(sent["identity"].content)
    assert sent["gzip"].text == sent["identity"].text
