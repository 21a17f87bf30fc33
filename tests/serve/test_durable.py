"""Durable: narrations are begun, tried again and given up, whatever their steps do."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from dbos import DBOS
from dbos import error as refusals
from dbos._sys_db import SystemDatabase

from aloud import article as articles
from aloud.errors import ExtractError, LibraryError, ShelfError
from aloud.library import Library
from aloud.library.records import Narration, Wish
from aloud.serve.jobs import Jobs, Need
from aloud.serve.jobs.patience import Patience

pytestmark = pytest.mark.slow

HANGS = 60  # seconds


class Bench:
    """A library, and jobs whose only step of a narration is the test's own."""

    def __init__(self, folder: Path) -> None:
        self.library = Library(folder / "library.sqlite")
        self.calls: Counter[str] = Counter()
        self.read: list[str] = []  # in order
        self._folder = folder
        self._jobs: Jobs | None = None

    def run(
        self, step: Callable[[str], None], reading: Callable[[str], None] = lambda narration: None
    ) -> Jobs:
        def read(narration: str) -> None:
            reading(narration)
            self.read.append(narration)
            article = self.library.narrations.get(narration).article_id
            self.library.articles.add_revision(article, articles.plain("The harbour opens."))

        def counted(narration: str) -> None:
            self.calls[narration] += 1
            step(narration)
            self.library.narrations.finish(narration, ())

        self._jobs = Jobs(
            self.library,
            [("read", read)],
            [("step", counted)],
            database_url="sqlite://",
            data=self._folder,
            # A clock that runs so fast that every wait is over by the next look.
            patience=Patience(clock=lambda: time.monotonic() * 1000),
        )
        return self._jobs

    def sent(self, name: str, need: Need = Need.ARCHIVE) -> str:
        me, wish = self.library.listeners.me().id, Wish(None, need)
        accepted = self.library.articles.accept(
            me, url="", source="text", identity=name, narrate=wish
        )
        assert accepted.narration is not None
        return accepted.narration.id

    def ended(self, narration: str) -> Narration:
        return self.seen(narration, lambda found: found.state in ("done", "failed"))

    def seen(self, narration: str, true: Callable[[Narration], Any]) -> Narration:
        until = time.monotonic() + HANGS
        while not true(self.library.narrations.get(narration)):
            assert time.monotonic() < until, self.library.narrations.get(narration)
            time.sleep(0.01)
        return self.library.narrations.get(narration)

    def close(self) -> None:
        if self._jobs is not None:
            self._jobs.close()
        self.library.close()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.close()


def test_what_passes_by_itself_is_tried_until_it_does_and_says_why_it_waits(bench):
    well = threading.Event()

    def step(narration: str) -> None:
        if not well.is_set():
            raise ShelfError("the disk is full", hint="free some space")

    narration = bench.sent("one")
    bench.run(step)
    waiting = bench.seen(narration, lambda found: found.error and found.attempts >= 2)
    assert (waiting.error, waiting.hint) == ("the disk is full", "free some space")
    well.set()
    done = bench.ended(narration)
    assert (done.state, done.error) == ("done", "")


def test_what_will_not_change_is_given_up_at_once(bench):
    def step(narration: str) -> None:
        raise ExtractError("there is no article in it", hint="send what you see")

    narration = bench.sent("one")
    bench.run(step)
    failed = bench.ended(narration)
    assert (failed.state, failed.error) == ("failed", "there is no article in it")
    assert bench.calls == {narration: 1}


def test_a_bug_fails_its_article_once_and_no_other(bench, caplog):
    bad, good = bench.sent("bad"), bench.sent("good")

    def step(narration: str) -> None:
        if narration == bad:
            raise ZeroDivisionError("of a sentence")

    bench.run(step)
    assert bench.ended(good).state == "done"
    failed = bench.ended(bad)
    assert (failed.state, failed.error) == ("failed", "something went wrong inside Aloud")
    assert failed.hint
    assert bench.calls[bad] == 1


def test_many_that_wait_for_their_next_try_do_not_hide_the_ones_behind_them(bench, monkeypatch):
    monkeypatch.setattr("aloud.serve.jobs.durable._SOME", 3)
    monkeypatch.setattr("aloud.serve.jobs.patience.FIRST_WAIT", 1e9)
    bad = [bench.sent(f"bad {n}") for n in range(8)]

    def step(narration: str) -> None:
        if narration in bad:
            raise ShelfError("the disk is full")

    good = bench.sent("good")
    bench.run(step)
    assert bench.ended(good).state == "done"


def test_a_narration_that_another_process_began_a_moment_before_takes_no_slot(bench, monkeypatch):
    narration, other = bench.sent("one"), bench.sent("two")
    real, refused = DBOS.start_workflow, threading.Event()

    def start(work: Callable[..., Any], begun: str) -> Any:
        if begun == narration:
            refused.set()
            raise refusals.DBOSWorkflowIDInUseError(f"{begun}:0", "PENDING", "read")
        return real(work, begun)

    monkeypatch.setattr(DBOS, "start_workflow", start)
    jobs = bench.run(lambda narration: None)
    assert bench.ended(other).state == "done"
    assert refused.wait(HANGS)
    bench.seen(other, lambda found: jobs.running() == 0)
    assert bench.calls == {other: 1}


def test_what_is_posted_is_read_at_once_while_long_articles_take_every_slot(bench):
    long, hold = [bench.sent(f"long {n}") for n in range(2)], threading.Event()

    def speak(narration: str) -> None:
        if narration in long:
            assert hold.wait(HANGS)

    def fetch(narration: str) -> None:
        if narration == wrong:
            raise ExtractError("there is nobody at this address")

    wrong = ""
    jobs = bench.run(speak, fetch)
    for narration in long:
        bench.seen(narration, lambda found: bench.calls[found.id])
    wrong, right = bench.sent("wrong"), bench.sent("right")
    jobs.wake()
    assert bench.ended(wrong).error == "there is nobody at this address"
    bench.seen(right, lambda found: right in bench.read)
    assert set(bench.calls) == set(long)
    assert [bench.library.narrations.get(each).state for each in long] == ["waiting"] * 2
    hold.set()
    assert bench.ended(right).state == "done"


def test_in_either_stage_what_is_needed_most_comes_first(bench, monkeypatch):
    monkeypatch.setattr("aloud.serve.jobs.durable._READERS", 1)
    archive = [bench.sent(f"archive {n}") for n in range(3)]
    queued = bench.sent("queued", Need.QUEUE)
    spoken, hold = [], threading.Event()

    def speak(narration: str) -> None:
        assert hold.wait(HANGS)
        spoken.append(narration)

    bench.run(speak)
    for narration in archive:
        bench.seen(narration, lambda found: found.id in bench.read)
    assert bench.read == [queued, *archive]
    hold.set()
    for narration in (queued, *archive):
        bench.ended(narration)
    assert set(spoken[:2]) == {queued, archive[0]}


def test_an_article_that_was_read_meanwhile_is_not_begun_again(bench):
    narration = bench.sent("one")
    article = bench.library.narrations.get(narration).article_id
    assert bench.library.narrations.again(narration, 0, read=False)
    bench.library.articles.add_revision(article, articles.plain("The harbour opens."))
    assert not bench.library.narrations.again(narration, 1, read=False)
    assert bench.library.narrations.again(narration, 1, read=True)
    assert bench.library.narrations.get(narration).attempts == 2


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """While it is set DBOS can note nothing, as on a full disk."""
    broken = threading.Event()
    run_step, outcome = DBOS.run_step, SystemDatabase.update_workflow_outcome

    def run(*arguments: Any) -> Any:
        if broken.is_set():
            raise OSError("the disk is full")
        return run_step(*arguments)

    def update(self: SystemDatabase, *arguments: Any, **options: Any) -> Any:
        if broken.is_set():
            raise OSError("the disk is full")
        return outcome(self, *arguments, **options)

    monkeypatch.setattr(DBOS, "run_step", run)
    monkeypatch.setattr(SystemDatabase, "update_workflow_outcome", update)
    return broken


def test_one_whose_end_could_not_be_noted_is_begun_again(bench, broken):
    broken.set()
    narration = bench.sent("one")
    bench.run(lambda narration: None)
    bench.seen(narration, lambda found: found.error)
    broken.clear()
    assert bench.ended(narration).state == "done"


def test_one_whose_failure_could_not_be_noted_either_is_begun_again(bench, broken, monkeypatch):
    fail, refused = bench.library.narrations.fail, threading.Event()

    def full(*arguments: str) -> bool:
        if broken.is_set():
            refused.set()
            raise LibraryError("the disk of the library is full")
        return fail(*arguments)

    def step(narration: str) -> None:
        if not refused.is_set():
            broken.set()
        raise ExtractError("there is no article in it")

    monkeypatch.setattr(bench.library.narrations, "fail", full)
    narration = bench.sent("one")
    bench.run(step)
    assert refused.wait(HANGS)
    broken.clear()
    assert bench.ended(narration).error == "there is no article in it"
