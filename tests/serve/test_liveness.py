"""Liveness: a lock says who is alive, and the system takes it from the dead at once."""

import subprocess
import sys
from pathlib import Path

import pytest

from aloud.serve.jobs.liveness import Liveness, new_executor, open_liveness

pytestmark = pytest.mark.slow

HOLD = """
import sys
from pathlib import Path
from aloud.serve.jobs.liveness import open_liveness
held = open_liveness(sys.argv[1], Path(sys.argv[2]), "other")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture(params=["sqlite", "postgres"])
def place(request, tmp_path: Path) -> tuple[str, Path]:
    if request.param == "postgres":
        return request.getfixturevalue("postgres_url"), tmp_path
    return "sqlite://", tmp_path


@pytest.fixture
def mine(place) -> Liveness:
    held = open_liveness(*place, "mine")
    yield held
    held.close()


def other(place) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, place[0], str(place[1])],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "held\n"
    return process


def end(process: subprocess.Popen[str]) -> None:
    process.stdin.close()
    process.stdout.close()
    process.wait()


def test_a_process_that_lives_is_not_taken_for_dead(place, mine):
    process = other(place)
    assert mine.dead(["other"]) == []
    end(process)


def test_a_process_that_was_killed_is_dead_at_once(place, mine):
    process = other(place)
    process.kill()
    process.wait()
    assert mine.dead(["other"]) == ["other"]
    end(process)


def test_a_process_that_ended_in_order_is_dead(place, mine):
    end(other(place))
    assert mine.dead(["other"]) == ["other"]


def test_what_never_lived_is_dead_and_oneself_is_not(place, mine):
    assert mine.dead(["nobody", "mine"]) == ["nobody"]


def test_looking_leaves_no_lock_behind(place, mine):
    assert mine.dead(["nobody"]) == ["nobody"]
    held = open_liveness(*place, "nobody")
    assert mine.dead(["nobody"]) == []
    held.close()


def test_executors_are_never_the_same_twice():
    assert len({new_executor() for _ in range(1000)}) == 1000


def test_a_lock_that_the_database_took_away_is_taken_anew(postgres_url, tmp_path):
    import psycopg

    held = open_liveness(postgres_url, tmp_path, "mine")
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            " AND datname = current_database()"
        )
        assert held.dead(["other"]) == []  # found out, and mended
    looking = open_liveness(postgres_url, tmp_path, "looking")
    assert looking.dead(["mine"]) == []
    held.close()
    looking.close()
