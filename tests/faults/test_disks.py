"""Disks that are full or read-only, databases that are locked, stores that are away.

In each case the state is clear, with advice; nothing that was accepted is lost; and it goes on by
itself when it can.
"""

import os
import shlex
import shutil
import socket
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from .conftest import PROGRAM, Instance, Process, Watched, is_whole

pytestmark = pytest.mark.slow

JOBS = "jobs.sqlite"  # where DBOS keeps its own
MEGABYTES = 24  # of a small disk: room for the library and an article or two
ARTICLE = (
    "A report came in\n\nTwo boats hold the line.\n\nThree ropes hold it too.\n\nAll went home."
)


class Disk:
    """A small disk of its own, that only the process on it can see."""

    def __init__(self, process: Process, place: Path) -> None:
        self._process, self._place = process, place
        # As that process sees it.
        self._filler = Path(f"/proc/{process.pid}/root{place}/filler")

    def fill(self) -> None:
        with suppress(OSError), self._filler.open("wb", buffering=0) as file:
            while file.write(bytes(4096)):
                pass

    def free(self) -> None:
        self._filler.unlink()

    def may_be_written(self, may: bool) -> None:
        inside = ["nsenter", f"--target={self._process.pid}", "--mount"]
        if os.geteuid():
            inside += ["--user", "--preserve-credentials"]
        mode = "remount,rw" if may else "remount,ro"
        subprocess.run([*inside, "mount", "-o", mode, str(self._place)], check=True)


def on_a_small_disk(instance: Instance, place: Path) -> tuple[Process, Disk]:
    """A started service that has ``place`` on a small disk; skips where nothing may be mounted."""
    place.mkdir()
    mount = f"mount -t tmpfs -o size={MEGABYTES}m small {shlex.quote(str(place))}"
    for namespace in (["unshare", "-m"], ["unshare", "-Urm"]):
        tried = [*namespace, "sh", "-c", mount]
        if shutil.which("unshare") and subprocess.run(tried, capture_output=True).returncode == 0:
            script = f'{mount} && exec "$@"'
            process = instance.process((*namespace, "sh", "-c", script, "sh", *PROGRAM)).start()
            return process, Disk(process, place)
    pytest.skip("this user may mount nothing, not even in a namespace")


def in_the_middle(process: Process, watched: Watched) -> str:
    """An article of which sentences are being said now."""
    article = process.post(ARTICLE, watched.voice)
    process.wait_for(lambda: sum("hold" in text for text in watched.said()) == 2)
    return article


def refused(process: Process, detail: str) -> None:
    """A new article is refused for now, and the listener is told why and what to do."""
    answer = process.ask("POST", "/api/articles", {"text": "One more.", "voice": "tone/beep"})
    assert answer.status in (503, 507), answer.body
    assert detail in answer.json["detail"]
    assert answer.json["hint"]
    assert answer.headers["retry-after"]


def goes_on(process: Process, *articles: str) -> bool:
    """Whether all of them end narrated without a word of complaint, the next one too, and the
    service says that it is well. Comes back when it is so, or the test fails."""
    later = process.post("The next one.\n\nIt is heard too.")
    ended = [process.wait_until(article, "done") for article in (*articles, later)]
    process.wait_for(lambda: process.ask("GET", "/healthz").json["status"] == "ok")
    return [each["error"] for each in ended] == [""] * len(ended)


def test_a_data_folder_that_is_full(plain_instance, watched):
    process, disk = on_a_small_disk(plain_instance, plain_instance.data)
    article = in_the_middle(process, watched)
    disk.fill()
    refused(process, "the disk is full")
    process.wait_for(lambda: process.ask("GET", "/healthz").json["status"] == "degraded")
    watched.go_on()
    process.wait_for(lambda: "a narration failed" in process.log.read_text())
    disk.free()
    assert goes_on(process, article)


@pytest.mark.parametrize("fault", ["full", "read-only"])
def test_a_shelf_that_takes_nothing_more(plain_instance, watched, fault):
    shelf = plain_instance.folder / "shelf"
    plain_instance.environment["ALOUD_SHELF_URL"] = str(shelf)
    process, disk = on_a_small_disk(plain_instance, shelf)
    article = in_the_middle(process, watched)
    disk.fill() if fault == "full" else disk.may_be_written(False)
    watched.go_on()
    told = process.wait_until(article, "waiting")
    assert f"the disk is {fault}" in told["error"]
    assert told["hint"]
    refused(process, f"the disk is {fault}")
    process.wait_for(lambda: process.ask("GET", "/healthz").json["checks"]["shelf"] == "failed")
    assert process.ask("GET", "/healthz").status == 200  # what is there can still be heard
    disk.free() if fault == "full" else disk.may_be_written(True)
    assert goes_on(process, article)


def test_a_folder_for_temporary_files_that_is_full(plain_instance, watched):
    place = plain_instance.folder / "tmp"
    plain_instance.environment["TMPDIR"] = str(place)
    process, disk = on_a_small_disk(plain_instance, place)
    process.wait_until(process.post("It is there at first."), "done")
    article = in_the_middle(process, watched)
    disk.fill()
    watched.go_on()
    told = process.wait_until(article, "waiting")
    assert "the disk is full" in told["error"]
    assert "TMPDIR" in told["hint"]
    disk.free()
    assert goes_on(process, article)


def test_an_sqlite_database_that_somebody_else_holds(plain_instance, watched):
    process = plain_instance.process().start()
    article = in_the_middle(process, watched)
    held = [sqlite3.connect(plain_instance.data / name) for name in ("library.sqlite", JOBS)]
    for connection in held:
        connection.execute("BEGIN EXCLUSIVE")
    watched.go_on()
    refused(process, "locked")
    assert process.ask("GET", f"/api/articles/{article}").status == 200  # reading goes on
    for connection in held:
        connection.rollback()
        connection.close()
    assert goes_on(process, article)


def test_a_postgres_database_in_which_somebody_else_holds_the_tables(
    postgres_url, watched, instance_on
):
    process = instance_on(postgres_url).process().start()
    article = in_the_middle(process, watched)
    with psycopg.connect(postgres_url) as held:
        held.execute("LOCK TABLE articles, narrations IN EXCLUSIVE MODE")
        watched.go_on()
        refused(process, "locked")
        assert process.ask("GET", f"/api/articles/{article}").status == 200
    assert goes_on(process, article)


def test_a_postgres_server_that_goes_away_and_comes_back(postgres_servers, watched, instance_on):
    server = postgres_servers()
    process = instance_on(server.database()).process().start()
    article = in_the_middle(process, watched)
    server.stop()
    watched.go_on()
    refused(process, "cannot be reached")
    process.wait_for(lambda: process.ask("GET", "/healthz").status == 503)
    server.start()
    assert goes_on(process, article)


class Cable:
    """A way to a server that can be cut: whoever uses it is thrown out, and nobody comes in."""

    def __init__(self, port: int) -> None:
        self._far = port
        self._near: socket.socket | None = None
        self._ends: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self.port = 0

    def plug_in(self) -> None:
        near = self._near = socket.create_server(("127.0.0.1", self.port), reuse_port=True)
        self.port = int(near.getsockname()[1])
        self._run(self._accept, near)

    def cut(self) -> None:
        assert self._near is not None
        for end in (self._near, *self._ends):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for end in (self._near, *self._ends):
            end.close()
        self._near, self._ends, self._threads = None, [], []

    def _accept(self, near: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = near.accept()
                server = socket.create_connection(("127.0.0.1", self._far))
                self._ends += [client, server]
                self._run(self._pass_on, client, server)
                self._run(self._pass_on, server, client)

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def _run(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments)
        self._threads.append(thread)
        thread.start()


@pytest.fixture
def cable(s3) -> Iterator[Cable]:
    made = Cable(s3.port)
    made.plug_in()
    yield made
    made.cut()


@pytest.mark.parametrize("seconds", [0, pytest.param(30, marks=pytest.mark.proof)])
def test_an_s3_store_that_is_away_for_a_while(plain_instance, watched, s3, cable, seconds):
    url = s3.bucket().replace(f"127.0.0.1:{s3.port}", f"127.0.0.1:{cable.port}")
    plain_instance.environment["ALOUD_SHELF_URL"] = url
    process = plain_instance.process().start()
    heard = process.post("It is heard all the while.")
    process.wait_until(heard, "done")
    article = in_the_middle(process, watched)
    cable.cut()
    watched.go_on()
    told = process.wait_until(article, "waiting")
    assert "the S3 server does not answer" in told["error"]
    assert "it goes on by itself" in told["hint"]
    refused(process, "the S3 server does not answer")
    process.wait_for(lambda: process.ask("GET", "/healthz").json["checks"]["shelf"] == "failed")
    threading.Event().wait(seconds)
    recording = process.ask("GET", f"/api/articles/{heard}").json["recordings"][0]["url"]
    assert is_whole(recording, process.ask("GET", recording).body)  # there is a copy here
    cable.plug_in()
    assert goes_on(process, article)
