"""Whoever asks for much keeps nobody else waiting: the whole service, without its jobs."""

import threading

import httpx
import pytest

from aloud.library.records import Wish
from aloud.serve import routes
from aloud.serve.app import front
from aloud.serve.jobs import Need
from aloud.serve.routes import events
from aloud.serve.service import Service
from aloud.serve.watch import MOST_SEATS
from aloud.settings import Settings

pytestmark = pytest.mark.slow
PATIENCE = 60.0
SPEECH = {"model": "tts-1", "voice": "en-us", "response_format": "pcm"}


@pytest.fixture
def service(tmp_path):
    service = Service(Settings(data=str(tmp_path)))
    yield service
    service.close()


@pytest.fixture
def client(service, run):
    """Somebody with a token that may manage."""
    token = service.library.listeners.issue("me", "manage")
    server = run(front(service, open_to_all=False).app)
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=server.url, headers=headers, timeout=PATIENCE) as client:
        yield client


@pytest.fixture
def events_url(service):
    """Of an article whose narration waits, since there are no jobs."""
    me = service.library.listeners.named("me").id
    url = "https://news.example/"
    accepted = service.library.articles.accept(
        me, url=url, source="url", identity=url, narrate=Wish()
    )
    return f"/api/articles/{accepted.article.id}/events"


@pytest.fixture
def many(client, service):
    """Every booth is taken, and more wait for one than the server has threads of its own."""
    taken, free = threading.Semaphore(0), threading.Event()

    def hold(booth):
        taken.release()
        assert free.wait(PATIENCE)

    def ask(method, path, options):
        client.request(method, path, **options)

    holding = [threading.Thread(target=service.speaker.ask, args=(hold,)) for _ in range(2)]
    for one in holding:
        one.start()
        assert taken.acquire(timeout=PATIENCE)
    wish = {"json": {"voice": "espeak/en-gb"}}
    asked = [
        ("GET", "/api/voices", {}),
        ("GET", "/api/voices/espeak/en-us", {}),
        ("POST", "/api/articles/nobody/narration", wish),
    ]
    asking = [threading.Thread(target=ask, args=each) for each in asked for _ in range(15)]
    for one in asking:
        one.start()
    yield
    free.set()
    for one in (*holding, *asking):
        one.join()


def test_the_list_is_there_while_many_wait_for_a_voice(service, client, many):
    waiting = service.speaker.waiting
    while waiting() < 2:  # some stand in line by now
        threading.Event().wait(0.01)
    assert client.get("/api/articles", timeout=20).status_code == 200
    assert client.get("/healthz", timeout=20).status_code == 200
    assert waiting() >= 2


def test_a_listener_follows_so_many_articles_and_no_more(client, events_url):
    held = []
    for _ in range(MOST_SEATS):
        answer = client.send(client.build_request("GET", events_url), stream=True)
        assert answer.status_code == 200
        held.append(answer)
    refused = client.get(events_url)
    assert refused.status_code == 429
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["retry-after"] == "60"
    held.pop().close()
    deadline = threading.Event()
    for _ in range(1000):
        answer = client.send(client.build_request("GET", events_url), stream=True)
        held.append(answer)
        if answer.status_code == 200:
            break
        deadline.wait(0.02)
    assert answer.status_code == 200
    for answer in held:
        answer.close()


def test_events_end_when_the_token_is_taken_back(client, service, events_url, monkeypatch):
    monkeypatch.setattr(events, "_STILL", 0.05)
    secret = service.library.listeners.issue("me", "listen", "lost")
    headers = {"Authorization": f"Bearer {secret}"}
    (lost,) = (one for one in service.library.listeners.tokens() if one.label == "lost")
    with client.stream("GET", events_url, headers=headers) as answer:
        lines = answer.iter_lines()
        assert next(lines).startswith("event: progress")
        assert client.delete(f"/api/tokens/{lost.id}").status_code == 204
        assert list(lines)[-1] == ""  # the stream ended, or this would wait


@pytest.fixture
def little(monkeypatch):
    monkeypatch.setattr(routes, "BURST", 12)
    monkeypatch.setattr(routes, "RATE", 0.001)


def test_speech_is_measured_by_its_characters(little, client):
    said = "Good morning. " + "\n" * 20_000
    first = client.post("/v1/audio/speech", json={**SPEECH, "input": said})
    assert first.status_code == 200
    refused = client.post("/v1/audio/speech", json={**SPEECH, "input": said})
    assert refused.status_code == 429
    assert refused.json()["error"]["message"]
    assert int(refused.headers["retry-after"]) > 1
    assert client.post("/v1/audio/speech", json={**SPEECH, "input": "Hello."}).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "times"),
    [
        ("GET", "/api/articles/nobody/live", 12),
        ("GET", "/api/articles/nobody/live/1/espeak/en-us/0-a/init.mp4", 12),
        ("GET", "/api/articles/nobody/live/1/espeak/en-us/0-a/0.m4s", 120),
        ("GET", "/api/voices/nobody/none/sample.mp3", 12),
        ("GET", "/api/lexicon/nothing/sample.mp3", 12),
        ("POST", "/api/feeds/opml", 1),
        ("POST", "/api/articles/nobody/narration", 12),
    ],
)
def test_what_makes_sound_or_work_is_measured(little, client, method, path, times):
    options = {"json": {}} if path.endswith("narration") else {}
    asked = [client.request(method, path, **options).status_code for _ in range(times + 1)]
    assert 429 not in asked[: times - 1]
    assert asked[-1] == 429
    assert client.get("/api/voices").status_code == 200
    assert client.get("/api/feeds").status_code == 200


def test_only_the_beginning_of_a_speech_comes_before_everything_else(client, service, monkeypatch):
    needs, speak = [], service.speaker.speak

    def noted(utterance, voice, version, need):
        needs.append(need)
        return speak(utterance, voice, version, need)

    monkeypatch.setattr(service.speaker, "speak", noted)
    text = "One is said.\nTwo is said.\nThree is said."
    assert client.post("/v1/audio/speech", json={**SPEECH, "input": text}).status_code == 200
    assert needs == [Need.WAITING, Need.LISTENING, Need.LISTENING]
    needs.clear()
    assert client.get("/api/voices/espeak/en-us/sample.mp3").status_code == 200
    assert set(needs) == {Need.LISTENING}
