"""DBOS: each of its calls that the jobs lean on does what docs/notes/jobs.md says.

Run these when its pinned version is to change. One process has one DBOS, so what concerns two is
asked of processes of their own, which run the small workflow below.
"""

import ast
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from dbos import DBOS, SetWorkflowID, StepOptions
from dbos import error as refusals

import aloud
from aloud.errors import ShelfError
from aloud.serve.jobs import workflows
from aloud.serve.jobs.workflows import configure

pytestmark = pytest.mark.slow

HANGS = 60  # seconds

# A workflow of two steps, each of which says in a file that it ran. The second waits at a gate.
WORKER = """
import sys, threading, time
from pathlib import Path
from dbos import DBOS, SetWorkflowID, StepOptions
from dbos import error as refusals
from aloud.serve.jobs import workflows

folder, url, name = Path(sys.argv[1]), sys.argv[2], sys.argv[3]

def say(what):
    with (folder / "said").open("a") as said:
        said.write(f"{name} {what}\\n")

def first():
    say("first")

def second():
    say("second")
    while not (folder / "open").exists():
        time.sleep(0.01)

workflows.configure(url, folder, name)

@DBOS.workflow(name="work", max_recovery_attempts=workflows.MANY)
def work(number):
    for step in (first, second):
        DBOS.run_step(StepOptions(name=step.__name__), step)
    say("end")

DBOS.launch()
print("ready", flush=True)
for line in sys.stdin:
    verb, _, rest = line.strip().partition(" ")
    if verb == "start":
        try:
            with SetWorkflowID(rest, workflow_id_reuse_policy="reject"):
                DBOS.start_workflow(work, 1)
        except refusals.DBOSWorkflowIDInUseError:
            pass
    if verb == "recover":
        for one in workflows.pending():
            if one.executor_id == rest:
                workflows.recover(one)
    if verb == "cancel":
        DBOS.cancel_workflow(rest)
    if verb == "tell":
        for one in workflows.pending():
            if one.executor_id == rest:
                with (folder / "said").open("a") as file:
                    number = workflows.deaths(one)
                    file.write(f"deaths of {workflows.narration_of(one)}: {number}\\n")
    print("did", flush=True)
DBOS.destroy(destroy_registry=True)
"""


class Worker:
    """A process with a DBOS of its own."""

    def __init__(self, folder: Path, url: str, name: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", WORKER, str(folder), url, name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout.readline() == "ready\n"

    def tell(self, what: str) -> None:
        print(what, file=self._process.stdin, flush=True)
        assert self._process.stdout.readline() == "did\n"

    def kill(self) -> None:
        self._process.kill()
        self.close()

    def close(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            pipe.close()
        self._process.wait(HANGS)


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest) -> str:
    if request.param == "postgres":
        found: str = request.getfixturevalue("postgres_url")
        return found
    return "sqlite://"


@pytest.fixture
def said(tmp_path: Path) -> Callable[[], list[str]]:
    """What the steps of all processes said."""

    def read() -> list[str]:
        file = tmp_path / "said"
        return file.read_text().splitlines() if file.exists() else []

    return read


@pytest.fixture
def worker(tmp_path: Path, url: str) -> Iterator[Callable[[str], Worker]]:
    started: list[Worker] = []

    def start(name: str) -> Worker:
        started.append(Worker(tmp_path, url, name))
        return started[-1]

    yield start
    (tmp_path / "open").touch()
    for one in started:
        one.close()


@pytest.fixture
def dbos(tmp_path: Path) -> Iterator[None]:
    """DBOS in this process, as the jobs launch it, on SQLite."""
    configure("sqlite://", tmp_path, "here")
    yield
    DBOS.destroy(destroy_registry=True)


def eventually(true: Callable[[], Any]) -> None:
    until = time.monotonic() + HANGS
    while not true():
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.mark.slow
def test_two_processes_that_start_one_name_run_it_once(tmp_path, worker, said):
    a, b = worker("a"), worker("b")
    (tmp_path / "open").touch()
    starting = [threading.Thread(target=each.tell, args=("start one:0",)) for each in (a, b)]
    for thread in starting:
        thread.start()
    for thread in starting:
        thread.join()
    eventually(lambda: len(said()) >= 3)
    a.tell("start one:0")
    b.tell("start two:0")
    eventually(lambda: len(said()) >= 6)
    assert [line.split()[1] for line in said()] == ["first", "second", "end"] * 2
    assert said()[3:] == ["b first", "b second", "b end"]


@pytest.mark.slow
def test_what_a_killed_process_was_at_is_gone_on_with_and_what_it_ended_is_not_repeated(
    tmp_path, worker, said
):
    a = worker("a")
    a.tell("start one:0")
    eventually(lambda: said() == ["a first", "a second"])
    a.kill()
    b = worker("b")
    (tmp_path / "open").touch()
    b.tell("recover a")
    eventually(lambda: said()[-1] == "b end")
    assert said() == ["a first", "a second", "b second", "b end"]


@pytest.mark.slow
def test_deaths_are_counted_and_what_was_given_up_is_taken_by_nobody(tmp_path, worker, said):
    for number in range(3):
        one = worker(f"w{number}")
        if number:
            one.tell(f"tell w{number - 1}")
            one.tell(f"recover w{number - 1}")
        else:
            one.tell("start one:0")
        eventually(lambda at=number: said()[-1:] == [f"w{at} second"])
        one.kill()
    last = worker("last")
    last.tell("tell w2")
    last.tell("cancel one:0")
    last.tell("recover w2")
    (tmp_path / "open").touch()
    last.tell("start two:0")
    eventually(lambda: said()[-1] == "last end")
    assert said()[:3] == ["w0 first", "w0 second", "deaths of one: 0"]
    assert said()[3:] == [
        *("w1 second", "deaths of one: 1", "w2 second", "deaths of one: 2"),
        *("last first", "last second", "last end"),
    ]


@pytest.mark.slow
def test_nobody_takes_what_a_living_process_is_at(tmp_path, worker, said):
    a, b = worker("a"), worker("b")
    a.tell("start one:0")
    eventually(lambda: said() == ["a first", "a second"])
    b.tell("recover nobody")
    b.tell("start one:0")
    b.tell("start two:0")
    eventually(lambda: said()[2:] == ["b first", "b second"])
    (tmp_path / "open").touch()
    eventually(lambda: len(said()) == 6)
    assert sorted(said()[4:]) == ["a end", "b end"]


@pytest.mark.slow
def test_what_was_taken_from_one_that_was_called_dead_by_mistake_is_ended_once(
    tmp_path, worker, said
):
    a, b = worker("a"), worker("b")
    a.tell("start one:0")
    eventually(lambda: said() == ["a first", "a second"])
    b.tell("recover a")
    eventually(lambda: len(said()) == 3)  # either of them takes it
    assert said()[2] in ("a second", "b second")
    (tmp_path / "open").touch()
    eventually(lambda: len(said()) == 4)
    a.tell("start two:0")
    eventually(lambda: len(said()) == 7)
    assert [line.split()[1] for line in said()[3:]] == ["end", "first", "second", "end"]


def test_a_name_that_is_taken_is_refused_and_says_how_it_stands(dbos):
    ran = []

    @DBOS.workflow(name="work")
    def work(number: int) -> None:
        ran.append(number)

    DBOS.launch()
    with SetWorkflowID("one:0", workflow_id_reuse_policy="reject"):
        DBOS.start_workflow(work, 1).get_result()
    with (
        SetWorkflowID("one:0", workflow_id_reuse_policy="reject"),
        pytest.raises(refusals.DBOSWorkflowIDInUseError),
    ):
        DBOS.start_workflow(work, 2)
    assert ran == [1]
    assert DBOS.get_workflow_status("two:0") is None
    known = DBOS.get_workflow_status("one:0")
    assert (known.status, known.executor_id, known.app_version) == (
        "SUCCESS",
        "here",
        workflows.STEPS_VERSION,
    )


def test_workflows_are_found_by_their_status_with_the_name_of_their_executor(dbos):
    gate = threading.Event()

    @DBOS.workflow(name="work")
    def work() -> None:
        gate.wait()

    DBOS.launch()
    with SetWorkflowID("one:0"):
        handle = DBOS.start_workflow(work)
    (found,) = workflows.pending()
    assert (found.workflow_id, found.name, found.executor_id) == ("one:0", "work", "here")
    assert workflows.narration_of(found) == "one"
    assert workflows.is_busy(found)
    assert workflows.over() == []
    gate.set()
    handle.get_result()
    assert workflows.pending() == []
    assert [each.workflow_id for each in workflows.over()] == ["one:0"]


def test_what_is_over_can_be_forgotten_and_its_name_is_free_again(dbos):
    ran = []

    @DBOS.workflow(name="work")
    def work(number: int) -> None:
        ran.append(number)

    DBOS.launch()
    for number in range(2):
        with SetWorkflowID("one:0", workflow_id_reuse_policy="reject"):
            DBOS.start_workflow(work, number).get_result()
        DBOS.delete_workflows([each.workflow_id for each in workflows.over()])
        assert DBOS.get_workflow_status("one:0") is None
    assert ran == [0, 1]


def test_of_other_steps_nobody_is_busy(dbos, tmp_path, monkeypatch):
    gate = threading.Event()

    @DBOS.workflow(name="work")
    def work() -> None:
        gate.wait()

    DBOS.launch()
    with SetWorkflowID("one:0"):
        handle = DBOS.start_workflow(work)
    (found,) = workflows.pending()
    monkeypatch.setattr(workflows, "STEPS_VERSION", "another")
    assert not workflows.is_busy(found)
    gate.set()
    handle.get_result()


def test_what_a_step_raises_reaches_the_workflow_as_it_was(dbos):
    met = []

    def refuse() -> None:
        raise ShelfError("the disk is full", subject="shelf", hint="make room")

    @DBOS.workflow(name="work")
    def work() -> None:
        try:
            DBOS.run_step(StepOptions(name="refuse"), refuse)
        except ShelfError as error:
            met.append((error.message, error.hint, DBOS.workflow_id))

    DBOS.launch()
    with SetWorkflowID("one:0"):
        DBOS.start_workflow(work).get_result()
    assert met == [("the disk is full", "make room", "one:0")]


def test_it_can_be_destroyed_and_launched_again_in_one_process(tmp_path):
    ran = []
    for number in range(3):
        configure("sqlite://", tmp_path, f"executor-{number}")

        @DBOS.workflow(name="work")
        def work(number: int) -> None:
            ran.append(number)

        DBOS.launch()
        with SetWorkflowID(f"{number}:0"):
            DBOS.start_workflow(work, number).get_result()
        DBOS.destroy(destroy_registry=True)
    assert ran == [0, 1, 2]


ALONE = """
import sys
from pathlib import Path

touched = []
sys.addaudithook(lambda event, args: event.startswith("socket.") and touched.append((event, args)))

from dbos import DBOS
from aloud.serve.jobs import workflows

workflows.configure("sqlite://", Path(sys.argv[1]), "alone")
work = DBOS.workflow(name="work")(lambda: DBOS.run_step({"name": "step"}, len, "four"))
DBOS.launch()
DBOS.start_workflow(work).get_result()
assert workflows.pending() == []
DBOS.destroy(destroy_registry=True)
for event, args in touched:
    if event not in ("socket.__new__", "socket.gethostname"):
        print(event, args)
print([name for name in sys.modules if name.startswith(("dbos_enterprise", "opentelemetry"))])
"""


@pytest.mark.slow
def test_it_reaches_for_nobody_listens_to_nobody_and_brings_nothing_that_is_not_open(tmp_path):
    """No Conductor, no admin server, no telemetry, no look at what the newest version is."""
    told = subprocess.run(
        [sys.executable, "-c", ALONE, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert told.stdout == "[]\n"
    assert told.stderr == ""


TESTED = {
    "DBOS", "DBOS.cancel_workflow", "DBOS.delete_workflows", "DBOS.destroy",
    "DBOS.get_workflow_status", "DBOS.launch", "DBOS.list_workflows", "DBOS.run_step",
    "DBOS.start_workflow", "DBOS.workflow", "DBOS.workflow_id", "DBOSConfig",
    "INTERNAL_QUEUE_NAME", "SetWorkflowID", "StepOptions", "WorkflowStatus",
    "_get_dbos_instance", "_sys_db.reenqueue_for_recovery", "error.DBOSWorkflowIDInUseError",
}  # fmt: skip


def test_nothing_else_of_it_is_leaned_on():
    """What src uses and what is tested here are the same: neither may change alone."""
    used: set[str] = set()
    for path in Path(aloud.__file__).parent.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        names = {
            alias.asname or alias.name: alias.name
            for node in imports
            if (node.module or "").partition(".")[0] == "dbos"
            for alias in node.names
        }
        modules = [node for node in ast.walk(tree) if isinstance(node, ast.Import)]
        assert not [a for node in modules for a in node.names if a.name.startswith("dbos")]
        used |= set(names.values()) - {"error"}
        for node in ast.walk(tree):
            if not isinstance(node, ast.Attribute):
                continue
            if isinstance(node.value, ast.Name) and names.get(node.value.id) in ("DBOS", "error"):
                used.add(f"{names[node.value.id]}.{node.attr}")
            if isinstance(node.value, ast.Attribute) and node.value.attr == "_sys_db":
                used.add(f"_sys_db.{node.attr}")
    assert used == TESTED
