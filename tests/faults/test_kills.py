"""Killed at random points: whatever was accepted is narrated once, and nothing half made is served.

The services are forked from a process that has loaded everything, so that most kills fall into
work and not into imports. The same run with a shelf as one would write it
at first, files in place and believed, must fail the same checks.
"""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path

import pytest

from aloud.library import Library

from .conftest import HANGS, Instance, Process, is_whole, narrations_of, text_of

pytestmark = pytest.mark.slow

MOST = 60  # articles
MOST_FILES = 16  # that a service makes before it is killed
LONGEST_WAIT = 0.1  # seconds after that
LONGEST_LIFE = 5.0  # seconds, of one that has nothing to do any more

FORKS = """
import os, sys, threading
from aloud import settings
from aloud.serve import app, program

exec(os.environ["BEFORE"])
assert threading.active_count() == 1
for line in sys.stdin:
    child = os.fork()
    if not child:
        program.run(settings.load({"serve_port": int(sys.argv[-1])}))
        os._exit(0)
    print(child, flush=True)
    print(os.waitpid(child, 0)[1], flush=True)
"""
FORKING = (sys.executable, "-c", FORKS)
# What is found under a name is believed, and written there bit by bit.
NAIVE = """
import time
from pathlib import Path
from aloud.shelf.files import Files
from aloud.shelf.folder import Folder
from aloud.shelf.shelf import Shelf

def name(self, file, key):
    file.flush()
    data, path = Path(file.name).read_bytes(), self.path(key)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb", buffering=0) as place:
        for start in range(0, len(data), 1024):
            place.write(data[start : start + 1024])
            time.sleep(0.02)  # a slow disk

Folder.name = name
Files.verified = lambda self, key: self._folder.path(key)
Shelf._holds = lambda self, key: self._local.path(key).exists()
"""


class Forked(Process):
    """A service that is forked, which takes a tenth of the time that starting one takes."""

    _parent: subprocess.Popen[str] | None = None
    _child = 0

    def fork(self) -> None:
        """A new service, which is only about to open its files."""
        if self._parent is None:
            with self.log.open("ab") as log:
                self._parent = subprocess.Popen(
                    [*self._command],
                    env=self._environment,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    text=True,
                )
        print(file=self._parent.stdin, flush=True)
        child = self._parent.stdout.readline()
        assert child, self.log.read_text()
        self._child = int(child)

    def kill(self) -> None:
        if self._child:
            os.kill(self._child, signal.SIGKILL)
            assert int(self._parent.stdout.readline()) == signal.SIGKILL
            self._child = 0

    def close(self) -> None:
        self.kill()
        if self._parent is not None:
            self._parent.stdin.close()
            self._parent.stdout.close()
            self._parent.wait(HANGS)
            self._parent = None


@dataclass
class Sender:
    """Sends articles, each under a key of its own, again and again until there is an answer."""

    process: Process
    accepted: dict[int, str] = field(default_factory=dict)  # ids of articles
    refused: list[str] = field(default_factory=list)
    wanted: int = 0
    ended: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        while not self.ended.is_set():
            number = len(self.accepted)
            if number < self.wanted:
                with suppress(OSError, HTTPException):  # it was killed just now
                    sent = {"text": text_of(number), "voice": "tone/beep"}
                    key = f"key-{number}"
                    answer = self.process.ask("POST", "/api/articles", sent, Idempotency_Key=key)
                    if answer.status in (200, 201):
                        self.accepted[number] = answer.json["id"]
                    else:
                        self.refused.append(f"{answer.status} {answer.body!r}")
            self.ended.wait(0.01)


@dataclass
class Reader:
    """Reads every recording there is, over and over, and keeps what was not whole."""

    process: Process
    ended: threading.Event = field(default_factory=threading.Event)
    names: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    read: int = 0

    def run(self) -> None:
        articles: set[str] = set()
        while not self.ended.is_set():
            with suppress(OSError, HTTPException):  # it was killed just now
                listed = self.process.ask("GET", "/api/articles?limit=100").json["items"]
                for item in listed:
                    if item["narration"]["state"] == "done" and item["id"] not in articles:
                        found = self.process.ask("GET", f"/api/articles/{item['id']}").json
                        articles.add(item["id"])
                        self.names += [one["url"] for one in found["recordings"]]
                for name in self.names[-20:]:
                    answer = self.process.ask("GET", name)
                    self.read += 1
                    if answer.status != 200 or not is_whole(name, answer.body):
                        self.broken.append(f"{answer.status} {name}")
            self.ended.wait(0.01)


def killed(instance: Instance, seed: int, kills: int, before: str = "") -> list[str]:
    """What is wrong with the narrations of a service that was killed so many times, and then left
    alone to end what it had accepted meanwhile."""
    chance, articles = random.Random(seed), min(MOST, max(6, kills))
    process = Forked(FORKING, instance.settings() | {"BEFORE": before}, instance.folder / "log")
    sender, reader = Sender(process), Reader(process)
    threads = [threading.Thread(target=each.run) for each in (sender, reader)]
    for thread in threads:
        thread.start()
    try:
        for kill in range(kills):
            sender.wanted = articles * (kill + 1) // kills
            process.fork()
            live(instance, sender, chance)
            process.kill()
            if reader.broken:
                return reader.broken
        process.fork()
        process.wait_for(lambda: len(sender.accepted) == articles)
        with closing(instance.library()) as library:
            while left := len(library.narrations.unfinished()):
                process.wait_for(lambda n=left: len(library.narrations.unfinished()) < n)
            assert reader.read > 0
            return [*sender.refused, *reader.broken, *wrong(library, process, sender.accepted)]
    finally:
        for each in (sender, reader):
            each.ended.set()
        for thread in threads:
            thread.join()
        process.close()


def live(instance: Instance, sender: Sender, chance: random.Random) -> None:
    """Come back at a random point of a service's work. Files count, not seconds, so that a slow
    machine is killed at the same points as a fast one: an article makes ten of them."""
    until = time.monotonic() + LONGEST_LIFE
    more = files_in(instance.shelf) + chance.randrange(MOST_FILES)
    while files_in(instance.shelf) < more and time.monotonic() < until:
        sender.ended.wait(0.003)
    sender.ended.wait(chance.uniform(0, LONGEST_WAIT))


def files_in(folder: Path) -> int:
    return sum(len(files) for _, _, files in os.walk(folder))


def wrong(library: Library, process: Process, accepted: dict[int, str]) -> list[str]:
    """How what is there differs from one narration, and one whole file of each format, for each
    article that was accepted."""
    faults = []
    listed = library.articles.entries(library.listeners.me().id, limit=MOST + 1).entries
    if sorted(each.article.id for each in listed) != sorted(accepted.values()):
        faults.append(f"{len(accepted)} articles were accepted and {len(listed)} are listed")
    done = narrations_of(library)
    if sorted(each.article_id for each, _ in done) != sorted(accepted.values()):
        faults.append(f"{len(accepted)} articles were accepted and {len(done)} are narrated")
    if sum(count for _, count in library.narrations.counts()) != len(accepted):
        faults.append(f"there are other narrations: {library.narrations.counts()}")
    for narration, recordings in done:
        if [one.format for one in recordings] != ["m4a", "mp3"]:
            faults.append(f"{narration.id} has {[one.format for one in recordings]}")
        for name in [f"/media/{one.sha256}.{one.format}" for one in recordings]:
            answer = process.ask("GET", name)
            if answer.status != 200 or not is_whole(name, answer.body):
                faults.append(f"{answer.status} {name} in the end")
    return faults


KILLS = [10, pytest.param(100, marks=pytest.mark.proof)]


@pytest.mark.parametrize("kills", KILLS)
def test_what_was_accepted_is_narrated_once_and_nothing_half_made_is_served(
    instance: Instance, seed, kills
):
    assert killed(instance, seed, kills) == []
    kept = [path for path in (instance.shelf / "recordings").rglob("*") if path.is_file()]
    with closing(instance.library()) as library:
        known = [one.key for _, recordings in narrations_of(library) for one in recordings]
    assert sorted(str(path.relative_to(instance.shelf)) for path in kept) == sorted(known)


@pytest.mark.parametrize("kills", KILLS)
def test_the_same_run_finds_out_a_service_that_is_not_atomic(plain_instance: Instance, seed, kills):
    assert killed(plain_instance, seed, kills, NAIVE) != []
