"""The watch: any number of listeners follow narrations with one look at the library."""

import asyncio
from dataclasses import replace

import pytest

from aloud.errors import LibraryError
from aloud.library import Library
from aloud.library.records import Wish
from aloud.serve.watch import MOST_SEATS, Full, Watch


@pytest.fixture
def library(tmp_path):
    library = Library(tmp_path / "library.db")
    yield library
    library.close()


def narration(library, name):
    accepted = library.articles.accept(
        library.listeners.me().id, url=name, source="url", identity=name, narrate=Wish()
    )
    return accepted.article, library.narrations.current(
        accepted.article.id, library.listeners.me().id
    )


def test_hundreds_who_follow_cost_one_look_and_hear_of_their_own(library):
    one, other = (
        narration(library, "https://x.example/1")[1],
        narration(library, "https://y.example/")[1],
    )
    looks = []

    def look(ids):
        looks.append(ids)
        if len(looks) == 3:
            library.narrations.progress(one.id, 1, 2)
        return library.narrations.some(ids)

    async def follow():
        watch = Watch(look, pause=0.001)
        still = asyncio.create_task(watch.change(other))
        told = await asyncio.gather(*(watch.change(one) for _ in range(300)))
        assert {each.done for each in told} == {1}
        assert not still.done()
        library.narrations.cancel(other.id)
        assert (await still).state == "cancelled"

    asyncio.run(follow())
    assert looks[0] == {one.id, other.id}
    assert len(looks) < 100


def test_what_was_removed_is_told_as_gone(library):
    article, one = narration(library, "https://x.example/1")
    library.articles.remove(library.listeners.me().id, article.id)
    assert asyncio.run(Watch(library.narrations.some, pause=0.001).change(one)) is None


def test_nobody_looks_when_nobody_follows(library):
    _, one = narration(library, "https://x.example/1")
    looks = []

    def look(ids):
        looks.append(ids)
        return ()

    async def follow():
        watch = Watch(look, pause=0.001)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await watch.change(replace(one, done=5))
        assert await watch.change(one) is None
        while watch._looking is not None and not watch._looking.done():
            await asyncio.sleep(0)

    asyncio.run(follow())
    assert looks == [{one.id}]


def test_a_library_that_cannot_be_read_is_told_to_each_who_waits(library):
    _, one = narration(library, "https://x.example/1")
    answers = [LibraryError("it is away"), ()]

    def look(ids):
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def follow():
        watch = Watch(look, pause=0.001)
        told = await asyncio.gather(*(watch.change(one) for _ in range(9)), return_exceptions=True)
        assert {type(each) for each in told} == {LibraryError}
        assert await watch.change(one) is None

    asyncio.run(follow())


def test_a_listener_has_so_many_seats_and_another_has_theirs(library):
    watch, held = Watch(library.narrations.some), []
    for _ in range(MOST_SEATS):
        seat = watch.seat("me")
        seat.__enter__()
        held.append(seat)
    with pytest.raises(Full), watch.seat("me"):
        pass
    with watch.seat("ann"):
        pass
    held.pop().__exit__(None, None, None)
    with watch.seat("me"):
        pass
