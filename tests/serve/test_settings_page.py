"""The page of settings where listeners have tokens: who may see them, and take them back."""

import re

import httpx
import pytest

pytestmark = pytest.mark.slow


@pytest.fixture
def entered(served):
    """``entered(token)`` is a browser that logged in with it."""
    opened: list[httpx.Client] = []

    def enter(token: str) -> httpx.Client:
        here = {"Origin": served.url, "Sec-Fetch-Site": "same-origin"}
        client = httpx.Client(base_url=served.url, headers=here, timeout=60)
        opened.append(client)
        assert client.post("/login", data={"token": token}).status_code == 303
        return client

    yield enter
    for client in opened:
        client.close()


def test_who_manages_sees_the_tokens_and_takes_one_back(served, entered):
    browser = entered(served.token)
    lost = served.http.post("/api/tokens", json={"listener": "Ann", "label": "lost phone"})
    page = browser.get("/settings").text
    assert "lost phone" in page
    assert "this device" in page
    assert lost.json()["token"] not in page
    listed = served.http.get("/api/tokens").json()["tokens"]
    entry = next(each for each in listed if each["label"] == "lost phone")
    assert f'action="/settings/tokens/{entry["id"]}"' in page
    answer = browser.post(f"/settings/tokens/{entry['id']}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/settings#tokens")
    assert "lost phone" not in browser.get("/settings").text
    with httpx.Client(base_url=served.url) as stranger:
        shown = {"Authorization": f"Bearer {lost.json()['token']}"}
        assert stranger.get("/api/articles", headers=shown).status_code == 401


def test_who_only_listens_sees_no_token_and_takes_none_back(served, entered):
    body = {"listener": "Bob", "role": "listen", "label": "tablet"}
    token = served.http.post("/api/tokens", json=body).json()["token"]
    listed = served.http.get("/api/tokens").json()["tokens"]
    entry = next(each for each in listed if each["label"] == "tablet")
    browser = entered(token)
    page = browser.get("/settings").text
    assert "tablet" not in page
    assert not re.search("settings/tokens", page)
    assert browser.post(f"/settings/tokens/{entry['id']}").status_code == 403


def test_what_is_chosen_from_another_site_is_refused(served, entered):
    browser = entered(served.token)
    elsewhere = {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
    for path, sent in (
        ("/settings/speed", {"wpm": "400"}),
        ("/settings/lexicon", {"written": "Xi", "spoken": "Shee"}),
        ("/voices", {"language": "en", "voice": "espeak/en-gb"}),
    ):
        assert browser.post(path, data=sent, headers=elsewhere).status_code == 403
    assert served.http.get("/api/preferences").json()["wpm"] is None
    assert served.http.get("/api/lexicon").json() == {"entries": []}
