"""Open files: few, shared, closed in time and never out of date for long."""

import asyncio
import hashlib
import os
import random
import threading
from pathlib import Path

import pytest

from aloud.serve.open_files import OpenFiles

SIZE = 1_500_000  # bytes: many chunks, and more than a socket's buffers hold
CONTENT = random.Random(7).randbytes(SIZE)


def shelved(folder: Path, content: bytes = CONTENT, suffix: str = "m4a") -> str:
    name = f"{hashlib.sha256(content).hexdigest()}.{suffix}"
    (folder / name).write_bytes(content)
    return name


@pytest.fixture
def shelf(tmp_path):
    """A folder of recordings, and how often each was looked for."""
    tmp_path.joinpath("shelf").mkdir()
    return tmp_path / "shelf"


def test_a_thousand_who_want_the_same_file_have_it_looked_for_once(shelf):
    name, looked = shelved(shelf), []

    def find(name):
        looked.append(name)
        return shelf / name

    async def crowd():
        files = OpenFiles(find)
        lent = await asyncio.gather(*(files.lend(name) for _ in range(1000)))
        assert len({id(file) for file in lent}) == 1
        assert lent[0].readers == 1000
        for file in lent:
            files.give_back(file)
        files.close()
        assert lent[0].fd == -1

    asyncio.run(crowd())
    assert looked == [name]


def test_one_who_goes_away_does_not_take_the_file_from_the_others(shelf):
    name, allowed = shelved(shelf), threading.Event()

    def find(name):
        allowed.wait(30)
        return shelf / name

    async def two():
        files = OpenFiles(find)
        first, second = (asyncio.create_task(files.lend(name)) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.sleep(0)
        allowed.set()
        assert (await second).size == SIZE
        assert first.cancelled()
        files.close()

    asyncio.run(two())


def test_a_file_is_closed_when_it_is_pushed_out_but_never_under_a_reader(shelf):
    names = [shelved(shelf, bytes([n]) * 100) for n in range(6)]

    async def reading():
        files = OpenFiles(lambda name: shelf / name, most=2)
        kept = await files.lend(names[0])
        for name in names[1:]:
            files.give_back(await files.lend(name))
        assert len(files) == 2
        assert bytes(await kept.read(100, 0)) == bytes(100)
        files.give_back(kept)
        assert kept.fd == -1
        files.close()

    asyncio.run(reading())


def replaced(shelf, name):
    (shelf / "new").write_bytes(b"new" * 1000)
    (shelf / "new").rename(shelf / name)


@pytest.mark.parametrize(
    ("change", "size"),
    [
        (replaced, 3000),
        (lambda shelf, name: (shelf / name).unlink(), None),
        (lambda shelf, name: (shelf / name).rename(shelf / "aside"), None),
        (lambda shelf, name: (shelf / name).write_bytes(b"x"), 1),
    ],
)
def test_a_file_that_is_no_longer_what_it_was_is_noticed_within_a_second(shelf, change, size):
    name, now = shelved(shelf), 0.0

    async def looking():
        nonlocal now
        files = OpenFiles(lambda name: shelf / name, clock=lambda: now)
        files.give_back(await files.lend(name))
        files.give_back(await files.lend(name))
        change(shelf, name)
        now += 1.0
        file = await files.lend(name)
        assert (file and file.size) == size
        files.close()

    asyncio.run(looking())


def test_a_file_system_that_cannot_tell_is_read_in_a_thread():
    folder = Path("/dev/shm")
    if not folder.is_dir():
        pytest.skip("no file system in memory here")
    path = folder / f"aloud-test-{os.getpid()}"
    path.write_bytes(CONTENT)

    async def reading():
        files = OpenFiles(lambda name: path)
        file = await files.lend("a" * 64 + ".mp3")
        assert await file.read(1000, 5) == CONTENT[5:1005]
        files.close()

    try:
        asyncio.run(reading())
    finally:
        path.unlink()
