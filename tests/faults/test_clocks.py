"""The clock jumps an hour forward and back: no job is stuck, and none is done twice."""

import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from .conftest import Instance, Process, Watched, narrations_of

pytestmark = pytest.mark.slow

HOUR = 3600  # seconds
ARTICLE = "Report {} has come in\n\nTwo boats hold the line.\n\nAll {} of them went home."
# libfaketime 0.9.10 fails every clock_nanosleep until a monotonic time when it is to leave that
# clock alone, and Python's own sleep is one. Waiting for an event is not.
SLEEP = """
import threading, time
time.sleep = lambda seconds: threading.Event().wait(seconds) and None
"""


class Clock:
    """The clock on the wall of all processes that have its environment."""

    def __init__(self, library: Path, folder: Path) -> None:
        self._file = folder / "clock"
        (folder / "sitecustomize.py").write_text(SLEEP, encoding="utf-8")
        self.environment = {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            # Nobody can set that one: it is what waits are measured by.
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "PYTHONPATH": os.pathsep.join((str(folder), os.environ.get("PYTHONPATH", ""))),
        }
        self.set(0)

    def set(self, seconds: int) -> None:
        """To so many seconds from what it is."""
        new = self._file.with_suffix(".new")
        new.write_text(f"{seconds:+d}s\n")
        new.replace(self._file)


@pytest.fixture
def clock(needs_program: Callable[..., str], tmp_path: Path, watched: Watched) -> Clock:
    faketime = Path(needs_program("faketime"))
    (library,) = faketime.parent.parent.glob("lib/**/libfaketimeMT.so.1")
    (tmp_path / "time").mkdir()
    return Clock(library, tmp_path / "time")


def hour_of(process: Process) -> str:
    """What a process takes for the hour: "Mon, 23 Nov 2026 05:26:41 GMT"."""
    return process.ask("GET", "/healthz").headers["date"][17:19]


@pytest.mark.parametrize(
    "database_url", ["sqlite", pytest.param("postgres", marks=pytest.mark.proof)], indirect=True
)
def test_jobs_go_on_and_are_taken_over_while_the_clock_jumps(instance: Instance, watched, clock):
    instance.environment |= clock.environment
    first, second = instance.process().start(), instance.process().start()
    articles = []
    for number, jump in enumerate((HOUR, -HOUR)):
        said = sum(watched.said().values())
        articles.append(first.post(ARTICLE.format(number, number), watched.voice))
        first.wait_for(lambda said=said: sum(watched.said().values()) > said)
        before = hour_of(first)
        clock.set(jump)
        first.wait_for(lambda before=before: hour_of(first) != before)
    killed, left = (first, second) if watched.holder() == first.pid else (second, first)
    killed.kill()
    clock.set(HOUR)
    watched.go_on()
    articles.append(left.post(ARTICLE.format(2, 2), watched.voice))
    clock.set(0)
    for article in articles:
        left.wait_until(article, "done")
    with closing(instance.library()) as library:
        done = narrations_of(library)
    assert sorted(each.article_id for each, _ in done) == sorted(articles)
    assert all(len(recordings) == 2 for _, recordings in done)


def test_what_is_to_be_tried_again_is_when_the_clock_was_set_back(plain_instance, watched, clock):
    """The next try is due when seconds have passed, not at a time of the day."""
    shelf = plain_instance.folder / "shelf"
    plain_instance.environment |= clock.environment | {"ALOUD_SHELF_URL": str(shelf)}
    process = plain_instance.process().start()
    article = process.post(ARTICLE.format(1, 1), watched.voice)
    process.wait_for(watched.holder)
    shelf.rename(shelf.with_name("away"))
    shelf.write_text("in its place")
    watched.go_on()
    assert process.wait_until(article, "waiting")["error"]
    clock.set(-HOUR)
    shelf.unlink()
    shelf.with_name("away").rename(shelf)
    process.wait_until(article, "done")
