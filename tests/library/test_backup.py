"""Backups: one file, either database, all or nothing."""

import json
import random
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from hashlib import sha256

import pytest

from aloud.errors import Conflict, LibraryError
from aloud.library import Library

pytestmark = pytest.mark.slow


def everything(library):
    """All that can be asked of a library, as one value."""
    told = [library.keys(), library.narrations.counts(), library.listeners.tokens()]
    for listener in library.listeners.all():
        listed = library.articles.entries(listener.id)
        told += [listener, listed, library.queue.items(listener.id)]
        told += [library.listeners.preferences(listener.id), library.places.recent(listener.id)]
        told += [library.lexicon.list(listener.id), library.feeds.list(listener.id)]
        told += [library.feeds.seen(feed.id, "guid") for feed in library.feeds.list(listener.id)]
        told += [library.search(listener.id, query) for query in ("harb", "schloss", "oster", "京")]
        for entry in listed.entries:
            for number in range(1, entry.article.revision + 1):
                told.append(library.articles.article(entry.article.id, number))
            if entry.narration:
                told.append(library.narrations.recordings(entry.narration.id))
    return told


@pytest.fixture
def backup(library, filled, tmp_path):
    path = tmp_path / "library.zip"
    library.backup(path)
    return path


@pytest.mark.slow
def test_a_backup_of_one_database_is_restored_into_the_other(library, backup, other_url, clock):
    other = Library(other_url, clock=clock)
    other.restore(backup)
    assert everything(other) == everything(library)
    me = other.listeners.me()  # and it goes on
    assert other.articles.accept(me.id, url="d", source="url", identity="d").created
    other.close()


def test_a_backup_leaves_the_library_and_the_folder_as_they_were(library, filled, tmp_path):
    before = everything(library)
    library.backup(tmp_path / "library.zip")
    library.backup(tmp_path / "library.zip")
    assert everything(library) == before
    assert {file.name for file in tmp_path.iterdir()} <= {
        "library.zip", "open.db", "open.db-wal", "open.db-shm", "open.db.lock",
    }  # fmt: skip


def test_a_library_that_holds_something_is_replaced_only_when_told(library, me, backup, accept):
    accept("later")
    now = everything(library)
    with pytest.raises(Conflict):
        library.restore(backup)
    assert everything(library) == now
    library.restore(backup, replace=True)
    assert len(library.articles.entries(me.id).entries) == 1


@pytest.mark.slow
def test_what_is_accepted_during_a_backup_is_in_it_whole_or_not_at_all(
    library, me, read, article, tmp_path, other_url
):
    def send(number):
        read(f"n{number}", article(f"Head {number}", "Text."), tags=("t",), queue="last")

    with ThreadPoolExecutor(4) as pool:
        sending = [pool.submit(send, number) for number in range(30)]
        library.backup(tmp_path / "library.zip")
        for each in sending:
            each.result()
    other = Library(other_url)
    other.restore(tmp_path / "library.zip")
    for entry in other.articles.entries(me.id).entries:
        assert entry.tags == ("t",)
    assert set(other.queue.ids(me.id)) == {
        entry.article.id for entry in other.articles.entries(me.id).entries
    }
    other.close()


@pytest.mark.slow
def test_a_flipped_bit_is_found_and_nothing_is_changed(library, me, backup, accept, seed, tmp_path):
    drawn, whole = random.Random(seed), backup.read_bytes()
    before = everything(library)
    damaged = tmp_path / "damaged.zip"
    for _ in range(100):
        data = bytearray(whole)
        data[drawn.randrange(len(data))] ^= 1 << drawn.randrange(8)
        damaged.write_bytes(data)
        with suppress(LibraryError):
            library.restore(damaged, replace=True)
        # A bit that says nothing (a date inside the zip) may flip: what is restored is the same.
        assert everything(library) == before


@pytest.mark.parametrize("length", [0, 1, 100, -1])
def test_half_a_backup_is_no_backup(library, backup, length):
    backup.write_bytes(backup.read_bytes()[:length])
    with pytest.raises(LibraryError, match="damaged"):
        library.restore(backup, replace=True)


def rewritten(path, **changed):
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    head = {**json.loads(parts["library.json"]), **changed}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in {**parts, "library.json": json.dumps(head).encode()}.items():
            archive.writestr(name, data)
    return path


def test_a_backup_from_before_a_column_is_restored_with_its_default(library, me, backup):
    with zipfile.ZipFile(backup) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    rows = [json.loads(line) for line in parts["listeners.jsonl"].splitlines()]
    assert all(row.pop("roles") for row in rows)
    parts["listeners.jsonl"] = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
    head = json.loads(parts["library.json"])
    head["schema"] = "r0002"
    head["tables"]["listeners"]["sha256"] = sha256(parts["listeners.jsonl"]).hexdigest()
    with zipfile.ZipFile(backup, "w") as archive:
        for name, data in {**parts, "library.json": json.dumps(head).encode()}.items():
            archive.writestr(name, data)
    library.restore(backup, replace=True)
    assert library.listeners.preferences(me.id).roles == ()
    assert library.listeners.preferences(me.id).wpm == 250.0


@pytest.mark.parametrize("changed", [{"version": 2}, {"schema": "r9999"}])
def test_a_backup_of_a_newer_aloud_is_refused_with_advice(library, backup, changed):
    with pytest.raises(LibraryError) as refused:
        library.restore(rewritten(backup, **changed), replace=True)
    assert "upgrade" in refused.value.hint


@pytest.mark.parametrize("changed", [{"aloud": "article"}, {"tables": {}}, {"version": None}])
def test_what_is_no_backup_is_refused(library, backup, changed):
    with pytest.raises(LibraryError):
        library.restore(rewritten(backup, **changed), replace=True)


def test_a_backup_that_cannot_be_written_or_found_says_so(library, tmp_path):
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file" / "library.zip", tmp_path / "none" / "library.zip"):
        with pytest.raises(LibraryError) as failed:
            library.backup(path)
        assert str(path) in str(failed.value)
        with pytest.raises(LibraryError) as failed:
            library.restore(path)
        assert failed.value.hint


def test_numbers_and_times_come_back_as_they_were(library, filled, backup, me, recording):
    narration = library.articles.get(me.id, filled).narration
    kept = library.narrations.recordings(narration.id)
    library.restore(backup, replace=True)
    assert library.narrations.recordings(narration.id) == kept
    assert kept == (recording(narration.id, filled),)
