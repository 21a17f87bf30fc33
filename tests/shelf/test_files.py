"""Files to serve from: verified once, fetched once, and never another's bytes."""

import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aloud.errors import Damaged, ShelfError
from aloud.shelf import Shelf
from aloud.shelf.folder import Folder

from .conftest import PAYLOAD, Lying


@pytest.fixture
def reads(monkeypatch) -> list[str]:
    """The keys of files that were read through."""
    seen: list[str] = []
    real = Folder.pieces

    def pieces(self, key):
        seen.append(key)
        return real(self, key)

    monkeypatch.setattr(Folder, "pieces", pieces)
    return seen


def test_a_file_is_verified_once_and_then_only_looked_at(tmp_path, reads):
    shelf = Shelf(tmp_path)
    kept = shelf.keep("recordings", PAYLOAD, ".m4a")
    reads.clear()
    for _ in range(3):
        assert shelf.file(kept) == tmp_path / kept
    assert reads == [kept]


@pytest.mark.parametrize("change", ["time", "size", "inode"])
def test_a_file_that_is_not_the_same_any_more_is_verified_again(tmp_path, change):
    shelf = Shelf(tmp_path)
    kept = shelf.keep("recordings", PAYLOAD, ".m4a")
    path = shelf.file(kept)
    before = path.stat()
    if change == "inode":
        (tmp_path / "other").write_bytes(PAYLOAD[:-1] + b"?")
        os.utime(tmp_path / "other", ns=(before.st_atime_ns, before.st_mtime_ns))
        (tmp_path / "other").replace(path)
    else:
        path.write_bytes(PAYLOAD[:-1] + b"?" * (2 if change == "size" else 1))
        later = before.st_mtime_ns + (1 if change == "time" else 0)
        os.utime(path, ns=(before.st_atime_ns, later))
    with pytest.raises(Damaged):
        shelf.file(kept)


def test_a_file_that_only_grew_younger_is_served(tmp_path, reads):
    shelf = Shelf(tmp_path)
    kept = shelf.keep("recordings", PAYLOAD, ".m4a")
    os.utime(shelf.file(kept))
    assert shelf.file(kept).read_bytes() == PAYLOAD


def test_a_thousand_who_ask_at_once_cause_one_reading(tmp_path, reads):
    shelf = Shelf(tmp_path)
    kept = shelf.keep("recordings", PAYLOAD, ".m4a")
    reads.clear()
    ready = threading.Barrier(50)

    def ask() -> None:
        ready.wait()
        for _ in range(20):
            assert shelf.file(kept) == tmp_path / kept

    everybody = [threading.Thread(target=ask) for _ in range(50)]
    for one in everybody:
        one.start()
    for one in everybody:
        one.join()
    assert reads == [kept]


def test_what_was_verified_long_ago_is_forgotten_and_verified_again(tmp_path, reads, monkeypatch):
    monkeypatch.setattr("aloud.shelf.files._REMEMBERED", 2)
    shelf = Shelf(tmp_path)
    kept = [shelf.keep("recordings", bytes([number])) for number in range(3)]
    reads.clear()
    for key in (*kept, kept[2], kept[1], kept[0]):
        shelf.file(key)
    assert reads == [*kept, kept[0]]


@pytest.fixture
def copying(s3_url, tmp_path):
    """A shelf in a bucket, with its copies in a folder that can be looked at."""
    with Shelf(s3_url, cache=tmp_path / "copies", cache_bytes=100 * len(PAYLOAD)) as shelf:
        yield shelf


def test_a_buckets_file_is_fetched_once(copying, s3_url, tmp_path):
    with Shelf(s3_url) as elsewhere:
        kept = elsewhere.keep("recordings", PAYLOAD, ".m4a")
    path = copying.file(kept)
    assert path == tmp_path / "copies" / kept
    assert path.read_bytes() == PAYLOAD
    Lying(s3_url).write(kept, b"not asked any more")
    assert copying.file(kept) == path
    assert path.read_bytes() == PAYLOAD


def test_a_damaged_copy_is_fetched_again(copying):
    kept = copying.keep("recordings", PAYLOAD, ".m4a")
    copying.file(kept).write_bytes(PAYLOAD[::-1])
    assert copying.file(kept).read_bytes() == PAYLOAD
    assert copying.read(kept) == PAYLOAD


def test_a_damaged_object_of_a_bucket_leaves_no_copy(copying, s3_url, tmp_path):
    kept = copying.keep("recordings", PAYLOAD, ".m4a")
    copying.clear(["cache"])
    Lying(s3_url).write(kept, PAYLOAD[::-1])
    with pytest.raises(Damaged):
        copying.file(kept)
    assert [path for path in (tmp_path / "copies").rglob("*") if path.is_file()] == []


def test_what_was_made_here_is_served_without_fetching(copying, s3_url, tmp_path):
    (tmp_path / "made").write_bytes(PAYLOAD)
    kept = copying.keep("recordings", tmp_path / "made", ".m4a")
    Lying(s3_url).write(kept, b"not asked")
    assert copying.file(kept).read_bytes() == PAYLOAD


def test_copies_are_bounded_and_the_least_recently_used_go_first(s3_url, tmp_path):
    cap = 8 * len(PAYLOAD)
    later = [timedelta(0)]
    with Shelf(
        s3_url,
        cache=tmp_path / "copies",
        cache_bytes=cap,
        clock=lambda: datetime.now(UTC) + later[0],
    ) as shelf:
        kept = [shelf.keep("recordings", PAYLOAD + bytes([n])) for n in range(6)]
        for number, name in enumerate(kept):
            path = shelf.file(name)
            then = datetime.now(UTC).timestamp() - 10_000 + number
            os.utime(path, (then, then))
        assert shelf.file(kept[0]) == path.parents[2] / kept[0]  # and so it is the youngest
        for number in range(6, 20):
            shelf.file(shelf.keep("recordings", PAYLOAD + bytes([number])))
            copies = [copy for copy in (tmp_path / "copies").rglob("*") if copy.is_file()]
            assert sum(copy.stat().st_size for copy in copies) <= cap
            assert number > 6 or path.parents[2] / kept[0] in copies
        assert all(shelf.read(name) for name in kept)  # the bucket has them still


def test_a_shelfs_own_copies_go_with_it(s3_url):
    with Shelf(s3_url) as shelf:
        path = shelf.file(shelf.keep("recordings", PAYLOAD))
        assert path.exists()
    assert not path.exists()
    assert not path.parents[2].exists()


def test_copies_stay_where_their_folder_was_named(s3_url, tmp_path):
    with Shelf(s3_url, cache=tmp_path) as shelf:
        kept = shelf.keep("recordings", PAYLOAD)
        shelf.file(kept)
    assert (tmp_path / kept).read_bytes() == PAYLOAD


def test_usage_tells_copies_apart_and_clearing_them_leaves_the_bucket(copying):
    kept = copying.keep("recordings", PAYLOAD)
    copying.file(kept)
    assert [(u.kind, u.bytes) for u in copying.usage()] == [
        ("recordings", len(PAYLOAD)),
        ("cache", len(PAYLOAD)),
    ]
    assert copying.clear(["cache"]) == len(PAYLOAD)
    assert [usage.kind for usage in copying.usage()] == ["recordings"]


def test_a_recording_is_kept_although_its_copy_finds_no_room(s3_url, tmp_path, monkeypatch):
    (tmp_path / "made").write_bytes(PAYLOAD)
    with Shelf(s3_url) as shelf:

        def full(self, file, key):
            raise ShelfError("the disk is full")

        with monkeypatch.context() as patch:
            patch.setattr(Folder, "name", full)
            kept = shelf.keep("recordings", tmp_path / "made")
        assert shelf.read(kept) == PAYLOAD
        assert shelf.file(kept).read_bytes() == PAYLOAD


def test_a_shelf_may_stand_behind_a_link(tmp_path):
    (tmp_path / "real").mkdir()
    Path(tmp_path / "link").symlink_to(tmp_path / "real")
    shelf = Shelf(tmp_path / "link")
    kept = shelf.keep("pages", PAYLOAD)
    assert shelf.file(kept) == tmp_path / "link" / kept
    assert [finding.key for finding in shelf.scrub()] == [kept]
