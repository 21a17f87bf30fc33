"""A real service whose narrations are finished when a test says so, and pages with the player.

The page is the tests' own, with production's player in it: one article, and nothing beside it.
"""

import base64
import html
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs

import httpx
import numpy as np
import pytest
import uvicorn
from playwright.sync_api import Browser, ConsoleMessage, Page
from starlette.types import ASGIApp, Receive, Scope, Send

import aloud.serve.pages
from aloud.article import Article
from aloud.serve.app import front
from aloud.serve.door import Door
from aloud.serve.live import LiveSegment
from aloud.serve.pages.show import _environment, player_words
from aloud.serve.security.headers import POLICY
from aloud.serve.service import Service
from aloud.settings import Settings

PAGES = Path(__file__).parent / "pages"
STATIC = Path(aloud.serve.pages.__file__).parent / "static"
PLAYER = STATIC / "player"
PATIENCE = 60.0  # seconds until a test gives up waiting for what was promised
KINDS = {".js": "text/javascript", ".css": "text/css", ".html": "text/html; charset=utf-8"}
TAGS = {"headline": "h1", "heading": "h2", "quote": "blockquote"}
RATE = 24_000  # Hz at which pages record
TONE = "tone/beep"


@dataclass
class Gate:
    """Holds back segments of live runs until a test lets them go."""

    held: set[int] = field(default_factory=set)  # utterances
    asked: list[int] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def hold(self, *utterances: int) -> None:
        self.held.update(utterances)

    def let(self, *utterances: int) -> None:
        with self.changed:
            self.held.difference_update(utterances or tuple(self.held))
            self.changed.notify_all()

    def wait(self, utterance: int) -> None:
        with self.changed:
            self.asked.append(utterance)
            self.changed.notify_all()
            assert self.changed.wait_for(lambda: utterance not in self.held, PATIENCE)

    def wait_for(self, utterance: int) -> None:
        """Until somebody has asked for it."""
        with self.changed:
            assert self.changed.wait_for(lambda: utterance in self.asked, PATIENCE)


@dataclass(frozen=True)
class House:
    """The service, its address, and what a test may do behind its back."""

    service: Service
    url: str
    http: httpx.Client
    gate: Gate
    files: dict[str, tuple[bytes, str]]  # more that is served: path to body and media type

    def post(self, voice: str = TONE, **body: Any) -> str:
        """An article that was read, with somebody to speak it; nothing is spoken yet."""
        answer = self.http.post("/api/articles", json=body)
        assert answer.status_code in (200, 201), answer.text
        id: str = answer.json()["id"]
        self.plan(id, voice)
        return id

    def plan(self, id: str, voice: str = TONE) -> dict[str, Any]:
        answer = self.http.get(f"/api/articles/{id}/live", params={"voice": voice})
        assert answer.status_code == 200, answer.text
        plan: dict[str, Any] = answer.json()
        return plan

    def finish(self, id: str) -> None:
        """Speak and master what was asked for last, as the jobs would."""
        narration = self.article(id)["narration"]["id"]
        self.service.work.prepare(self.service.library.narrations.get(narration))
        self.service.work.speak(narration)
        self.service.work.master(narration)

    def article(self, id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.http.get(f"/api/articles/{id}").json()
        return found

    def script(self, id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.http.get(f"/api/articles/{id}/script.json").json()
        return found

    def place(self, id: str) -> dict[str, Any] | None:
        found: dict[str, Any] | None = self.http.get(f"/api/articles/{id}/place").json()
        return found


class _WithPages:
    """The service, and in front of it the pages of the tests and the files of the player."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app, self._service = app, service
        self.files: dict[str, tuple[bytes, str]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = self._found(scope) if scope["type"] == "http" else None
        if found is None:
            await self._app(scope, receive, send)
            return
        body, kind = found
        headers = [
            (b"content-type", kind.encode()),
            (b"content-security-policy", POLICY.encode()),
            (b"cache-control", b"no-store"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _found(self, scope: Scope) -> tuple[bytes, str] | None:
        path = scope["path"]
        if path == "/test/player.html":
            asked = parse_qs(scope["query_string"].decode(), keep_blank_values=True)
            return self._page({name: each[0] for name, each in asked.items()}), KINDS[".html"]
        folder, _, name = path.rpartition("/")
        places = {"/test": PAGES, "/static/player": PLAYER, "/static": STATIC}
        file = places.get(folder, PAGES) / name
        if folder in places and file.is_file():
            return file.read_bytes(), KINDS[file.suffix]
        return self.files.get(path)

    def _page(self, asked: dict[str, str]) -> bytes:
        id = asked["article"]
        _, article = self._service.library.articles.article(id)
        shown = []
        for block in article.kept:
            tag = TAGS.get(block.role.value, "p")
            shown.append(f'<{tag} data-block="{block.id}">{html.escape(block.text)}</{tag}>')
        scripts = '<script src="/test/capture.js"></script>' if "capture" in asked else ""
        if "before" in asked:
            scripts += f'<script src="/test/{asked["before"]}"></script>'
        page = (PAGES / "player.html").read_text(encoding="utf-8")
        for name, text in {
            "direction": asked.get("direction", "ltr"),
            "scripts": scripts,
            "module": asked.get("module", "/static/player/aloud-player.js"),
            "blocks": "\n".join(shown),
            "player": player(article, id, asked),
        }.items():
            page = page.replace("{" + name + "}", text)
        return page.encode()


def player(article: Article, id: str, asked: dict[str, str]) -> str:
    """The player as the listening page has it."""
    told = SimpleNamespace(
        id=id,
        publisher="The Courier",
        image=None,
        language=asked.get("language", article.language),
    )
    drawn = _environment("en").get_template("player.html")
    return drawn.render(
        article=told,
        title=article.headline,
        words=player_words("en"),
        play="autoplay" in asked,
        right_to_left=asked.get("direction") == "rtl",
    )


@contextmanager
def serving(application: ASGIApp) -> Iterator[str]:
    """The address of an ASGI application under the server that the program uses."""
    with closing(socket.socket()) as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(application, http=Door, log_config=None, lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            deadline = time.monotonic() + PATIENCE
            while not server.started:
                assert time.monotonic() < deadline, "it did not start"
                threading.Event().wait(0.01)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A service without jobs: live narration needs none, and recordings come by `House.finish`."""
    service = Service(Settings(data=str(tmp_path_factory.mktemp("house"))))
    gate, segment = Gate(), service.live.segment

    def held(prepared: Any, run: str, number: int) -> LiveSegment:
        gate.wait(number)
        return segment(prepared, run, number)

    service.live.segment = held  # type: ignore[method-assign]
    try:
        app = _WithPages(front(service, open_to_all=True).app, service)
        with serving(app) as url, httpx.Client(base_url=url, timeout=PATIENCE) as client:
            yield House(service, url, client, gate, app.files)
            gate.let()
    finally:
        service.close()


class Listener:
    """One page with a player in it."""

    def __init__(self, page: Page, house: House) -> None:
        self.page, self.house = page, house
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._said)
        page.set_default_timeout(PATIENCE * 1000)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"{message.text} {message.location}")

    def load(self, id: str, **asked: str) -> None:
        query = httpx.QueryParams({"article": id, **asked})
        self.page.goto(f"{self.house.url}/test/player.html?{query}")

    def open(self, id: str, **asked: str) -> "Listener":
        self.load(id, **asked)
        if "capture" in asked:
            self.page.evaluate("window.listening")
        self.until("source.sound")
        return self

    def until(self, condition: str) -> None:
        """Wait until this holds of the player (`source` …)."""
        self.page.wait_for_function(_of_player(f"source && ({condition})"))

    def hears(self, path: str, told: Callable[[Any], bool]) -> None:
        """Wait until the service answers so at that path: what a page's functions promise is not
        waited for in the page."""
        deadline = time.monotonic() + PATIENCE
        while not told(self.house.http.get(path).json()):
            assert time.monotonic() < deadline, path
            self.page.wait_for_timeout(50)

    def ask(self, expression: str) -> Any:
        return self.page.evaluate(_of_player(expression))

    def play(self) -> None:
        self.page.get_by_role("button", name="Play", exact=True).click()

    def click(self, token: dict[str, Any]) -> None:
        """In the middle of a written word."""
        box = self.page.evaluate(
            """({block, start, end}) => {
            const text = document.querySelector(`[data-block="${block}"]`).firstChild;
            const range = document.createRange();
            range.setStart(text, start); range.setEnd(text, end);
            const { x, y, width, height } = range.getBoundingClientRect();
            return [x + width / 2, y + height / 2]; }""",
            token,
        )
        self.page.mouse.click(*box)

    def recorded(self) -> "Sound":
        got = self.page.evaluate("window.recorded()")
        samples = np.frombuffer(base64.b64decode(got["data"]), "<f4")
        return Sound(samples, got["first"], got["lit"])


@dataclass(frozen=True)
class Sound:
    """What came out, and what was lit meanwhile."""

    samples: np.ndarray
    first: float  # seconds on the page's sound clock
    lit: list[dict[str, Any]]

    def onsets(self, quiet: float = 0.012, above: float = 0.04) -> np.ndarray:
        """When each beep begins, in seconds on the page's sound clock. ``quiet``: seconds of
        silence before it, at least."""
        loud = np.flatnonzero(np.abs(self.samples) > above)
        if not len(loud):
            return np.zeros(0)
        begins = np.concatenate(([True], np.diff(loud) > quiet * RATE))
        return self.first + loud[begins] / RATE


@pytest.fixture
def listener(browser: Browser, house: House) -> Iterator[Listener]:
    context = browser.new_context()
    made = Listener(context.new_page(), house)
    yield made
    context.close()
    house.gate.let()
    house.gate.asked.clear()
    house.http.put("/api/preferences", json={})
    assert made.errors == []


def _of_player(expression: str) -> str:
    return (
        "() => { const player = document.querySelector('aloud-player').player ?? {};"
        f" const {{ source, follow, memory, on }} = player; return {expression}; }}"
    )
