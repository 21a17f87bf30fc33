"""A site of our own on the loopback, and stand-ins for the resolver and the network."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpcore
import pytest

from aloud.settings import Settings

Reply = Callable[[BaseHTTPRequestHandler], None]


def reply(status: int = 200, body: bytes = b"", **headers: str) -> Reply:
    """A whole answer. Header names are written with underscores."""

    def send(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        for name, value in ({"Content-Length": str(len(body))} | fields).items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return send


class _Handler(BaseHTTPRequestHandler):
    server: "Site"

    def do_GET(self) -> None:
        self.server.asked.append(self)
        self.server.pages[self.path](self)

    def log_message(self, format: str, *args: object) -> None:
        pass


class Site(ThreadingHTTPServer):
    """Answers by path, and counts the connections made to it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pages: dict[str, Reply] = {}
        self.asked: list[BaseHTTPRequestHandler] = []
        self.accepts = 0
        self.closing = threading.Event()

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    @property
    def settings(self) -> Settings:
        return Settings(fetch_allow=(self.place,))

    def url(self, path: str) -> str:
        return f"http://{self.place}{path}"

    def get_request(self):
        self.accepts += 1
        return super().get_request()

    def handle_error(self, request, client_address) -> None:
        pass  # a client that hangs up early is what some tests are about


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        thread = threading.Thread(target=site.serve_forever, args=(0.005,))
        thread.start()
        yield site
        site.closing.set()
        site.shutdown()
        thread.join()


class FakeNetwork(httpcore.NetworkBackend):
    """Writes down who was connected to and answers each connection with the next bytes."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = list(answers)
        self.connects: list[tuple[str, int]] = []

    def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):
        self.connects.append((host, port))
        return httpcore.MockStream([self.answers.pop(0)])


@pytest.fixture
def network() -> FakeNetwork:
    page = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nOne."
    return FakeNetwork(page, page)


@pytest.fixture(name="reply")
def _reply() -> Callable[..., Reply]:
    return reply


@pytest.fixture(name="fake_network")
def _fake_network() -> type[FakeNetwork]:
    return FakeNetwork
