"""Places: where a listener is in an article, whatever device they left it on."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from aloud.errors import Conflict, NotFound, UsageError
from aloud.library import Place

EARLIEST = datetime.min.replace(tzinfo=UTC)
LATEST = datetime.max.replace(tzinfo=UTC)
WORDS = ("The harbour", "Ships wait outside.", "The château burned.", "Nobody was hurt.")


@pytest.fixture
def ids(read, article):
    """Two articles with the blocks b0 to b3."""
    return [read(name, article(*WORDS)) for name in ("one", "two")]


def test_a_place_is_found_on_every_device(library, me, ids, clock):
    place = Place(ids[0], "b3", 16, clock(), "phone")
    assert library.places.get(me.id, ids[0]) is None
    assert library.places.set(me.id, place) == place == library.places.get(me.id, ids[0])
    assert library.articles.get(me.id, ids[0]).place == place
    later = replace(place, article_id=ids[1], updated=clock.go(minutes=1))
    library.places.set(me.id, later)
    assert library.places.recent(me.id) == (later, place)
    assert library.places.recent(me.id, limit=1) == (later,)


def test_an_older_place_never_takes_the_newer_ones_place(library, me, ids, clock):
    old = Place(ids[0], "b1", 0, clock(), "desk")
    new = Place(ids[0], "b2", 0, clock.go(minutes=5), "phone")
    assert library.places.set(me.id, new) == new
    assert library.places.set(me.id, old) == new
    assert library.places.get(me.id, ids[0]) == new


def test_a_place_from_a_wrong_clock_does_not_stand_for_ever(library, me, ids, clock):
    ahead = Place(ids[0], "b1", 0, clock.go(hours=1), "wrong clock")
    right = Place(ids[0], "b2", 0, clock.go(minutes=-59), "right clock")
    library.places.set(me.id, ahead)
    assert library.places.set(me.id, right) == right


def test_a_device_may_tell_any_time(library, me, ids):
    for end, hours in ((EARLIEST, 14), (LATEST, -12)):
        there = end.replace(tzinfo=timezone(timedelta(hours=hours)))
        library.places.set(me.id, Place(ids[0], "b1", 0, there))
        assert library.places.get(me.id, ids[0]).updated == end


@pytest.mark.parametrize("start", [-1, 17, 2**31, 10**30])
def test_a_place_beyond_its_block_is_refused_with_how_far_it_goes(library, me, ids, start):
    with pytest.raises(UsageError) as refused:
        library.places.set(me.id, Place(ids[0], "b3", start, me.created))
    assert "16" in refused.value.hint
    assert library.places.get(me.id, ids[0]) is None


def test_a_place_in_a_block_that_never_was_is_refused_with_some_that_are(library, me, ids):
    with pytest.raises(NotFound) as refused:
        library.places.set(me.id, Place(ids[0], "b9", 0, me.created))
    assert "b0, b1" in refused.value.hint


def test_there_is_no_place_in_an_article_that_was_not_read(library, me, accept):
    id = accept("three").article.id
    with pytest.raises(Conflict):
        library.places.set(me.id, Place(id, "b0", 0, me.created))


def test_a_place_goes_along_with_its_words_when_the_page_is_read_again(
    library, me, ids, article, clock
):
    library.places.set(me.id, Place(ids[0], "b2", 4, clock(), "phone"))
    again = article(WORDS[0], "An hour ago:", *WORDS[1:])
    library.articles.add_revision(ids[0], again)
    moved = library.places.get(me.id, ids[0])
    assert (moved.block, moved.start, moved.device) == ("b3", 4, "phone")
    library.articles.add_revision(ids[0], again)
    assert library.places.get(me.id, ids[0]) == moved


def test_where_the_words_are_gone_the_place_is_the_end_of_what_is_left_before_them(
    library, me, ids, article, clock
):
    library.places.set(me.id, Place(ids[0], "b2", 4, clock(), "phone"))
    library.articles.add_revision(ids[0], article(WORDS[0], WORDS[1], "Nothing burned."))
    moved = library.places.get(me.id, ids[0])
    assert (moved.block, moved.start) == ("b1", len(WORDS[1]))


def test_a_device_that_shows_an_older_reading_is_understood(library, me, ids, article, clock):
    library.articles.add_revision(ids[0], article(WORDS[0], WORDS[3]))
    told = library.places.set(me.id, Place(ids[0], "b3", 4, clock(), "phone"))
    assert (told.block, told.start) == ("b1", 4)


def test_a_choice_on_a_block_moves_nobody(library, me, ids, clock):
    place = Place(ids[0], "b3", 3, clock(), "phone")
    library.places.set(me.id, place)
    library.articles.choose(ids[0], "b1", None)
    assert library.places.set(me.id, place) == place
