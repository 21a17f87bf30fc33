"""Accepting: everything at once or nothing, however often it is sent."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from aloud.errors import Conflict, NotFound, UsageError
from aloud.library import Library, Request, Wish


def test_the_same_address_is_the_same_article_for_everybody(library, accept):
    ann = library.listeners.named("Ann")
    mine, hers, again = accept("a"), accept("a", listener=ann), accept("a")
    assert mine.article.id == hers.article.id == again.article.id
    assert [each.created for each in (mine, hers, again)] == [True, False, False]
    assert [each.added for each in (mine, hers, again)] == [True, True, False]


def test_what_was_sent_is_shared_by_its_identity_and_not_by_its_address(library, me, accept):
    planted = accept("a", source="html", identity="sha256 of what somebody sent")
    assert accept("a").article.id != planted.article.id


def test_article_tags_queue_and_narration_come_together(library, me, accept):
    accepted = accept(
        "a", narrate=Wish("espeak/en", 1), tags=("sea", " sea ", "news"), queue="last"
    )
    entry = library.articles.get(me.id, accepted.article.id)
    assert entry.tags == ("news", "sea")
    assert entry.narration == accepted.narration
    assert entry.narration.state == "waiting"
    assert library.queue.ids(me.id) == (entry.article.id,)


def test_what_cannot_be_accepted_whole_is_not_accepted_at_all(library, me, accept):
    with pytest.raises(UsageError):
        accept("a", tags=("x" * 101,))
    accept("b", request=Request("key", "b"))
    with pytest.raises(Conflict):
        accept("c", request=Request("key", "c"), tags=("t",), queue="last", narrate=Wish())
    assert len(library.articles.entries(me.id).entries) == 1
    assert library.narrations.unfinished() == ()


def test_an_unknown_listener_has_nothing_accepted(library):
    sent = {"url": "https://example.org/a", "source": "url", "identity": "a"}
    for queue in (None, "last"):
        with pytest.raises(NotFound):
            library.articles.accept("nobody", queue=queue, **sent)
    assert library.articles.accept(library.listeners.me().id, **sent).created


def test_accepting_again_brings_it_back_from_the_archive(library, me, accept):
    article_id = accept("a").article.id
    library.articles.update(me.id, article_id, archived=True)
    accept("a")
    assert not library.articles.get(me.id, article_id).archived


def test_an_article_that_failed_is_accepted_anew(library, me, accept):
    article_id = accept("a").article.id
    library.articles.mark(article_id, "failed", error="the page is gone", hint="look elsewhere")
    assert library.articles.record(article_id).hint == "look elsewhere"
    again = accept("a").article
    assert (again.id, again.state, again.error) == (article_id, "accepted", "")


def test_the_same_request_is_answered_as_before_and_changes_nothing(library, me, accept, clock):
    first = accept("a", request=Request("key", "a"), narrate=Wish())
    library.articles.update(me.id, first.article.id, archived=True)
    again = accept("a", request=Request("key", "a"), narrate=Wish("espeak/de"), queue="last")
    assert again.replayed
    assert (again.created, again.added) == (True, True)
    assert again.narration == first.narration
    assert library.queue.ids(me.id) == ()
    assert library.articles.get(me.id, first.article.id).archived
    assert library.requests.find(me.id, Request("key", "a")) == first.article.id


def test_a_request_is_remembered_for_a_day_and_by_its_listener_only(library, me, accept, clock):
    accept("a", request=Request("key", "a"))
    ann = library.listeners.named("Ann")
    assert not accept("b", listener=ann, request=Request("key", "b")).replayed
    with pytest.raises(Conflict):
        library.requests.find(me.id, Request("key", "b"))
    clock.go(hours=24)
    assert library.requests.find(me.id, Request("key", "b")) is None
    assert not accept("b", request=Request("key", "b")).replayed


def test_a_request_is_forgotten_with_its_article(library, me, accept):
    first = accept("a", request=Request("key", "a"))
    accept("a", listener=library.listeners.named("Ann"))
    library.articles.remove(me.id, first.article.id)
    again = accept("a", request=Request("key", "a"))
    assert (again.replayed, again.added) == (False, True)


def test_forty_threads_that_send_one_address_make_one_article(library, me, accept):
    with ThreadPoolExecutor(40) as pool:
        accepted = list(pool.map(lambda _: accept("a", narrate=Wish(), queue="last"), range(40)))
    assert len({each.article.id for each in accepted}) == 1
    assert len({each.narration.id for each in accepted}) == 1
    assert sum(each.created for each in accepted) == sum(each.added for each in accepted) == 1
    assert len(library.queue.ids(me.id)) == 1


def test_forty_threads_that_send_one_request_are_answered_alike(library, me, accept):
    request = Request("key", "a")
    with ThreadPoolExecutor(40) as pool:
        accepted = list(pool.map(lambda _: accept("a", request=request), range(40)))
    assert len({each.article.id for each in accepted}) == 1
    assert len(library.articles.entries(me.id).entries) == 1


SEND = """
import sys
from aloud.library import Library, Wish
library = Library(sys.argv[1])
me = library.listeners.me()
for number in range(25):
    url = f"https://example.org/{number}"
    library.articles.accept(me.id, url=url, source="url", identity=url, narrate=Wish())
    library.articles.accept(me.id, url=url, source="url", identity=url, queue="first")
library.close()
"""


@pytest.mark.slow
def test_two_processes_open_fill_and_share_one_new_library(url):
    command = [sys.executable, "-c", SEND, url]
    both = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    for process in both:
        assert process.communicate()[1] == ""
        assert process.returncode == 0
    library = Library(url)
    (me,) = library.listeners.all()
    assert len(library.articles.entries(me.id).entries) == 25
    assert len(library.queue.ids(me.id)) == len(library.narrations.unfinished()) == 25
    library.close()


def test_removing_and_accepting_at_once_never_loses_what_was_accepted(library, me, accept):
    def come_and_go(name):
        listener = library.listeners.named(name)
        for _ in range(10):
            article_id = accept("a", listener=listener).article.id
            library.articles.get(listener.id, article_id)
            library.articles.remove(listener.id, article_id)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(come_and_go, "abcd"))
    assert library.articles.entries(me.id).entries == ()
    assert accept("a").created
