"""What else listeners have: queue, places, lexicon and feeds."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from aloud.errors import Conflict, NotFound, UsageError
from aloud.library import LexiconEntry, Place

EARLIEST = datetime.min.replace(tzinfo=UTC)
LATEST = datetime.max.replace(tzinfo=UTC)


@pytest.fixture
def ids(accept):
    return tuple(accept(str(number)).article.id for number in range(4))


def test_a_queue_is_filled_moved_and_emptied(library, me, ids):
    a, b, c, d = ids
    queue = library.queue
    for each in (a, b, c):
        queue.add(me.id, each)
    queue.add(me.id, b)
    assert queue.ids(me.id) == (a, b, c)
    queue.add(me.id, d, first=True)
    queue.add(me.id, c, first=True)
    assert queue.ids(me.id) == (c, d, a, b)
    queue.move(me.id, c, 2)
    queue.move(me.id, b, -5)
    queue.move(me.id, d, 10**30)
    assert queue.ids(me.id) == (b, a, c, d)
    queue.remove(me.id, a)
    assert [entry.article.id for entry in queue.items(me.id)] == [b, c, d]
    queue.replace(me.id, (d, a, d))
    assert queue.ids(me.id) == (d, a)
    queue.replace(me.id, ())
    assert queue.items(me.id) == ()


def test_what_does_not_stand_in_the_queue_is_not_moved(library, me, ids):
    for change in (library.queue.remove, lambda *who: library.queue.move(*who, 0)):
        with pytest.raises(NotFound):
            change(me.id, ids[0])


def test_a_queue_stays_as_it_was_when_one_of_the_new_is_unknown(library, me, ids):
    library.queue.replace(me.id, ids)
    with pytest.raises(NotFound):
        library.queue.replace(me.id, (ids[0], "nothing"))
    assert library.queue.ids(me.id) == ids


def test_threads_that_change_a_queue_at_once_lose_nothing(library, me, accept):
    ids = [accept(str(number)).article.id for number in range(20)]
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda each: library.queue.add(me.id, each), ids))
        list(pool.map(lambda each: library.queue.move(me.id, each, 0), ids))
    assert sorted(library.queue.ids(me.id)) == sorted(ids)


def test_a_place_is_found_on_every_device(library, me, ids, clock):
    place = Place(ids[0], "b3", 17, clock(), "phone")
    assert library.places.get(me.id, ids[0]) is None
    assert library.places.set(me.id, place) == place == library.places.get(me.id, ids[0])
    assert library.articles.get(me.id, ids[0]).place == place
    later = replace(place, article_id=ids[1], updated=clock.go(minutes=1))
    library.places.set(me.id, later)
    assert library.places.recent(me.id) == (later, place)
    assert library.places.recent(me.id, limit=1) == (later,)


def test_an_older_place_never_takes_the_newer_ones_place(library, me, ids, clock):
    old = Place(ids[0], "b1", 0, clock(), "desk")
    new = Place(ids[0], "b9", 0, clock.go(minutes=5), "phone")
    assert library.places.set(me.id, new) == new
    assert library.places.set(me.id, old) == new
    assert library.places.get(me.id, ids[0]) == new


def test_a_place_from_a_wrong_clock_does_not_stand_for_ever(library, me, ids, clock):
    ahead = Place(ids[0], "b1", 0, clock.go(hours=1), "wrong clock")
    right = Place(ids[0], "b2", 0, clock.go(minutes=-59), "right clock")
    library.places.set(me.id, ahead)
    assert library.places.set(me.id, right) == right


def test_a_device_may_say_anything(library, me, ids):
    for start in (-1, 2**31, 10**30):
        with pytest.raises(UsageError):
            library.places.set(me.id, Place(ids[0], "b1", start, me.created))
    for end, hours in ((EARLIEST, 14), (LATEST, -12)):
        there = end.replace(tzinfo=timezone(timedelta(hours=hours)))
        library.places.set(me.id, Place(ids[0], "b1", 0, there))
        assert library.places.get(me.id, ids[0]).updated == end


def test_a_lexicon_is_kept_in_order(library, me):
    xi = library.lexicon.add(me.id, "Xi", "shee", "en", "ʃiː")
    li = library.lexicon.add(me.id, "li", "lee")
    assert library.lexicon.list(me.id) == (li, xi)
    changed = replace(li, spoken="leigh")
    assert library.lexicon.update(me.id, changed) == library.lexicon.get(me.id, li.id) == changed
    library.lexicon.remove(me.id, xi.id)
    assert library.lexicon.list(me.id) == (changed,)


def test_a_word_is_said_in_one_way_a_language(library, me):
    library.lexicon.add(me.id, "Xi", "shee")
    english = library.lexicon.add(me.id, "Xi", "shee", "en")
    library.lexicon.add(library.listeners.named("Ann").id, "Xi", "ksee")
    for language in (None, "en"):
        with pytest.raises(Conflict):
            library.lexicon.add(me.id, "Xi", "ksee", language)
    with pytest.raises(Conflict):
        library.lexicon.update(me.id, replace(english, language=None))


def test_a_pronunciation_needs_both_sides(library, me):
    for written, spoken in [("", "x"), ("x", " "), ("x" * 201, "x"), ("x", "x" * 201)]:
        with pytest.raises(UsageError):
            library.lexicon.add(me.id, written, spoken)


def test_nobody_changes_the_words_of_another(library, me):
    hers = library.lexicon.add(library.listeners.named("Ann").id, "Xi", "shee")
    for refused in (
        lambda: library.lexicon.get(me.id, hers.id),
        lambda: library.lexicon.update(me.id, hers),
        lambda: library.lexicon.remove(me.id, hers.id),
        lambda: library.lexicon.update(me.id, LexiconEntry("nothing", "a", "b")),
        lambda: library.lexicon.add("nobody", "a", "b"),
    ):
        with pytest.raises(NotFound):
            refused()


def test_the_digest_of_a_lexicon_tells_what_is_said_and_nothing_else(library, me):
    ann = library.listeners.named("Ann")
    assert library.lexicon.digest(me.id) == ""
    for listener, order in ((me, ("a", "b")), (ann, ("b", "a"))):
        for written in order:
            library.lexicon.add(listener.id, written, written.upper())
    same = library.lexicon.digest(me.id)
    assert same == library.lexicon.digest(ann.id)
    library.lexicon.add(me.id, "c", "C")
    assert library.lexicon.digest(me.id) != same


def test_a_feed_is_due_when_its_time_has_come(library, me, clock):
    feed = library.feeds.add(me.id, "https://example.org/feed", "News")
    assert library.feeds.due(clock()) == (feed,)
    before, later = clock.go(minutes=59), clock.go(minutes=1)
    library.feeds.checked(feed.id, next_check=later, etag='"1"', failures=1, error="it was away")
    assert library.feeds.due(before) == ()
    (due,) = library.feeds.due(later)
    assert (due.etag, due.failures, due.error, due.title) == ('"1"', 1, "it was away", "News")
    library.feeds.checked(feed.id, next_check=later, title="The News")
    now = library.feeds.get(me.id, feed.id)
    assert (now.etag, now.failures, now.error, now.title) == ('"1"', 0, "", "The News")


def test_a_paused_feed_is_not_due(library, me, clock):
    feed = library.feeds.add(me.id, "https://example.org/feed")
    assert library.feeds.pause(me.id, feed.id, True).paused
    assert library.feeds.due(clock.go(days=1)) == ()
    assert not library.feeds.claim(library.feeds.get(me.id, feed.id), clock())
    assert library.feeds.pause(me.id, feed.id, False).next_check == clock()
    assert len(library.feeds.due(clock())) == 1


def test_one_process_asks_a_feed(library, me, clock):
    feed = library.feeds.add(me.id, "https://example.org/feed")
    until = clock.go(minutes=5)
    with ThreadPoolExecutor(8) as pool:
        claimed = list(pool.map(lambda _: library.feeds.claim(feed, until), range(8)))
    assert claimed.count(True) == 1
    assert library.feeds.get(me.id, feed.id).next_check == until


def test_a_feed_is_followed_once_by_each(library, me):
    url = "https://example.org/" + "x" * 9000
    library.feeds.add(me.id, url)
    library.feeds.add(library.listeners.named("Ann").id, url)
    with pytest.raises(Conflict):
        library.feeds.add(me.id, url)
    with pytest.raises(NotFound):
        library.feeds.add("nobody", url)
    assert len(library.feeds.list(me.id)) == 1


def test_an_item_is_new_exactly_once(library, me, accept):
    feed = library.feeds.add(me.id, "https://example.org/feed")
    article_id = accept("a").article.id
    guid = "https://example.org/" + "x" * 9000
    assert not library.feeds.seen(feed.id, guid)
    with ThreadPoolExecutor(8) as pool:
        marked = pool.map(lambda _: library.feeds.mark_seen(feed.id, guid, article_id), range(8))
        assert list(marked).count(True) == 1
    library.articles.remove(me.id, article_id)
    assert library.feeds.seen(feed.id, guid)


def test_a_feed_goes_and_its_articles_stay(library, me, accept):
    feed = library.feeds.add(me.id, "https://example.org/feed")
    article_id = accept("a").article.id
    library.feeds.mark_seen(feed.id, "guid", article_id)
    library.feeds.remove(me.id, feed.id)
    assert library.articles.get(me.id, article_id)
    assert not library.feeds.mark_seen(feed.id, "guid")
    for refused in (
        library.feeds.get,
        library.feeds.remove,
        lambda *a: library.feeds.pause(*a, True),
    ):
        with pytest.raises(NotFound):
            refused(me.id, feed.id)


@pytest.mark.parametrize("spoken", ["…", "- - -", "\u200b"])
def test_an_entry_that_would_silence_a_word_is_refused(library, me, spoken):
    with pytest.raises(UsageError, match="cannot be said"):
        library.lexicon.add(me.id, "harbour", spoken)
    assert library.lexicon.list(me.id) == ()
