"""Whole instances: services in processes of their own, to be killed, starved and stopped."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import pytest

from aloud.library import Library
from aloud.library.records import Narration, RecordingRecord

HANGS = 60  # seconds: longer than anything here takes on a slow machine
PROGRAM = (sys.executable, "-m", "aloud", "serve")
WATCHED = '''
"""Beeps, notes each utterance in a file as it begins, and waits at the word "hold" for a file."""

import os
import time
from dataclasses import replace
from pathlib import Path

from aloud.voice.engines.tone import ToneEngine

FOLDER = Path(__file__).parent


class WatchedEngine(ToneEngine):
    name = "watched"

    def voices(self):
        return tuple(replace(voice, id="watched/beep") for voice in super().voices())

    def speak(self, utterance, voice, *, rate=1.0):
        with (FOLDER / "said").open("ab", buffering=0) as said:
            said.write(f"{os.getpid()} {utterance.text}\\n".encode())
        while "hold" in utterance.text and not (FOLDER / "open").exists():
            time.sleep(0.005)
        return super().speak(utterance, voice, rate=rate)
'''
FAULTY = '''
"""Beeps, until a word tells it to crash, hang or eat memory."""

import ctypes
import threading
from dataclasses import replace

from aloud.voice.engine import Concurrency
from aloud.voice.engines.tone import ToneEngine


class FaultyEngine(ToneEngine):
    name = "faulty"
    concurrency = Concurrency.PROCESS

    def voices(self):
        return tuple(replace(voice, id="faulty/beep") for voice in super().voices())

    def speak(self, utterance, voice, *, rate=1.0):
        if "crash" in utterance.text:
            ctypes.string_at(0)
        if "hang" in utterance.text:
            threading.Event().wait()
        eaten = []
        while "eat" in utterance.text.split():
            eaten.append(bytes(2**24))
        return super().speak(utterance, voice, rate=rate)
'''


@dataclass(frozen=True)
class Answer:
    """What a service answered."""

    status: int
    headers: dict[str, str]  # names in lower case
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Process:
    """One service process. Its log is one file for all that are started in its place."""

    def __init__(self, command: tuple[str, ...], environment: dict[str, str], log: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self._command = (*command, "--port", str(self.port))
        self._environment = os.environ | environment
        self.log = log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> "Process":
        """Start (again) and wait until it answers."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, env=self._environment, stdout=log, stderr=log
            )
        self.wait_for(self._answers)
        return self

    def kill(self) -> None:
        """As a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """As systemd would; the exit status."""
        return self._end(signal.SIGTERM)

    def tell(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def ended(self) -> int:
        """The exit status, when it has ended by itself."""
        assert self._process is not None
        status = self._process.wait(HANGS)
        self._process = None
        return status

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """One request. Names of headers with _ for -. Raises OSError, HTTPException."""
        asked = HTTPConnection("127.0.0.1", self.port, timeout=HANGS)
        data = None if body is None else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            asked.request(method, path, data, {"Content-Type": "application/json"} | named)
            answer = asked.getresponse()
            told = {name.lower(): value for name, value in answer.headers.items()}
            return Answer(answer.status, told, answer.read())
        finally:
            asked.close()

    def post(self, text: str, voice: str = "tone/beep", **options: Any) -> str:
        """Send a text; the article's id."""
        answer = self.ask("POST", "/api/articles", {"text": text, "voice": voice, **options})
        assert answer.status == 201, answer.body
        found: str = answer.json["id"]
        return found

    def narration(self, article: str) -> dict[str, Any]:
        """How the narration of an article stands."""
        answer = self.ask("GET", f"/api/articles/{article}")
        assert answer.status == 200, answer.body
        found: dict[str, Any] = answer.json["narration"]
        return found

    def wait_for(self, true: Callable[[], object]) -> None:
        """Come back when it is so. The test fails when the process has ended, or never will."""
        until = time.monotonic() + HANGS
        while not true():
            assert self._process is None or self._process.poll() is None, self.log.read_text()
            assert time.monotonic() < until, self.log.read_text()[-4000:]
            time.sleep(0.02)

    def wait_until(self, article: str, state: str) -> dict[str, Any]:
        """The article's narration when it is in that state."""
        self.wait_for(lambda: self.narration(article)["state"] == state)
        return self.narration(article)

    def _answers(self) -> bool:
        with suppress(OSError, HTTPException):
            return self.ask("GET", "/healthz").status < 500
        return False

    def _end(self, number: signal.Signals) -> int:
        if self._process is None:
            return 0
        with suppress(ProcessLookupError):
            self._process.send_signal(number)
        return self.ended()


@dataclass
class Instance:
    """A data folder and a database, and the processes that serve them."""

    folder: Path
    database_url: str = ""  # "": SQLite in the data folder
    environment: dict[str, str] = field(default_factory=dict)
    processes: list[Process] = field(default_factory=list)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def shelf(self) -> Path:
        return self.data / "shelf"

    def settings(self) -> dict[str, str]:
        """The environment of its processes."""
        ours = {"ALOUD_DATA": str(self.data), "ALOUD_DATABASE_URL": self.database_url}
        return ours | self.environment

    def process(self, command: tuple[str, ...] = PROGRAM) -> Process:
        """One more process, not started yet."""
        made = Process(command, self.settings(), self.folder / f"log{len(self.processes)}")
        self.processes.append(made)
        return made

    def library(self) -> Library:
        """The library itself, for looking into it."""
        return Library(self.database_url or self.data / "library.sqlite")

    def close(self) -> None:
        for process in self.processes:
            process.kill()
        for process in self.processes:
            told = process.log.read_text() if process.log.exists() else ""
            assert "Traceback" not in told, told


@dataclass
class Watched:
    """The engine that can be watched, and told to go on."""

    folder: Path
    voice: str = "watched/beep"

    def said(self) -> Counter[str]:
        """How often each utterance was begun, by all processes together."""
        return Counter(text for _, text in self._lines())

    def holder(self) -> int:
        """The process in which a sentence was held last; 0: none was."""
        held = [int(pid) for pid, text in self._lines() if "hold" in text]
        return held[-1] if held else 0

    def go_on(self) -> None:
        """Nobody holds any more."""
        (self.folder / "open").touch()

    def _lines(self) -> Iterator[tuple[str, str]]:
        with suppress(FileNotFoundError):
            for line in (self.folder / "said").read_text().splitlines():
                pid, _, text = line.partition(" ")
                yield pid, text


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Each database in turn: "" for SQLite in the data folder, or a new one of Postgres."""
    if request.param == "sqlite":
        return ""
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def instance_on(tmp_path: Path) -> Iterator[Callable[[str], Instance]]:
    """An instance on this database."""
    made: list[Instance] = []

    def make(database_url: str) -> Instance:
        made.append(Instance(tmp_path, database_url))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def instance(instance_on: Callable[[str], Instance], database_url: str) -> Instance:
    """An instance on each database in turn."""
    return instance_on(database_url)


@pytest.fixture
def plain_instance(instance_on: Callable[[str], Instance]) -> Instance:
    """An instance on SQLite."""
    return instance_on("")


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Path]:
    """Installs an engine as an extra would be, for this process and those that it starts."""

    def install(name: str, source: str) -> Path:
        folder = tmp_path / f"installed-{name}"
        information = folder / f"{name}-1.0.dist-info"
        information.mkdir(parents=True)
        (folder / f"{name}.py").write_text(source, encoding="utf-8")
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
        (information / "METADATA").write_text(metadata, encoding="utf-8")
        points = f"[aloud.engines]\n{name} = {name}:{name.capitalize()}Engine\n"
        (information / "entry_points.txt").write_text(points, encoding="utf-8")
        monkeypatch.syspath_prepend(str(folder))
        monkeypatch.setenv("PYTHONPATH", str(folder))
        return folder

    return install


@pytest.fixture
def watched(installed: Callable[[str, str], Path]) -> Watched:
    return Watched(installed("watched", WATCHED))


@pytest.fixture
def faulty(installed: Callable[[str, str], Path]) -> str:
    """The voice of an engine that misbehaves when it is told to."""
    installed("faulty", FAULTY)
    return "faulty/beep"


def text_of(number: int, sentences: int = 3) -> str:
    """A short article like no other."""
    words = ("harbour", "bridge", "market", "school", "river", "castle", "garden")
    said = [
        f"The {words[(number + n) % len(words)]} number {number} opened part {n} at noon."
        for n in range(sentences)
    ]
    return "\n\n".join((f"Report number {number} has come in", *said))


def is_whole(name: str, data: bytes) -> bool:
    """Whether these are the bytes that a name of the form <sha256>.<suffix> promises."""
    return sha256(data).hexdigest() == name.rpartition("/")[2].partition(".")[0]


def narrations_of(library: Library) -> list[tuple[Narration, tuple[RecordingRecord, ...]]]:
    """Every narration that is done, with its recordings."""
    done = library.narrations.done()
    return [(each, library.narrations.recordings(each.id)) for each in done]
