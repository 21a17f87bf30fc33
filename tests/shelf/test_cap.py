"""The cap: the least recently used go first, the rest stays, and nobody needs to ask."""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aloud.errors import ShelfError
from aloud.shelf import Shelf, seal
from aloud.shelf.cap import oldest
from aloud.shelf.shelved import Stored

from .conftest import PAYLOAD, key

START = datetime(2026, 1, 1, tzinfo=UTC)
SIZE = len(PAYLOAD) + seal.HEADER  # of one object as it lies there
STORED = st.builds(
    Stored,
    key=st.uuids().map(str),
    size=st.integers(0, 100),
    used=st.integers(0, 5).map(lambda hours: START + timedelta(hours=hours)),
)
OBJECTS = st.lists(STORED, max_size=20, unique_by=lambda one: one.key)


def taken(shelf: Shelf, kind: str = "utterances") -> int:
    return sum(usage.bytes for usage in shelf.usage() if usage.kind == kind)


def aged(root: Path, name: str, hours: float) -> None:
    then = time.time() - hours * 3600
    os.utime(root / name, (then, then))


@given(OBJECTS, st.integers(-10, 600))
def test_the_oldest_go_first_and_no_more_of_them_than_is_needed(objects, excess):
    going = oldest(objects, excess)
    staying = [one for one in objects if one not in going]
    assert all(one.used <= other.used for one in going for other in staying)
    assert [one.used for one in going] == sorted(one.used for one in going)
    freed = sum(one.size for one in going)
    assert freed >= min(excess, sum(one.size for one in objects))
    assert not going or freed - going[-1].size < excess


def test_evicting_frees_the_least_recently_used_down_to_the_limit(tmp_path):
    shelf = Shelf(tmp_path)
    for number in range(8):
        shelf.put(key(number), PAYLOAD)
        aged(tmp_path, key(number), hours=8 - number)
    assert shelf.get(key(0)) == PAYLOAD  # and so it is the youngest
    assert shelf.evict(3 * SIZE) == 5 * SIZE
    assert [number for number in range(8) if shelf.has(key(number))] == [0, 6, 7]


def test_what_was_used_within_the_hour_is_not_written_to(tmp_path):
    shelf = Shelf(tmp_path)
    shelf.put(key(1), PAYLOAD)
    aged(tmp_path, key(1), hours=0.9)
    before = (tmp_path / key(1)).stat().st_mtime_ns
    assert shelf.get(key(1)) == PAYLOAD
    assert (tmp_path / key(1)).stat().st_mtime_ns == before
    aged(tmp_path, key(1), hours=1.1)
    assert shelf.get(key(1)) == PAYLOAD
    assert (tmp_path / key(1)).stat().st_mtime_ns > before


def test_evicting_touches_nothing_but_utterances(shelf, lying):
    page = shelf.keep("pages", PAYLOAD)
    recording = shelf.keep("recordings", PAYLOAD, ".m4a")
    shelf.put(key(1), PAYLOAD)
    shelf.put(key(1, "timings"), PAYLOAD)
    assert shelf.evict(0) >= SIZE
    assert lying.keys() == {page, recording, key(1, "timings")}


def test_evicting_below_the_limit_frees_nothing(shelf):
    shelf.put(key(1), PAYLOAD)
    assert shelf.evict(SIZE) == 0
    assert shelf.has(key(1))


def test_the_cap_holds_while_utterances_are_put(open_shelf):
    shelf = open_shelf(10 * SIZE)
    for number in range(40):
        shelf.put(key(number), PAYLOAD)
        assert taken(shelf) <= 10 * SIZE
        assert shelf.get(key(number)) == PAYLOAD  # never the one that was just made
    assert taken(shelf) >= 7 * SIZE  # and not a quarter of it is given away


def test_the_cap_holds_for_utterances_and_says_nothing_of_pages(open_shelf):
    shelf = open_shelf(4 * SIZE)
    for number in range(10):
        shelf.keep("pages", PAYLOAD + bytes([number]))
        shelf.put(key(number), PAYLOAD)
    assert taken(shelf) <= 4 * SIZE
    assert taken(shelf, "pages") == 10 * (len(PAYLOAD) + 1)


@pytest.mark.slow
def test_the_cap_holds_for_four_on_one_place_that_do_not_know_of_each_other(tmp_path):
    small = PAYLOAD[:100]
    cap = 200 * (len(small) + seal.HEADER)
    shelves = [Shelf(tmp_path, cap) for _ in range(4)]
    for number in range(400):
        shelves[number * 7 % 4].put(key(number), small)
        if number > 150 and number % 10 == 0:
            assert taken(shelves[0]) <= cap


def test_an_utterance_larger_than_the_cap_is_kept_alone(open_shelf):
    shelf = open_shelf(SIZE)
    shelf.put(key(1), PAYLOAD)
    shelf.put(key(2), PAYLOAD * 2)
    assert shelf.get(key(2)) == PAYLOAD * 2
    assert not shelf.has(key(1))


def test_a_shelf_that_cannot_be_counted_is_counted_the_next_time(tmp_path, monkeypatch):
    shelf = Shelf(tmp_path, 3 * SIZE)
    for number in range(2):
        shelf.put(key(number), PAYLOAD)

    def away(kind: str) -> None:
        raise ShelfError("away")

    with monkeypatch.context() as patch:
        patch.setattr(shelf._store, "list", away)
        with pytest.raises(ShelfError):
            shelf.put(key(2), PAYLOAD)
    for number in range(3, 9):
        shelf.put(key(number), PAYLOAD)
        assert taken(shelf) <= 3 * SIZE


PUTS = """
import sys
from pathlib import Path
from aloud.shelf import Shelf, content_key
shelf = Shelf(sys.argv[1], int(sys.argv[2]))
for number in range(int(sys.argv[3]), int(sys.argv[4])):
    shelf.put(content_key("utterances", f"{number:064x}"[::-1]), bytes(5000))
"""


@pytest.mark.slow
def test_the_cap_holds_for_two_processes_at_once(tmp_path):
    cap = 200 * (5000 + seal.HEADER)
    command = [sys.executable, "-c", PUTS, str(tmp_path), str(cap)]
    running = [subprocess.Popen([*command, *part]) for part in (["0", "500"], ["500", "1000"])]
    shelf = Shelf(tmp_path)
    while any(process.poll() is None for process in running):
        assert taken(shelf) <= cap
    assert [process.wait() for process in running] == [0, 0]
    assert 0.7 * cap <= taken(shelf) <= cap
