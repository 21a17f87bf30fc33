"""A shelf of very many objects: nothing holds them all at once, and nothing heavy is loaded."""

import subprocess
import sys
import tracemalloc

import pytest

from aloud.shelf import Shelf

from .conftest import key

MANY = 20_000
ALLOWED = 4 * 1024 * 1024  # bytes: some 4,000 names, where all of them would take 20 MiB


@pytest.mark.slow
def test_looking_at_very_many_objects_holds_a_page_of_them(tmp_path):
    for number in range(MANY):
        path = tmp_path / key(number)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    shelf = Shelf(tmp_path)
    tracemalloc.start()
    try:
        (usage,) = shelf.usage()
        assert usage.count == MANY
        assert sum(1 for _ in shelf._store.list("utterances")) == MANY
        assert shelf.evict(0) == 0
        assert tracemalloc.get_traced_memory()[1] < ALLOWED
        shelf.clear(["utterances"])
        assert tracemalloc.get_traced_memory()[1] < ALLOWED
    finally:
        tracemalloc.stop()
    assert shelf.usage() == ()


@pytest.mark.parametrize("way", ["folder", "bucket"])
def test_a_large_recording_is_never_held_whole(tmp_path, s3_url, way):
    size = 24 * 1024 * 1024
    (tmp_path / "made").write_bytes(bytes(size))
    tracemalloc.start()
    try:
        with Shelf(s3_url if way == "bucket" else tmp_path / "shelf") as shelf:
            kept = shelf.keep("recordings", tmp_path / "made", ".m4a")
            shelf.clear(["cache"])
            shelf.file(kept)
            assert len(list(shelf.scrub())) == 1
        assert tracemalloc.get_traced_memory()[1] < size / 2
    finally:
        tracemalloc.stop()


def test_a_shelf_loads_nothing_heavy():
    ask = (
        "import sys, aloud.shelf;"
        'print(*sorted({"numpy", "av", "lxml", "fastapi"} & set(sys.modules)))'
    )
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
