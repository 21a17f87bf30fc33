"""What else listeners have: queue, places, lexicon and feeds."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from aloud.article import Role, State
from aloud.errors import Conflict, NotFound, UsageError
from aloud.library import LexiconEntry, Preferences


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


@pytest.mark.parametrize(
    ("there", "added"),
    [("polish", "Polish"), ("Polish", "polish"), ("Xi", "Xi"), ("New York", "New  York "),
     ("café", "cafe\u0301"), ("straße", "STRASSE")],
)  # fmt: skip
def test_entries_that_would_say_the_same_word_are_one(library, me, there, added):
    library.lexicon.add(me.id, there, "this", "en")
    with pytest.raises(Conflict) as refused:
        library.lexicon.add(me.id, added, "that", "en")
    assert refused.value.subject == there


def test_entries_that_no_text_has_in_common_are_two(library, me):
    kept = [library.lexicon.add(me.id, written, "so") for written in ("US", "Us", "it", "its")]
    kept.append(library.lexicon.add(me.id, "us", "so", "en"))
    assert len(library.lexicon.list(me.id)) == len(kept)
    assert library.lexicon.update(me.id, replace(kept[2], written="It")).written == "It"


@pytest.mark.parametrize("language", ["xx-nonsense!", "english", "e", "en_GB", "en-", "e n", "-"])
def test_a_language_that_is_no_tag_is_refused(library, me, language):
    with pytest.raises(UsageError, match="language"):
        library.lexicon.add(me.id, "Xi", "shee", language)


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


def test_the_digest_tells_of_what_is_spoken_per_role(library, me):
    captions, quotes = (Role.CAPTION, State.SPOKEN), (Role.QUOTE, State.SHOWN)
    library.listeners.prefer(
        me.id, lambda before: Preferences(250.0, (("en", "espeak/en-gb"),), "de")
    )
    assert library.lexicon.digest(me.id) == ""
    seen = {""}
    for roles in ((captions,), (quotes,), (captions, quotes)):
        library.listeners.prefer(me.id, lambda before, roles=roles: Preferences(roles=roles))
        seen.add(library.lexicon.digest(me.id))
    assert len(seen) == 4
    library.listeners.prefer(me.id, lambda before: Preferences(roles=(quotes, captions)))
    assert library.lexicon.digest(me.id) in seen


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


def test_a_list_of_feeds_is_followed_in_one_transaction(library, me, monkeypatch):
    there = library.feeds.add(me.id, "https://example.org/0")
    begun = []
    writing = library.feeds._store.writing
    monkeypatch.setattr(library.feeds._store, "writing", lambda: begun.append(1) or writing())
    wanted = [(f"https://example.org/{n}", f"News {n}") for n in (0, 1, 2, 3, 2)]
    added, known = library.feeds.add_all(me.id, wanted)
    assert ([feed.title for feed in added], known) == (["News 1", "News 2", "News 3"], 2)
    assert set(library.feeds.list(me.id)) == {there, *added}
    assert len(begun) == 1
    with pytest.raises(NotFound):
        library.feeds.add_all("nobody", wanted)


def test_what_is_wrong_with_a_feed_stands_beside_it_until_it_is_right(library, me, clock):
    feed = library.feeds.add(me.id, "https://example.org/feed")
    library.feeds.checked(feed.id, next_check=clock(), failures=1, error="no", hint="look")
    assert library.feeds.get(me.id, feed.id).hint == "look"
    library.feeds.checked(feed.id, next_check=clock())
    now = library.feeds.get(me.id, feed.id)
    assert (now.failures, now.error, now.hint) == (0, "", "")


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
