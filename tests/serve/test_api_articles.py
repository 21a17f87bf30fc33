"""Articles over HTTP: how they come in, how they are listed, changed and removed."""

from concurrent.futures import ThreadPoolExecutor

import pytest

pytestmark = pytest.mark.slow

STORY = "The harbour froze over.\n\nNobody had seen that before, and many came to walk on it."


def test_an_address_is_accepted_read_and_narrated(served):
    answer = served.http.post("/api/articles", json={"url": f"{served.site}/bridge"})
    assert answer.status_code == 201
    sent = answer.json()
    assert answer.headers["location"] == f"/api/articles/{sent['id']}"
    assert sent["url"] == f"{served.site}/bridge"
    article = served.narrated(sent["id"])
    assert article["headline"] == "The bridge is open again"
    assert article["narration"]["state"] == "done"
    assert [made["format"] for made in article["recordings"]] == ["m4a", "mp3"]
    assert article["recordings"][0]["duration"] > 5
    assert article["reading"]["blocks"][0]["role"] == "headline"
    for made in article["recordings"]:
        sound = served.http.get(made["url"])
        assert sound.status_code == 200
        assert len(sound.content) == made["byte_count"]
        assert sound.headers["content-type"].startswith(made["media_type"])


def test_the_same_address_is_the_same_article_whatever_its_fragment(served):
    first = served.post(url=f"{served.site}/same", narrate=False)
    again = served.http.post(
        "/api/articles", json={"url": f"{served.site.upper()}/same#later", "narrate": False}
    )
    assert again.status_code == 200
    assert again.json()["id"] == first["id"]
    assert again.headers["location"] == f"/api/articles/{first['id']}"


def test_a_page_as_it_was_seen_is_not_the_page_at_its_address(served):
    url = f"{served.site}/login"
    fetched = served.post(url=url, narrate=False)
    seen = served.post(html="<h1>For members</h1><p>It is a secret.</p>", url=url, narrate=False)
    assert seen["id"] != fetched["id"]
    assert seen["source"] == "html"
    assert seen["url"] == url


@pytest.mark.parametrize("text", [STORY, "Brr.", "Two lines & more,\nand they <i>follow</i>."])
def test_a_title_that_was_given_is_the_headline(served, text):
    sent = served.post(text=text, title="A hard winter")
    article = served.narrated(sent["id"])
    assert article["headline"] == "A hard winter"
    told = " ".join(block["text"] for block in article["reading"]["blocks"])
    assert told == f"A hard winter {' '.join(text.split())}"


def test_a_language_that_was_given_is_the_language(served):
    sent = served.post(text="Taxi.\nHotel & <b>Bar</b>.", title="Radio", language="de")
    article = served.narrated(sent["id"])
    assert article["language"] == "de"
    assert article["narration"]["voice"] == "espeak/de"
    assert [b["text"] for b in article["reading"]["blocks"]] == [
        "Radio", "Taxi.", "Hotel & <b>Bar</b>.",
    ]  # fmt: skip


def test_a_file_is_taken_for_what_its_bytes_say(served):
    files = {"file": ("story.bin", b"<html><h1>From a file</h1><p>It was long.</p>", "")}
    answer = served.http.post(
        "/api/articles", files=files, data={"tags": ["a", "b"], "queue": "first"}
    )
    assert answer.status_code == 201
    article = served.narrated(answer.json()["id"])
    assert article["source"] == "upload"
    assert article["headline"] == "From a file"
    assert article["tags"] == ["a", "b"]
    assert served.http.get("/api/queue").json()["items"][0]["id"] == article["id"]


def test_a_plain_form_with_an_address_is_enough(served):
    answer = served.http.post(
        "/api/articles", data={"url": f"{served.site}/form", "narrate": "false"}
    )
    assert answer.status_code == 201
    assert answer.json()["narration"] is None


def test_the_same_request_is_answered_the_same_and_done_once(served):
    body = {"text": "Said once.", "narrate": False}
    headers = {"Idempotency-Key": "k-1"}
    first = served.http.post("/api/articles", json=body, headers=headers)
    again = served.http.post("/api/articles", json=body, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json()["id"] == first.json()["id"]
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    other = served.http.post(
        "/api/articles", json={"text": "Something else.", "narrate": False}, headers=headers
    )
    assert other.status_code == 409
    assert other.json()["hint"]


def test_one_request_sent_ten_times_at_once_is_accepted_once(served):
    body = {"text": "A nervous thumb sent this.", "tags": ["thumb"], "narrate": False}
    answers = at_once(
        10, lambda n: served.http.post("/api/articles", json=body, headers={"Idempotency-Key": "t"})
    )
    assert [answer.status_code for answer in answers] == [201] * 10
    assert len({answer.json()["id"] for answer in answers}) == 1
    listed = served.http.get("/api/articles", params={"tag": "thumb"}).json()["items"]
    assert len(listed) == 1


def test_a_text_that_was_sent_twice_lies_on_the_shelf_once(served):
    before = _pages(served)
    for _ in range(3):
        served.post(text="Only one of these is kept.", narrate=False)
    assert _pages(served) == before + 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"url": "file:///etc/passwd"}, 422),
        ({"url": "http://user:secret@news.example/"}, 422),
        ({"url": "http://news.example:99999/"}, 422),
        ({"url": "https://news.example/\u0000"}, 422),
        ({"url": "https://news.example/" + "a" * 5000}, 422),
        ({"url": "https://news.example", "html": "<p>x", "text": "x"}, 422),
        ({"text": " \n\t"}, 422),
        ({"text": "a\u0000b"}, 422),
        ({"text": "x", "tags": ["a"] * 101}, 422),
        ({"text": "x", "tags": ["a\nb"]}, 422),
        ({"text": "x", "voice": "../etc"}, 422),
        ({"text": "x", "queue": "middle"}, 422),
        ({"text": "x", "narrate": "yes"}, 422),
        ({"text": "x", "unheard": "of"}, 422),
        (["text"], 422),
        (7, 422),
    ],
)
def test_what_makes_no_article_is_refused_with_its_fault(served, body, status):
    answer = served.http.post("/api/articles", json=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem.get("errors") or problem["hint"]


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b'{"text": "half a \\ud800 character"}', "application/json", 422),
        (b'{"text": "cut', "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"[" * 10_000 + b"]" * 10_000, "application/json", 422),
        (b"Just words.", "text/plain", 415),
        (b"", "application/json", 400),
        (b"url=", "application/x-www-form-urlencoded", 422),
        (b"url=https://a.example&url=https://b.example", "application/x-www-form-urlencoded", 422),
        (b"no boundary", "multipart/form-data", 400),
        (b"--b\r\n\r\nno head\r\n--b--", "multipart/form-data; boundary=b", 400),
    ],
)
def test_a_body_that_cannot_be_understood_is_refused(served, content, media_type, status):
    answer = served.http.post(
        "/api/articles", content=content, headers={"Content-Type": media_type}
    )
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("body", "status"), [(b"%PDF-1.7 ...", 415), (b"\x89PNG\r\n\x1a\n", 415), (b" \n", 422)]
)
def test_a_file_that_cannot_be_read_is_refused_with_what_can(served, body, status):
    answer = served.http.post("/api/articles", files={"file": ("x", body, "text/html")})
    assert answer.status_code == status
    if status == 415:
        assert "html" in answer.json()["hint"]


def test_a_form_without_its_file_or_with_two_is_refused(served):
    assert served.http.post("/api/articles", files={"file2": b"x"}).status_code == 422
    several = [("file", b"One."), ("file", b"Two.")]
    assert served.http.post("/api/articles", files=several).status_code == 400
    both = served.http.post("/api/articles", files={"file": b"x"}, data={"narrate": "maybe"})
    assert both.status_code == 422


def test_a_voice_that_is_not_there_ends_with_the_reason_and_advice(served):
    sent = served.post(text="Who speaks?", voice="espeak/nobody")
    narration = served.narrated(sent["id"])["narration"]
    assert narration["state"] == "failed"
    assert "no such voice" in narration["error"]
    assert narration["hint"]


def test_a_list_comes_page_by_page_newest_first(served):
    sent = [served.post(text=f"Number {n}.", narrate=False, tags=["paged"]) for n in range(5)]
    seen, before = [], None
    while True:
        asked = {"limit": 2, "tag": "paged"} | ({"before": before} if before else {})
        page = served.http.get("/api/articles", params=asked).json()
        seen += [item["id"] for item in page["items"]]
        before = page["next"]
        if before is None:
            break
    assert seen == [one["id"] for one in reversed(sent)]


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=101", "limit=99999999999999999999", "before=%00", "before=nothing",
     "archived=perhaps", "tag=", "tag=%0A"],
)  # fmt: skip
def test_a_list_that_cannot_be_is_refused(served, query):
    answer = served.http.get(f"/api/articles?{query}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_what_a_listener_changes_is_kept(served):
    id = served.post(text="To be changed.", narrate=False)["id"]
    change = {"title": "Mine", "archived": True, "heard": True, "tags": ["b", "a"]}
    changed = served.http.patch(f"/api/articles/{id}", json=change).json()
    assert {name: changed[name] for name in change} == {**change, "tags": ["a", "b"]}
    archived = served.http.get("/api/articles", params={"archived": True}).json()
    assert id in [item["id"] for item in archived["items"]]
    back = served.http.patch(f"/api/articles/{id}", json={"title": "", "archived": None}).json()
    assert (back["title"], back["archived"]) == ("", True)


@pytest.mark.parametrize(
    "change", [{"title": "x" * 501}, {"title": 3}, {"tags": [""]}, {"heard": "no"}, {"id": "x"}, []]
)
def test_a_change_that_cannot_be_is_refused(served, change):
    id = served.post(text="To be kept.", narrate=False)["id"]
    assert served.http.patch(f"/api/articles/{id}", json=change).status_code == 422


def test_what_was_removed_is_gone_with_its_files(served):
    id = served.post(text="Soon to be gone. Entirely.")["id"]
    recordings = served.narrated(id)["recordings"]
    assert served.http.delete(f"/api/articles/{id}").status_code == 204
    assert served.http.get(f"/api/articles/{id}").status_code == 404
    assert served.http.delete(f"/api/articles/{id}").status_code == 404
    for made in recordings:
        assert served.http.get(made["url"]).status_code == 404
        assert served.service.shelf.has(_key(made)) is False


@pytest.mark.parametrize("id", ["nobody", "a%00b", "a" * 65, "%2e%2e", "é"])
def test_an_article_that_is_not_there_is_a_problem(served, id):
    for method in ("GET", "PATCH", "DELETE"):
        body = {"json": {}} if method == "PATCH" else {}
        answer = served.http.request(method, f"/api/articles/{id}", **body)
        assert answer.status_code in (404, 422)
        assert answer.headers["content-type"] == "application/problem+json"


def test_fifty_at_once_are_all_accepted(served):
    answers = at_once(
        50, lambda n: served.http.post("/api/articles", json={"text": f"One of fifty: {n}."})
    )
    assert [answer.status_code for answer in answers] == [201] * 50
    assert len({answer.json()["id"] for answer in answers}) == 50


def at_once(count, send):
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(send, range(count)))


def _pages(served):
    return next((usage.count for usage in served.service.shelf.usage() if usage.kind == "pages"), 0)


def _key(made):
    sha256 = made["sha256"]
    return f"recordings/{sha256[:2]}/{sha256}.{made['format']}"
