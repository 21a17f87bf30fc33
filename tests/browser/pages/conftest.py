"""A real service with jobs and voices, and a browser that looks at its pages."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page

from aloud.serve.app import front
from aloud.serve.door import Door
from aloud.serve.service import Service
from aloud.settings import Settings

PATIENCE = 60.0  # seconds until a test gives up waiting for what was promised
PARAGRAPHS = (
    "After two years of work the old bridge carries trains again, and the town came to see.",
    "The first train crossed at noon. Some had waited since the morning, with flags and soup.",
    "Nobody knows how long it will last, but the engineers say that a century is not too much.",
)


@dataclass(frozen=True)
class SiteHouse:
    """A running service on which everybody is the listener "me", and a client of its API."""

    service: Service
    url: str
    http: httpx.Client

    def post(self, **body: Any) -> str:
        """The id of an article that was sent."""
        answer = self.http.post("/api/articles", json=body)
        assert answer.status_code in (200, 201), answer.text
        id: str = answer.json()["id"]
        return id

    def article(self, id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.http.get(f"/api/articles/{id}").json()
        return found

    def ready(self, id: str) -> str:
        """The same id, once there is text to see."""
        until(lambda: self.article(id)["state"] in ("ready", "failed"))
        assert self.article(id)["state"] == "ready", self.article(id)["error"]
        return id

    def until(self, happened: Callable[[], bool]) -> bool:
        return until(happened)

    def narrated(self, id: str) -> str:
        """The same id, once there is a recording."""
        deadline = time.monotonic() + PATIENCE
        while (state := self.article(id)["narration"]["state"]) != "done":
            assert state != "failed", self.article(id)["narration"]
            assert time.monotonic() < deadline, "it was not narrated"
            threading.Event().wait(0.05)
        return id


def until(happened: Callable[[], bool]) -> bool:
    """True, as soon as it has happened: what a page shows may be on its way to the service."""
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        threading.Event().wait(0.02)
    return True


@pytest.fixture(scope="module")
def site_house(tmp_path_factory: pytest.TempPathFactory, no_names: None) -> Iterator[SiteHouse]:
    """One service for a module: there can be one with jobs in a process."""
    folder: Path = tmp_path_factory.mktemp("house")
    service = Service(Settings(data=str(folder)))
    try:
        service.start()
        application = front(service, open_to_all=True)
        with closing(socket.socket()) as listening:
            listening.bind(("127.0.0.1", 0))
            config = uvicorn.Config(application.app, http=Door, log_config=None, lifespan="off")
            server = uvicorn.Server(config)
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
            thread.start()
            try:
                until(lambda: server.started)
                url = f"http://127.0.0.1:{listening.getsockname()[1]}"
                with httpx.Client(base_url=url, timeout=PATIENCE) as client:
                    yield SiteHouse(service, url, client)
            finally:
                server.should_exit = True
                thread.join()
    finally:
        service.close()


@pytest.fixture
def context(browser: Browser, site_house: SiteHouse) -> Iterator[BrowserContext]:
    made = browser.new_context(base_url=site_house.url, viewport={"width": 390, "height": 844})
    made.set_default_timeout(PATIENCE * 1000)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A telephone's page. Errors of its scripts and on its console fail the test."""
    made = context.new_page()
    errors: list[str] = []
    made.on("pageerror", lambda error: errors.append(str(error)))
    made.on(
        "console",
        lambda said: said.type == "error" and errors.append(f"{said.text} {said.location}"),
    )
    yield made
    assert errors == []
