"""A folder on a disk that is full, read-only or closed, and processes that die: never half."""

import contextlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from aloud.errors import Missing, ShelfError
from aloud.shelf import Health, Shelf

from .conftest import PAYLOAD, key

HANGS = 120  # seconds: longer than any of these programs takes on a slow machine


def files(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_a_name_is_given_only_to_bytes_that_are_on_the_disk(tmp_path, monkeypatch):
    """Bytes, then the name, then the folder that holds it: the order that outlives a power cut."""
    shelf = Shelf(tmp_path)
    done: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def flushed(handle: int) -> None:
        done.append(f"flush {Path(f'/proc/self/fd/{handle}').readlink().relative_to(tmp_path)}")
        fsync(handle)

    def renamed(self: Path, target: Path) -> Path:
        done.append(f"name {target.relative_to(tmp_path)}")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", flushed)
    monkeypatch.setattr(Path, "replace", renamed)
    shelf.put(key(1), PAYLOAD)
    folder = key(1).rpartition("/")[0]
    made, *before, named, after = done
    assert made.startswith("flush .new/")
    assert before == ["flush .", "flush utterances"]  # where the folders were made
    assert (named, after) == (f"name {key(1)}", f"flush {folder}")


def test_nothing_is_left_beside_what_was_put(tmp_path):
    shelf = Shelf(tmp_path)
    shelf.put(key(1), PAYLOAD)
    kept = shelf.keep("pages", PAYLOAD)
    assert files(tmp_path) == sorted([key(1), kept])


def test_a_file_that_is_gone_half_way_leaves_nothing(tmp_path):
    shelf = Shelf(tmp_path / "shelf")
    with pytest.raises(ShelfError, match="cannot be read"):
        shelf.keep("recordings", tmp_path)  # a folder cannot be read as a file is
    assert files(tmp_path) == []


def test_a_shelf_cannot_stand_in_a_file(tmp_path):
    (tmp_path / "taken").write_text("mine")
    for place in (tmp_path / "taken", tmp_path / "taken/deep"):
        with pytest.raises(ShelfError, match="a file stands where a folder should be"):
            Shelf(place)


@pytest.mark.parametrize("instead", ["nothing", "an empty folder", "a file"])
def test_a_shelf_whose_disk_is_taken_away_says_so_and_works_again(tmp_path, instead):
    """And does not fill the disk under the place where its own was mounted."""
    root = tmp_path / "shelf"
    shelf = Shelf(root)
    shelf.put(key(1), PAYLOAD)
    root.rename(tmp_path / "away")
    if instead == "an empty folder":
        root.mkdir()
    elif instead == "a file":
        root.write_text("in the way")
    asked = (
        lambda: shelf.put(key(2), PAYLOAD),
        lambda: shelf.keep("pages", PAYLOAD),
        lambda: shelf.get(key(1)),
        lambda: shelf.has(key(1)),
        lambda: shelf.drop(key(1)),
        lambda: shelf.file(key(1)),
        lambda: shelf.evict(0),
        lambda: list(shelf.scrub()),
        shelf.usage,
        shelf.check,
    )
    for ask in asked:
        with pytest.raises(ShelfError, match="the folder is gone"):
            ask()
    if root.is_dir():
        root.rmdir()
    root.unlink(missing_ok=True)
    (tmp_path / "away").rename(root)
    shelf.put(key(2), PAYLOAD)
    assert shelf.get(key(1)) == shelf.get(key(2)) == PAYLOAD


def test_an_object_that_cannot_be_read_is_found_and_the_others_are_too(tmp_path, monkeypatch):
    shelf = Shelf(tmp_path)
    for number in range(3):
        shelf.put(key(number), PAYLOAD)
    real = Path.open

    def dying(self, *arguments, **options):
        if self == tmp_path / key(1):
            raise OSError(5, "Input/output error")
        return real(self, *arguments, **options)

    monkeypatch.setattr(Path, "open", dying)
    states = {finding.key: finding.state for finding in shelf.scrub()}
    assert states == {key(0): Health.WHOLE, key(1): Health.UNREADABLE, key(2): Health.WHOLE}
    with pytest.raises(ShelfError, match="could not give or take all bytes"):
        shelf.get(key(1))
    assert (tmp_path / key(1)).exists()


def test_what_is_freed_while_it_is_scrubbed_is_nobodys_fault(tmp_path, monkeypatch):
    shelf = Shelf(tmp_path)
    for number in range(3):
        shelf.put(key(number), PAYLOAD)
    found = []
    for finding in shelf.scrub():
        found.append(finding)
        shelf.evict(0)
    assert {finding.state for finding in found} == {Health.WHOLE}
    assert shelf.usage() == ()


HOLDS = """
import sys
from pathlib import Path
from aloud.shelf.folder import Folder
with Folder(Path(sys.argv[1])).stage() as file:
    file.write(b"half")
    file.flush()
    print("made", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def half_way(tmp_path):
    """A process in the middle of putting something."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"made\n"
        yield process
        process.kill()


def test_what_a_killed_process_left_half_made_is_swept_at_the_next_opening(half_way, tmp_path):
    half_way.kill()
    half_way.wait()
    assert len(files(tmp_path / ".new")) == 1
    Shelf(tmp_path)
    assert files(tmp_path) == []


def test_what_a_living_process_is_making_is_not_swept(half_way, tmp_path):
    os.utime(next((tmp_path / ".new").iterdir()), (0, 0))  # however long it takes
    Shelf(tmp_path)
    assert len(files(tmp_path / ".new")) == 1


def test_without_locks_only_what_is_a_day_old_is_swept(tmp_path, monkeypatch):
    Shelf(tmp_path).put(key(1), PAYLOAD)
    for name in ("old", "young"):
        (tmp_path / ".new" / name).write_bytes(b"half")
    os.utime(tmp_path / ".new/old", (0, 0))

    def no_locks(file, operation):
        raise OSError(37, "No locks available")

    monkeypatch.setattr("fcntl.flock", no_locks)
    shelf = Shelf(tmp_path)
    assert files(tmp_path) == [".new/young", key(1)]
    shelf.put(key(2), PAYLOAD)
    assert shelf.get(key(2)) == PAYLOAD


PUTS = """
import itertools, os, sys
from pathlib import Path
from aloud.shelf import Shelf, content_key, seal
root, way = Path(sys.argv[1]), sys.argv[2]
shelf = Shelf(root)

def half(key, data):
    path, data = root / key, seal.sealed(key, data)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        for at in range(0, len(data), 65536):
            file.write(data[at : at + 65536])
            os.fsync(file.fileno())

put = shelf.put if way == "atomic" else half
payload = bytes(range(256)) * 2048
for number in itertools.count():
    # Old names are written over as well as new ones.
    put(content_key("utterances", f"{number % 20:064x}"[::-1]), payload)
    print(number, flush=True)
"""


def killed_while_putting(root: Path, way: str, kills: int, seed: int) -> list[Health]:
    """The state of every object after each kill."""
    chance, found = random.Random(seed), []
    for _ in range(kills):
        process = subprocess.Popen(
            [sys.executable, "-c", PUTS, str(root), way], stdout=subprocess.PIPE
        )
        with process:
            assert process.stdout is not None
            assert process.stdout.readline()
            begun, puts = time.monotonic(), chance.randrange(2, 12)
            for _ in range(puts):
                assert process.stdout.readline()
            each = (time.monotonic() - begun) / puts
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(chance.random() * each)  # anywhere within the next put
            process.kill()
        shelf = Shelf(root)
        found += [finding.state for finding in shelf.scrub()]
        assert files(root / ".new") == []
    return found


@pytest.mark.slow
def test_a_process_that_is_killed_leaves_no_half_object(tmp_path, seed):
    found = killed_while_putting(tmp_path, "atomic", kills=12, seed=seed)
    assert len(found) > 12
    assert set(found) == {Health.WHOLE}


@pytest.mark.slow
def test_the_proof_above_would_find_a_half_object(tmp_path, seed):
    """The same bytes as durably, but under their name from the start: so the name is what helps."""
    assert Health.DAMAGED in killed_while_putting(tmp_path, "half", kills=12, seed=seed)


FULL = """
import sys
from pathlib import Path
from aloud.errors import ShelfError
from aloud.shelf import Shelf, content_key
root = Path(sys.argv[1])
shelf = Shelf(root)
keys = [content_key("utterances", f"{number:064x}"[::-1]) for number in range(100)]
(Path.cwd() / "made").write_bytes(bytes(100_000))
put = 0
try:
    for key in keys:
        shelf.put(key, bytes(20_000))
        put += 1
except ShelfError as error:
    print(error.message, "|", error.hint)
try:
    shelf.keep("recordings", Path.cwd() / "made")
except ShelfError as error:
    print(error.message, "|", error.hint)
whole = all(shelf.get(key) == bytes(20_000) for key in keys[:put])
left = [path.name for path in (root / ".new").iterdir()]
print(0 < put < 100, whole, shelf.get(keys[put]), left, {f.state.value for f in shelf.scrub()})
shelf.clear(["utterances"])
shelf.put(keys[99], bytes(20_000))
print(shelf.get(keys[99]) == bytes(20_000), len(shelf.keep("recordings", Path.cwd() / "made")))
"""

READ_ONLY = """
import subprocess, sys
from pathlib import Path
from aloud.errors import Damaged, Missing, ShelfError
from aloud.shelf import Shelf, content_key
root = Path(sys.argv[1])
key, other = (content_key("utterances", digit * 64) for digit in "ab")
shelf = Shelf(root)
shelf.put(key, b"said")
shelf.put(other, b"said")
(root / other).write_bytes(b"damaged")
page = shelf.keep("pages", b"read")
subprocess.run(["mount", "-o", "remount,ro", root], check=True)
shelf = Shelf(root)
print(shelf.get(key), shelf.read(page), shelf.file(page).read_bytes(), len(shelf.usage()))
for _ in range(2):
    try:
        shelf.get(other)
    except Damaged as error:
        print("damaged")
for ask in (lambda: shelf.put(key, b"said"), lambda: shelf.keep("pages", b"new"), shelf.check,
            lambda: shelf.drop(key), lambda: shelf.evict(0), lambda: Shelf(root / "new")):
    try:
        ask()
    except ShelfError as error:
        print(error.message, "|", error.hint)
subprocess.run(["mount", "-o", "remount,rw", root], check=True)
shelf.put(key, b"said")
print(shelf.get(key))
"""


def on_a_small_disk(script: str, folder: Path) -> list[str]:
    """What the script says of a disk of 256 KiB that is its own."""
    (folder / "disk").mkdir()
    (folder / "script.py").write_text(script)
    mount = "mount -t tmpfs -o size=256k small disk || exit 99"
    command = f'{mount}; "$0" script.py disk'
    for unshare in (["unshare", "-m"], ["unshare", "-Urm"]):
        if shutil.which("unshare"):
            done = subprocess.run(
                [*unshare, "sh", "-c", command, sys.executable],
                cwd=folder,
                capture_output=True,
                text=True,
                timeout=HANGS,
                check=False,
            )
            if done.returncode == 0 or "Traceback" in done.stderr:
                assert done.returncode == 0, done.stderr
                return done.stdout.splitlines()
    pytest.skip("this user may mount nothing, not even in a namespace")


def test_a_full_disk_is_told_and_leaves_nothing_half_and_works_again(tmp_path):
    first, second, found, again = on_a_small_disk(FULL, tmp_path)
    assert first == second == "the disk is full | free some space, or see what can go: aloud shelf"
    assert found == "True True None [] {'whole'}"
    assert again.startswith("True 78")


def test_a_disk_that_becomes_read_only_can_be_read_and_says_what_it_refuses(tmp_path):
    read, *damaged, put, keep, check, drop, evict, new, again = on_a_small_disk(READ_ONLY, tmp_path)
    assert read == "b'said' b'read' b'read' 2"
    assert damaged == ["damaged"] * 2  # it cannot be moved aside, and is never handed out
    for refused in (put, keep, check, drop, evict, new):
        assert refused.startswith("the disk is read-only | ")
        assert "ALOUD_SHELF_URL" in refused
    assert again == "b'said'"


CLOSED = """
import os, sys
from aloud.errors import ShelfError
from aloud.shelf import Shelf, content_key
import obstore
if not os.geteuid():
    os.setuid(65534)
key = content_key("utterances", "a" * 64)
shelf = Shelf(sys.argv[1])
print(shelf.get(key), shelf.get(content_key("utterances", "b" * 64)))
for ask in (lambda: shelf.put(key, b"said"), shelf.check, lambda: shelf.drop(key),
            lambda: Shelf(sys.argv[1] + "/new")):
    try:
        ask()
    except ShelfError as error:
        print(error.message, "|", error.hint)
"""


def test_a_folder_that_belongs_to_somebody_else_can_be_read_and_says_what_it_refuses():
    # Not tmp_path: nobody but its owner may look into that.
    with tempfile.TemporaryDirectory() as closed:
        name = "utterances/aa/" + "a" * 64
        Shelf(closed).put(name, b"said")
        for path in (Path(closed), *Path(closed).rglob("*")):
            path.chmod(0o555 if path.is_dir() else 0o444)
        done = subprocess.run(
            [sys.executable, "-c", CLOSED, closed], capture_output=True, text=True, check=False
        )
        for path in (Path(closed), *Path(closed).rglob("*")):
            path.chmod(0o755)
    assert done.returncode == 0, done.stderr
    read, *refused = done.stdout.splitlines()
    assert read == "b'said' None"
    assert len(refused) == 4
    assert all(line.startswith("the folder may not be used | give the folder") for line in refused)


def test_a_file_that_vanishes_between_look_and_reading_is_missing(tmp_path, monkeypatch):
    shelf = Shelf(tmp_path)
    kept = shelf.keep("pages", PAYLOAD)
    real = shelf._local.stat

    def vanishing(name):
        found = real(name)
        (tmp_path / kept).unlink()
        return found

    monkeypatch.setattr(shelf._local, "stat", vanishing)
    with pytest.raises(Missing):
        shelf.read(kept)
