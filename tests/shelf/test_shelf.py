"""The shelf's contract, in a folder and in a bucket: what is put is had back, every bit of it."""

import time
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from aloud.errors import Damaged, Missing, ShelfError
from aloud.shelf import Finding, Health, Usage, content_key

from .conftest import PAYLOAD, key


@pytest.mark.parametrize("data", [b"", b"\0", PAYLOAD, PAYLOAD * 3000], ids=len)
def test_what_was_put_is_had_back(shelf, data):
    shelf.put(key(1), data)
    assert shelf.get(key(1)) == data
    assert shelf.has(key(1))


def test_what_was_never_put_is_not_there(shelf):
    assert shelf.get(key(1)) is None
    assert not shelf.has(key(1))


def test_putting_again_changes_nothing(shelf, lying):
    shelf.put(key(1), PAYLOAD)
    before = lying.keys(), lying.read(key(1))
    shelf.put(key(1), PAYLOAD)
    assert (lying.keys(), lying.read(key(1))) == before


def test_another_process_sees_what_was_put(shelf, open_shelf):
    shelf.put(key(1), PAYLOAD)
    assert open_shelf().get(key(1)) == PAYLOAD


def test_what_is_kept_is_named_by_its_own_bytes_and_lies_there_as_it_is(shelf, lying):
    kept = shelf.keep("pages", PAYLOAD, ".html")
    assert kept == content_key("pages", sha256(PAYLOAD).hexdigest(), ".html")
    assert shelf.read(kept) == lying.read(kept) == PAYLOAD


@pytest.mark.parametrize("size", [0, 1, 6 * 1024 * 1024 + 1])  # the last in several parts
def test_a_file_is_kept_like_its_bytes(shelf, tmp_path, size):
    data = (PAYLOAD * (size // len(PAYLOAD) + 1))[:size]
    (tmp_path / "made.m4a").write_bytes(data)
    kept = shelf.keep("recordings", tmp_path / "made.m4a", ".m4a")
    assert kept == content_key("recordings", sha256(data).hexdigest(), ".m4a")
    assert shelf.read(kept) == data
    assert shelf.file(kept).read_bytes() == data
    assert (tmp_path / "made.m4a").read_bytes() == data


def test_what_is_there_and_whole_is_not_written_again(shelf, lying, tmp_path):
    kept = shelf.keep("pages", PAYLOAD)
    (tmp_path / "same").write_bytes(PAYLOAD)
    before = lying.version(kept)
    assert shelf.keep("pages", PAYLOAD) == shelf.keep("pages", tmp_path / "same") == kept
    assert lying.version(kept) == before


def test_what_is_there_and_damaged_is_written_again(shelf, lying, tmp_path):
    kept = shelf.keep("pages", PAYLOAD)
    (tmp_path / "same").write_bytes(PAYLOAD)
    for again in (PAYLOAD, tmp_path / "same"):
        lying.write(kept, PAYLOAD[:-1])
        assert shelf.keep("pages", again) == kept
        assert shelf.read(kept) == PAYLOAD


def test_a_file_that_cannot_be_read_is_not_kept(shelf, lying, tmp_path):
    with pytest.raises(ShelfError, match="cannot be read"):
        shelf.keep("recordings", tmp_path / "nothing")
    assert lying.keys() == set()


def test_what_was_never_kept_can_be_neither_read_nor_served(shelf):
    with pytest.raises(Missing):
        shelf.read(key(1, "recordings"))
    with pytest.raises(Missing):
        shelf.file(key(1, "recordings"))


def test_what_is_dropped_is_gone_and_dropping_nothing_is_no_mistake(shelf, lying):
    kept = shelf.keep("recordings", PAYLOAD, ".m4a")
    shelf.file(kept)
    for _ in range(2):
        shelf.drop(kept)
        assert not shelf.has(kept)
        with pytest.raises(Missing):
            shelf.file(kept)
    assert lying.keys() == set()


NAME = key(1).rpartition("/")[2]


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "utterances",
        "utterances/ab/ab",
        f"../{key(1)}",
        f"utterances/../{key(1)}",
        f"/{key(1)}",
        f"{key(1)}/",
        f"{key(1)}\n",
        f"{key(1)}.m4a/..",
        f"{key(1)}.a.b",
        f"utterances/ff/{NAME}",
        key(1).upper(),
        f"damaged/{NAME[:2]}/{NAME}",
        f"cache/{NAME[:2]}/{NAME}",
        f".new/{NAME[:2]}/{NAME}",
    ],
)
def test_a_name_that_is_none_is_refused_whatever_is_asked(shelf, bad):
    for ask in (shelf.get, shelf.has, shelf.read, shelf.file, shelf.drop):
        with pytest.raises(ValueError, match="kind/ab/sha256"):
            ask(bad)
    with pytest.raises(ValueError, match="kind/ab/sha256"):
        shelf.put(bad, b"")


@pytest.mark.parametrize(("kind", "suffix"), [("..", ""), ("a/b", ""), ("damaged", ""), ("a", "/")])
def test_a_kind_or_suffix_that_is_none_is_refused(shelf, lying, kind, suffix):
    with pytest.raises(ValueError, match="kind/ab/sha256"):
        shelf.keep(kind, PAYLOAD, suffix)
    assert lying.keys() == set()


def test_usage_counts_each_kind(shelf):
    assert shelf.usage() == ()
    shelf.put(key(1), PAYLOAD)
    shelf.put(key(2), PAYLOAD)
    shelf.keep("pages", PAYLOAD)
    pages, utterances = shelf.usage()
    assert pages == Usage("pages", 1, len(PAYLOAD))
    assert (utterances.kind, utterances.count) == ("utterances", 2)
    assert utterances.bytes > 2 * len(PAYLOAD)  # the seals count too


def test_somebody_elses_files_are_left_alone(shelf, lying):
    strange = {"readme", "lost+found/1", "utterances/notes.txt", "photos/2020/cat.jpg"}
    for name in strange:
        lying.write(name, b"mine")
    shelf.put(key(1), PAYLOAD)
    assert [usage.kind for usage in shelf.usage()] == ["utterances"]
    assert [finding.key for finding in shelf.scrub()] == [key(1)]
    shelf.evict(0)
    shelf.clear(["utterances", "photos"])
    assert lying.keys() == strange


def test_clearing_removes_the_named_kinds_and_says_how_much(shelf):
    shelf.put(key(1), PAYLOAD)
    page = shelf.keep("pages", PAYLOAD)
    freed = shelf.usage()[-1].bytes
    assert shelf.clear(["utterances", "timings"]) == freed
    assert shelf.get(key(1)) is None
    assert shelf.read(page) == PAYLOAD


@pytest.mark.parametrize("kind", ["..", "", "a/b", "*"])
def test_clearing_what_is_no_kind_is_refused(shelf, kind):
    with pytest.raises(ValueError, match="no kind"):
        shelf.clear([kind])


def damage(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])


def test_a_damaged_object_is_never_had_back_and_can_be_made_again(shelf, lying):
    shelf.put(key(1), PAYLOAD)
    lying.write(key(1), damage(lying.read(key(1))))
    with pytest.raises(Damaged) as caught:
        shelf.get(key(1))
    assert key(1) in str(caught.value)
    assert caught.value.hint
    assert shelf.get(key(1)) is None
    shelf.put(key(1), PAYLOAD)
    assert shelf.get(key(1)) == PAYLOAD


@pytest.mark.parametrize("way", ["read", "file"])
def test_a_damaged_file_is_never_served_and_can_be_kept_again(shelf, lying, way):
    kept = shelf.keep("recordings", PAYLOAD, ".m4a")
    lying.write(kept, damage(PAYLOAD))
    with pytest.raises(Damaged):
        getattr(shelf, way)(kept)
    with pytest.raises(Missing):
        getattr(shelf, way)(kept)
    assert shelf.keep("recordings", PAYLOAD, ".m4a") == kept
    assert shelf.file(kept).read_bytes() == PAYLOAD


def test_what_is_moved_aside_can_be_looked_at_and_cleared(shelf, lying):
    shelf.put(key(1), PAYLOAD)
    broken = damage(lying.read(key(1)))
    lying.write(key(1), broken)
    with pytest.raises(Damaged):
        shelf.get(key(1))
    assert lying.read(f"damaged/{key(1)}") == broken
    assert shelf.usage() == (Usage("damaged", 1, len(broken)),)
    assert list(shelf.scrub()) == []
    assert shelf.clear(["damaged"]) == len(broken)
    assert lying.keys() == set()


def test_a_scrub_answers_for_every_object(shelf, lying, tmp_path):
    shelf.put(key(1), PAYLOAD)
    shelf.put(key(2), PAYLOAD)
    kept = shelf.keep("pages", PAYLOAD)
    other = shelf.keep("recordings", PAYLOAD * 2, ".mp3")
    lying.write(key(2), damage(lying.read(key(2))))
    lying.write(other, PAYLOAD)
    found = sorted(shelf.scrub(), key=lambda finding: (finding.kind, finding.state, finding.key))
    assert found == [
        Finding(kept, "pages", Health.WHOLE),
        Finding(other, "recordings", Health.DAMAGED),
        Finding(key(2), "utterances", Health.DAMAGED),
        Finding(key(1), "utterances", Health.WHOLE),
    ]
    assert {finding.state for finding in shelf.scrub()} == {Health.WHOLE}


def test_listening_makes_an_utterance_young_again(open_shelf, lying):
    open_shelf().put(key(1), PAYLOAD)
    put = lying.used(key(1))
    shelf = open_shelf(clock=lambda: datetime.now(UTC) + timedelta(minutes=61))
    until = time.monotonic() + 30
    while lying.used(key(1)) == put:  # S3 tells times in whole seconds
        assert shelf.get(key(1)) == PAYLOAD
        assert time.monotonic() < until
    assert shelf.get(key(1)) == PAYLOAD


def test_two_shelves_on_one_place_can_be_closed_twice(open_shelf):
    one, other = open_shelf(), open_shelf()
    one.put(key(1), PAYLOAD)
    for _ in range(2):
        one.close()
        assert other.get(key(1)) == PAYLOAD
    for _ in range(2):
        other.close()
    assert open_shelf().get(key(1)) == PAYLOAD
