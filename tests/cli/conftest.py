"""The real program in a process of its own, and a small site on the loopback for it to read."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

PROGRAM = (sys.executable, "-m", "aloud")
HANGS = 120  # seconds: longer than any of these commands takes on a slow machine
LINES = (
    "The harbour of Saltmere opened again on Monday after two years of repairs to its wall.",
    "Boats came in at noon, and the whole town stood on the quay to see them.",
)
HEADLINE = "Harbour opens again"


@dataclass(frozen=True)
class Ran:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> list[str]:
        """What it said on standard error, without the lines of progress."""
        return [line for line in self.err.splitlines() if not line.endswith(" …")]

    def failed(self, code: int) -> str:
        """What it said of its failure, which has to be advice, and nothing but advice."""
        assert self.code == code, self.err
        assert self.out == ""
        assert "Traceback" not in self.err
        what, hint = self.said
        assert what.startswith("aloud: ")
        assert hint.startswith("  ")
        assert hint.strip()
        return f"{what}\n{hint}"


def run(folder: Path, *arguments: object, stdin: bytes | str = b"", **environment: str) -> Ran:
    """Run the program in a folder; names in capitals are its environment."""
    done = subprocess.run(
        [*PROGRAM, *map(str, arguments)],
        input=stdin.encode() if isinstance(stdin, str) else stdin,
        capture_output=True,
        cwd=folder,
        env=os.environ | environment,
        timeout=HANGS,
        check=False,
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture
def aloud(tmp_path: Path) -> Callable[..., Ran]:
    """`run` in the test's own folder."""
    return partial(run, tmp_path)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A short article in a file."""
    path = tmp_path / "page.txt"
    path.write_text("\n\n".join((HEADLINE, *LINES)) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A folder for products, in which something stands that must stay as it is."""
    path = tmp_path / "out"
    path.mkdir()
    (path / "mine.txt").write_text("mine")
    return path


@pytest.fixture
def is_untouched(out: Path) -> Callable[[], bool]:
    """Whether the folder for products is as it was, without anything hidden in it."""
    return lambda: [(p.name, p.read_text()) for p in out.iterdir()] == [("mine.txt", "mine")]


class Site(ThreadingHTTPServer):
    """Answers by path: (status, media type, body), or an address to go to instead."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.place = f"127.0.0.1:{self.server_port}"
        self.pages: dict[str, tuple[int, str, bytes] | str] = {}
        self.accepts = 0

    def url(self, path: str) -> str:
        return f"http://{self.place}{path}"

    def get_request(self) -> Any:
        self.accepts += 1
        return super().get_request()


class _Handler(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        answer = self.server.pages.get(self.path, (404, "text/html", b"<p>Not here."))
        if isinstance(answer, str):
            self.send_response(302)
            self.send_header("Location", answer)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        status, media_type, body = answer
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        body = "".join(f"<p>{line}</p>" for line in LINES)
        html = (
            f'<!doctype html><html lang="en"><head><title>{HEADLINE}</title></head>'
            f"<body><article><h1>{HEADLINE}</h1>{body}</article></body></html>"
        )
        site.pages["/article"] = (200, "text/html", html.encode())
        thread = threading.Thread(target=site.serve_forever, args=(0.005,))
        thread.start()
        yield site
        site.shutdown()
        thread.join()
