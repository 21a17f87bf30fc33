"""Stopped in the middle: no half file, no hidden folder, no process left behind."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from .conftest import HANGS, PROGRAM

SENTENCE = "The harbour of Saltmere is open again, and the boats come in at noon every day. "
SOME, MANY = 25, 600  # sentences: a while of pacing and encoding; a while of speaking


@contextmanager
def at_step(step: str, sentences: int, voice: str, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """The program at the moment when it says that it begins a step."""
    (folder / "long.txt").write_text(f"Harbour opens again\n\n{SENTENCE * sentences}\n")
    (folder / "tmp").mkdir()
    with subprocess.Popen(
        [*PROGRAM, "listen", "long.txt", "--voice", voice, "-o", "out"],
        cwd=folder,
        env=os.environ | {"TMPDIR": str(folder / "tmp")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # as on a terminal, where Ctrl-C reaches the whole group
    ) as program:
        assert program.stderr is not None
        for line in program.stderr:
            if line.startswith(step):
                break
        yield program


def children(program: subprocess.Popen[str]) -> list[Path]:
    """Where the system shows the processes that a program has started."""
    tasks = Path(f"/proc/{program.pid}/task").iterdir()
    return [Path("/proc", pid) for task in tasks for pid in (task / "children").read_text().split()]


@pytest.mark.parametrize(
    ("step", "sentences", "voice", "sent", "code"),
    [
        ("speaking", MANY, "espeak/en-us", signal.SIGINT, 130),
        pytest.param("speaking", MANY, "espeak/en-us", signal.SIGTERM, 143, marks=pytest.mark.slow),
        pytest.param("speaking", MANY, "espeak/en-us", signal.SIGHUP, 129, marks=pytest.mark.slow),
        pytest.param("pacing", SOME, "tone/beep", signal.SIGINT, 130, marks=pytest.mark.slow),
        pytest.param("pacing", SOME, "tone/beep", signal.SIGTERM, 143, marks=pytest.mark.slow),
        pytest.param("encoding", SOME, "tone/beep", signal.SIGINT, 130, marks=pytest.mark.slow),
        pytest.param("encoding", SOME, "tone/beep", signal.SIGTERM, 143, marks=pytest.mark.slow),
    ],
)
def test_a_narration_that_is_stopped_leaves_nothing(tmp_path, step, sentences, voice, sent, code):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/mine.txt").write_text("mine")
    with at_step(step, sentences, voice, tmp_path) as program:
        workers = children(program)
        assert len(workers) == (voice != "tone/beep")
        os.killpg(program.pid, sent)
        out, err = program.communicate(timeout=HANGS)
    assert program.returncode == code
    assert out == ""
    assert err.splitlines()[-1] == "aloud: stopped; no half file was left"
    assert "Traceback" not in err
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine.txt"]
    assert list((tmp_path / "tmp").iterdir()) == []
    assert not any(worker.exists() for worker in workers)


@pytest.mark.slow
def test_an_engine_that_is_killed_is_no_half_recording(tmp_path):
    with at_step("speaking", MANY, "espeak/en-us", tmp_path) as program:
        (worker,) = children(program)
        os.kill(int(worker.name), signal.SIGKILL)
        out, err = program.communicate(timeout=HANGS)
    assert program.returncode == 5
    assert out == ""
    assert "the engine died" in err
    assert "Traceback" not in err
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.slow
def test_a_reader_that_has_enough_is_no_failure_to_talk_about(tmp_path, page):
    """As in: aloud script … | head -1"""
    (tmp_path / "long.txt").write_text(f"Harbour opens again\n\n{SENTENCE * 2000}\n")
    commands = (["script", "long.txt"], ["voices"], ["--help"])
    for command in commands:
        reading, writing = os.pipe()
        with subprocess.Popen(
            [*PROGRAM, *command], cwd=tmp_path, stdout=writing, stderr=subprocess.PIPE, text=True
        ) as program:
            os.close(writing)
            os.close(reading)
            _, err = program.communicate(timeout=HANGS)
        assert program.returncode == 141
        assert err in ("", "fetching …\n")


@pytest.mark.slow
def test_the_first_line_of_many_can_be_had(tmp_path):
    (tmp_path / "long.txt").write_text(f"Harbour opens again\n\n{SENTENCE * 2000}\n")
    with subprocess.Popen(
        [*PROGRAM, "script", "long.txt"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "Harbour opens again.\n"
        program.stdout.close()
        assert program.stderr is not None
        assert program.stderr.read() == "fetching …\n"
