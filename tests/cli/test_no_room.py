"""Folders that cannot be written, and full disks: no half file stays, and advice is given."""

import os
import resource
import shlex
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from .conftest import HANGS, PROGRAM, Ran

pytestmark = pytest.mark.slow

LONG = "The harbour is open again and the boats come in. " * 40
KILOBYTES = 64  # of the small disk: room for captions and a beginning, not for the audio


@pytest.fixture
def long(tmp_path: Path) -> Path:
    path = tmp_path / "long.txt"
    path.write_text(f"Harbour opens again\n\n{LONG}\n", encoding="utf-8")
    return path


def test_a_file_in_the_folders_place_is_left_alone(aloud, page, tmp_path):
    (tmp_path / "taken").write_text("mine")
    ran = aloud("listen", page, "-o", "taken")
    assert "a file stands where the folder should be" in ran.failed(6)
    assert (tmp_path / "taken").read_text() == "mine"


def test_a_folder_inside_a_file_cannot_be_made(aloud, page, tmp_path):
    (tmp_path / "taken").write_text("mine")
    ran = aloud("say", "One.", "-o", "taken/deep/speech.wav")
    assert "choose another folder" in ran.failed(6)
    assert (tmp_path / "taken").read_text() == "mine"


def test_a_folder_that_takes_no_files_is_named(aloud, page, tmp_path):
    """/proc takes none, not even from root; other users meet a folder without permission too."""
    places = [Path("/proc")]
    if os.geteuid():
        (tmp_path / "locked").mkdir(mode=0o500)
        places.append(tmp_path / "locked")
    for place in places:
        assert str(place) in aloud("listen", page, "-o", place).failed(6)


def limited(*arguments: object, cwd: Path) -> Ran:
    """The program where no file may grow beyond the small disk's size."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (KILOBYTES * 1024,) * 2)

    done = subprocess.run(
        [*PROGRAM, *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=cwd,
        preexec_fn=limit,
        timeout=HANGS,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def small_disk(*arguments: object, cwd: Path, over: str) -> tuple[Ran, str] | None:
    """The program where ``over`` is a small disk of its own, and what it left there; None where
    this user may mount nothing, not even in a namespace."""
    command = shlex.join([*PROGRAM, *map(str, arguments)])
    script = (
        f"mount -t tmpfs -o size={KILOBYTES}k small {over} || exit 99\n"
        f"{command}; code=$?; ls -A {over} > left.txt; exit $code"
    )
    for unshare in (["unshare", "-m"], ["unshare", "-Urm"]):
        if not shutil.which("unshare"):
            return None
        done = subprocess.run(
            [*unshare, "sh", "-c", script],
            capture_output=True,
            text=True,
            cwd=cwd,
            timeout=HANGS,
            check=False,
            env=os.environ | {"TMPDIR": str(cwd / "tmp")},
        )
        if (cwd / "left.txt").exists():
            ran = Ran(done.returncode, done.stdout, done.stderr)
            return ran, (cwd / "left.txt").read_text()
    return None


@pytest.mark.parametrize("kind", ["m4a", "mp3", "opus", "wav"])
def test_a_full_disk_keeps_no_half_file(long, tmp_path, kind):
    (tmp_path / "full").mkdir()
    (tmp_path / "tmp").mkdir()
    command = ("listen", long, "--voice", "tone/beep", "-f", kind, "-o", "full")
    met = small_disk(*command, cwd=tmp_path, over="full")
    if met is None:
        ran = limited(*command, cwd=tmp_path)
        left = "".join(path.name for path in (tmp_path / "full").iterdir())
        assert "larger than this disk allows" in ran.failed(6)
    else:
        ran, left = met
        assert "full: the disk is full" in ran.failed(6)
        assert "free some space" in ran.err
    assert left == ""


def test_a_full_folder_for_temporary_files_is_told_from_the_folder_for_products(long, tmp_path):
    for name in ("out", "tmp"):
        (tmp_path / name).mkdir()
    command = ("listen", long, "--voice", "tone/beep", "-o", "out")
    met = small_disk(*command, cwd=tmp_path, over="tmp")
    ran = limited(*command, cwd=tmp_path) if met is None else met[0]
    assert "TMPDIR" in ran.failed(6)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_file_that_may_not_grow_is_no_silent_end(long, tmp_path):
    (tmp_path / "out").mkdir()
    ran = limited("listen", long, "--voice", "tone/beep", "-o", "out", cwd=tmp_path)
    assert "larger than this disk allows" in ran.failed(6)
    assert list((tmp_path / "out").iterdir()) == []
