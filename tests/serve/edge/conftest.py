"""The plain ASGI pieces: asked without a server, and behind the real one on 127.0.0.1."""

import asyncio
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from aloud.library.records import Bearer, Listener
from aloud.serve.door import Door
from aloud.serve.security import Wall

PATIENCE = 60  # seconds: longer than any of this takes on a machine with much else to do
ME = Bearer(Listener("1", "me", datetime(2026, 1, 1, tzinfo=UTC)), "manage", None)


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@pytest.fixture(scope="session")
def me() -> Bearer:
    return ME


@pytest.fixture(scope="session")
def ask() -> Callable[..., Answer]:
    """One request to an ASGI application, which may ask for its body piece by piece."""

    def asking(
        app: Any,
        path: str,
        method: str = "GET",
        headers: dict[str, str] | None = None,
        body: Iterable[bytes] = (),
        scheme: str = "http",
        client: tuple[str, int] = ("127.0.0.1", 5000),
    ) -> Answer:
        return asyncio.run(_ask(app, path, method, headers or {}, body, scheme, client))

    return asking


async def _ask(
    app: Any,
    target: str,
    method: str,
    headers: dict[str, str],
    body: Iterable[bytes],
    scheme: str,
    client: tuple[str, int],
) -> Answer:
    path, _, query = target.partition("?")
    scope = {
        "type": "http", "method": method, "path": path, "query_string": query.encode(),
        "scheme": scheme, "client": client, "server": ("127.0.0.1", 8008), "root_path": "",
        "http_version": "1.1", "state": {}, "asgi": {"version": "3.0"},
        "headers": [(n.lower().encode(), v.encode("latin-1"))
                    for n, v in ({"Host": "127.0.0.1:8008"} | headers).items() if v],
    }  # fmt: skip
    pieces, sent = iter([*body, b""]), Answer(0, {}, b"")
    left = asyncio.Event()
    ended = False

    async def receive() -> dict[str, Any]:
        nonlocal ended
        if ended:
            await left.wait()
            return {"type": "http.disconnect"}
        piece = next(pieces)
        ended = piece == b""
        return {"type": "http.request", "body": piece, "more_body": not ended}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            sent.status = message["status"]
            sent.headers = {n.decode(): v.decode("latin-1") for n, v in message["headers"]}
        else:
            sent.body += bytes(message.get("body", b""))
            if not message.get("more_body"):
                left.set()

    await app(scope, receive, send)
    return sent


@pytest.fixture
def reached():
    """Paths that came through the wall, and who asked."""
    return []


@pytest.fixture
def build(me, reached):
    """A wall before an application that answers all."""

    async def app(scope, receive, send):
        bearer = scope["state"]["bearer"]
        reached.append((scope["method"], scope["path"], bearer and bearer.listener.name))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"ours"})

    def building(*, open_to_all=False, **options):
        ann = replace(me, listener=Listener("2", "ann", me.listener.created), role="listen")
        return Wall(
            app,
            authenticate={"good": me, "anns": ann}.get,
            session={"good-session": me}.get,
            everybody=me if open_to_all else None,
            **options,
        )

    return building


@dataclass
class Running:
    """A server in a thread of this process."""

    port: int
    server: uvicorn.Server

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), PATIENCE)

    def exchange(self, sent: bytes) -> bytes:
        """What comes back until the server closes."""
        with self.connect() as connection:
            connection.sendall(sent)
            return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.fixture
def run() -> Iterator[Callable[..., Running]]:
    """An application behind uvicorn, until the test is over."""
    with ExitStack() as stack:

        def start(app: Any, http: Any = Door, **options: Any) -> Running:
            return stack.enter_context(_running(app, http, options))

        yield start


@contextmanager
def _running(app: Any, http: Any, options: dict[str, Any]) -> Iterator[Running]:
    with closing(socket.socket()) as listening:
        listening.bind(("127.0.0.1", 0))
        chosen = {"log_config": None, "lifespan": "off", "timeout_keep_alive": 30} | options
        server = uvicorn.Server(uvicorn.Config(app, http=http, **chosen))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            until(lambda: server.started)
            yield Running(listening.getsockname()[1], server)
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="session")
def wait_until() -> Callable[[Callable[[], bool]], None]:
    return until


def until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        threading.Event().wait(0.02)


@dataclass
class Apart:
    """The server of `target.py` in a process of its own, whose memory can be looked at."""

    process: subprocess.Popen[str]
    port: int

    @property
    def peak(self) -> float:
        """MB that it has held at most since `forget`."""
        return self._status("VmHWM:")

    def forget(self) -> float:
        """Start anew with the peak; what is held now."""
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5", encoding="ascii")
        return self._status("VmRSS:")

    @property
    def files(self) -> int:
        return len(list(Path(f"/proc/{self.process.pid}/fd").iterdir()))

    def _status(self, what: str) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        return int(status.partition(what)[2].split()[0]) / 1024


@pytest.fixture
def apart() -> Iterator[Apart]:
    command = [sys.executable, str(Path(__file__).with_name("target.py"))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            made = Apart(process, int(process.stdout.readline()))
            httpx.get(f"http://127.0.0.1:{made.port}/healthz", timeout=PATIENCE)  # it is up
            yield made
        finally:
            process.terminate()
