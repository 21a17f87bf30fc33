"""Take-over: of two processes on one database one is killed, and the other ends its articles."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from .conftest import Instance, is_whole, narrations_of, text_of

pytestmark = pytest.mark.slow

BOOTHS = 2  # of a process: as many utterances can be on their way when it is killed
HELD = "Two cranes hold the roof of the hall."


class Site(ThreadingHTTPServer):
    """Serves one page at every path, and counts who asked for it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: Counter[str] = Counter()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"


class _Handler(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        self.server.asked[self.path] += 1
        lines = "".join(f"<p>{line}</p>" for line in text_of(len(self.path), 6).splitlines())
        body = f'<html lang="en"><article><h1>At {self.path}</h1>{lines}<p>{HELD}</p></article>'
        self.send_response(200 if self.path != "/robots.txt" else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    with Site() as site:
        monkeypatch.setenv("ALOUD_FETCH_ALLOW", f"127.0.0.1:{site.server_port}")
        thread = threading.Thread(target=site.serve_forever, args=(0.01,))
        thread.start()
        yield site
        site.shutdown()
        thread.join()


def test_the_other_process_ends_what_a_killed_one_began(instance: Instance, watched, site):
    first, second = instance.process().start(), instance.process().start()
    articles = [first.post(text_of(n), watched.voice) for n in range(4)]
    sent = {"url": site.url("/report"), "voice": watched.voice, "queue": "first"}
    answer = first.ask("POST", "/api/articles", sent)
    assert answer.status == 201, answer.body
    first.wait_for(watched.holder)
    killed, left = (first, second) if watched.holder() == first.pid else (second, first)
    alive = left.pid
    killed.kill()
    watched.go_on()
    for article in (*articles, answer.json["id"]):
        left.wait_until(article, "done")
    assert left.pid == alive
    assert set(site.asked.values()) == {1}
    begun = watched.said()
    assert sum(begun.values()) - len(begun) <= BOOTHS
    with closing(instance.library()) as library:
        done = narrations_of(library)
    assert sorted(each.article_id for each, _ in done) == sorted((*articles, answer.json["id"]))
    for _, recordings in done:
        for name in [f"/media/{one.sha256}.{one.format}" for one in recordings]:
            assert is_whole(name, left.ask("GET", name).body)


@pytest.mark.parametrize("kills", [2, pytest.param(10, marks=pytest.mark.proof)])
def test_taking_over_again_and_again_repeats_a_step_once_a_kill(
    plain_instance: Instance, watched, site, kills
):
    """Each time the one in which a sentence is held is killed, and comes back as the other."""
    processes = [plain_instance.process().start(), plain_instance.process().start()]
    sent = {"url": site.url("/report"), "voice": watched.voice}
    article = processes[0].ask("POST", "/api/articles", sent).json["id"]
    for kill in range(kills):
        processes[0].wait_for(lambda before=kill: watched.said()[HELD] > before)
        if watched.holder() != processes[0].pid:
            processes.reverse()
        processes[0].kill()
        processes[0].start()
    watched.go_on()
    processes[1].wait_until(article, "done")
    assert watched.said()[HELD] == kills + 1
    assert all(count <= kills + 1 for count in watched.said().values())
    assert site.asked["/report"] == 1
