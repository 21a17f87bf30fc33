"""A shelf of very many objects: nothing holds them all at once, and nothing heavy is loaded."""

import subprocess
import sys

import pytest

from .conftest import key

MANY = 20_000
ALLOWED = 4 * 1024 * 1024  # bytes: some 4,000 names, where all of them would take 20 MiB
LARGE = 24 * 1024 * 1024  # bytes, of a recording

MANY_NAMES = """
with Shelf(sys.argv[1]) as shelf:
    (usage,) = shelf.usage()
    names = sum(1 for _ in shelf.names("utterances"))
    freed = shelf.evict(0)
    shelf.clear(["utterances"])
    print(usage.count, names, freed, *shelf.usage())
"""
ONE_RECORDING = """
with Shelf(sys.argv[1]) as shelf:
    key = shelf.keep("recordings", Path(sys.argv[2]), ".m4a")
    shelf.clear(["cache"])
    print(shelf.file(key).stat().st_size, len(list(shelf.scrub())))
"""
MEASURED = """
import sys, tracemalloc
from pathlib import Path
from aloud.shelf import Shelf

tracemalloc.start()
{}
print(tracemalloc.get_traced_memory()[1])
"""


def measured(script: str, *arguments: object) -> tuple[str, int]:
    """What a script says, and the most bytes it held at once. In a process of its own: what is
    measured is a process, and in that of the tests the threads of other tests are measured too."""
    run = [sys.executable, "-c", MEASURED.format(script), *map(str, arguments)]
    done = subprocess.run(run, capture_output=True, text=True, check=True)
    said, _, most = done.stdout.strip().rpartition("\n")
    return said, int(most)


@pytest.mark.slow
def test_looking_at_very_many_objects_holds_a_page_of_them(tmp_path):
    for number in range(MANY):
        path = tmp_path / key(number)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    said, most = measured(MANY_NAMES, tmp_path)
    assert said == f"{MANY} {MANY} 0"
    assert most < ALLOWED


@pytest.mark.parametrize("way", ["folder", "bucket"])
def test_a_large_recording_is_never_held_whole(tmp_path, s3_url, way):
    (tmp_path / "made").write_bytes(bytes(LARGE))
    place = s3_url if way == "bucket" else tmp_path / "shelf"
    said, most = measured(ONE_RECORDING, place, tmp_path / "made")
    assert said == f"{LARGE} 1"
    assert most < LARGE / 2


def test_a_shelf_loads_nothing_heavy():
    ask = (
        "import sys, aloud.shelf;"
        'print(*sorted({"numpy", "av", "lxml", "fastapi"} & set(sys.modules)))'
    )
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
