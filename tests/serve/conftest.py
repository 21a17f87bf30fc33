"""A real service on 127.0.0.1: SQLite, a shelf in a folder, real voices, real jobs; and a site."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
import uvicorn

from aloud.serve.app import front
from aloud.serve.door import Door
from aloud.serve.service import Service
from aloud.settings import Settings

T = TypeVar("T")
PATIENCE = 60.0  # seconds until a test gives up waiting for what was promised
ARTICLE = """<!doctype html><html lang="en"><head><title>The bridge is open again</title></head>
<body><article><h1>The bridge is open again</h1>
<p>After two years of work the old bridge carries trains again, and the town came to see.</p>
<p>The first train crossed at noon. Some had waited since the morning, with flags and soup.</p>
<p>Nobody knows how long it will last, but the engineers say that a century is not too much.</p>
</article></body></html>"""


@dataclass(frozen=True, slots=True)
class Served:
    """A running service, and a client that shows the token of the listener "me"."""

    service: Service
    url: str
    token: str  # may manage
    http: httpx.Client
    site: str  # address of a site with one article, at any path

    def post(self, **body: Any) -> dict[str, Any]:
        answer = self.http.post("/api/articles", json=body)
        assert answer.status_code in (200, 201), answer.text
        sent: dict[str, Any] = answer.json()
        return sent

    def article(self, id: str) -> dict[str, Any]:
        answer = self.http.get(f"/api/articles/{id}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def narrated(self, id: str) -> dict[str, Any]:
        """The article once its narration has come to an end."""

        def ended() -> dict[str, Any] | None:
            found = self.article(id)
            over = found["narration"]["state"] in ("done", "failed", "cancelled")
            return found if over else None

        return until(ended)


def until(found: Callable[[], T | None]) -> T:
    """What ``found`` answers as soon as it is something."""
    deadline = time.monotonic() + PATIENCE
    while (answer := found()) is None:
        assert time.monotonic() < deadline, "it did not happen"
        threading.Event().wait(0.02)
    return answer


@contextmanager
def serving(application: Any) -> Iterator[str]:
    """The address of an ASGI application under the server that the program uses."""
    with closing(socket.socket()) as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(application, http=Door, log_config=None, lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            until(lambda: server.started or None)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """A site that has the same article at every path, nothing below /gone, and is slow nowhere."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


class _Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        gone = self.path.startswith("/gone")
        body = b"" if gone else ARTICLE.encode()
        self.send_response(404 if gone else 200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the test says what matters."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, site: str, no_names: None) -> Iterator[Served]:
    """One service for a module: there can be one with jobs in a process."""
    folder: Path = tmp_path_factory.mktemp("served")
    host = site.removeprefix("http://")
    service = Service(Settings(data=str(folder), fetch_allow=(host,)))
    try:
        service.start()
        # An instance without any token closes to everybody when the first is issued.
        token = service.library.listeners.issue("me", "manage", "tests")
        headers = {"Authorization": f"Bearer {token}"}
        with (
            serving(front(service, open_to_all=False).app) as url,
            httpx.Client(base_url=url, timeout=PATIENCE, headers=headers) as client,
        ):
            yield Served(service, url, token, client, site)
    finally:
        service.close()
