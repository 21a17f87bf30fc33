"""Narrations: found or made, in order of need, ended once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aloud.article import State
from aloud.errors import Conflict, NotFound
from aloud.library import FINISHED, UNFINISHED, Library, Wish


@pytest.fixture
def narration(library, read, harbour, me):
    return library.narrations.ask(read("a", harbour), me.id, "espeak/en-gb", 1)


def done(library, narration, revision=1):
    library.narrations.advance(narration.id, "mastering", revision=revision, voice="espeak/en-gb")
    assert library.narrations.finish(narration.id, ())


def test_the_same_wish_is_answered_by_the_same_narration(library, me, narration):
    again = library.narrations.ask(narration.article_id, me.id, "espeak/en-gb", 1)
    assert again == narration == library.narrations.current(narration.article_id, me.id)
    done(library, narration)
    again = library.narrations.ask(narration.article_id, me.id, "espeak/en-gb", 0)
    assert (again.id, again.state, again.priority) == (narration.id, "done", 1)


def test_a_more_urgent_wish_makes_it_more_urgent_and_never_less(library, me, narration):
    asked = [library.narrations.ask(narration.article_id, me.id, "espeak/en-gb", n) for n in (0, 2)]
    assert [each.priority for each in asked] == [0, 0]
    assert {each.id for each in asked} == {narration.id}
    assert not library.narrations.raise_priority(narration.id, 1)


def test_another_voice_another_word_or_another_revision_makes_a_new_one(library, me, narration):
    ask, article_id = library.narrations.ask, narration.article_id
    other = ask(article_id, me.id, "espeak/de", 1)
    usual = ask(article_id, me.id, None, 1)
    library.lexicon.add(me.id, "château", "shatto")
    said = ask(article_id, me.id, None, 1)
    done(library, said)
    library.articles.choose(article_id, "b1", State.REMOVED)
    chosen = ask(article_id, me.id, None, 1)
    fresh = ask(article_id, me.id, None, 1, fresh=True)
    made = (narration, other, usual, said, chosen, fresh)
    assert len({each.id for each in made}) == 6
    assert library.narrations.current(article_id, me.id) == fresh


def test_only_the_last_wish_for_an_article_is_worked_on(library, me, narration):
    other = library.narrations.ask(narration.article_id, me.id, "espeak/de", 1)
    assert library.narrations.get(narration.id).state == "cancelled"
    assert library.narrations.unfinished() == (other,)


def test_going_back_to_a_voice_finds_what_was_made_with_it(library, me, narration):
    done(library, narration)
    library.narrations.ask(narration.article_id, me.id, "espeak/de", 1)
    latest = library.narrations.latest(narration.article_id, me.id)
    assert latest.id == narration.id
    assert library.narrations.latest(narration.article_id, me.id, "espeak/de") is None
    back = library.narrations.ask(narration.article_id, me.id, "espeak/en-gb", 1)
    assert back == latest == library.narrations.current(narration.article_id, me.id)


@pytest.mark.parametrize("end", ["failed", "cancelled"])
def test_a_wish_after_the_end_makes_a_new_one(library, me, narration, end):
    if end == "failed":
        library.narrations.fail(narration.id, "it broke", "mend it")
    else:
        library.narrations.cancel(narration.id)
    assert library.narrations.ask(narration.article_id, me.id, "espeak/en-gb").id != narration.id


def test_what_becomes_known_on_the_way_is_kept(library, narration, clock):
    clock.go(seconds=5)
    assert library.narrations.advance(narration.id, "reading")
    assert library.narrations.advance(narration.id, "speaking", revision=1, voice="v", total=9)
    assert library.narrations.progress(narration.id, 3, 10)
    assert library.narrations.note(narration.id, "the disk is full", "make room")
    now = library.narrations.get(narration.id)
    assert (now.state, now.revision, now.voice, now.done, now.total) == ("waiting", 1, "v", 3, 10)
    assert (now.error, now.hint, now.updated) == ("the disk is full", "make room", clock())


def test_a_beginning_is_counted_by_one_process_only(library, narration):
    with ThreadPoolExecutor(8) as pool:
        began = list(pool.map(lambda _: library.narrations.again(narration.id, 0), range(8)))
    assert began.count(True) == 1
    assert library.narrations.get(narration.id).attempts == 1
    assert library.narrations.again(narration.id, 1)


def test_what_is_needed_most_comes_first(library, me, accept, clock):
    wishes = []
    for name, priority in [("a", 2), ("b", 1), ("c", 2), ("d", 0), ("e", 1)]:
        clock.go(seconds=1)
        wishes.append(accept(name, narrate=Wish(priority=priority)).narration.id)
    a, b, c, d, e = wishes
    assert [each.id for each in library.narrations.unfinished()] == [d, b, e, a, c]
    assert library.narrations.raise_priority(c, 0)
    library.narrations.cancel(d)
    assert [each.id for each in library.narrations.unfinished(limit=2)] == [c, b]


def test_the_states_are_counted_with_none_left_out(library, narration, accept):
    accept("b", narrate=Wish())
    library.narrations.fail(narration.id, "no")
    counts = dict(library.narrations.counts())
    assert counts == dict.fromkeys((*UNFINISHED, *FINISHED), 0) | {"waiting": 1, "failed": 1}


def test_a_narration_is_finished_once_and_with_all_its_recordings(library, narration, recording):
    files = tuple(recording(narration.id, narration.article_id, kind) for kind in ("m4a", "mp3"))
    with ThreadPoolExecutor(16) as pool:
        ended = list(pool.map(lambda _: library.narrations.finish(narration.id, files), range(16)))
    assert ended.count(True) == 1
    assert library.narrations.recordings(narration.id) == files
    assert library.narrations.recording_by_sha(files[1].sha256) == files[1]
    assert library.narrations.get(narration.id).state == "done"
    assert [each.id for each in library.narrations.done()] == [narration.id]


def test_recordings_that_cannot_both_be_kept_are_neither(library, narration, recording):
    file = recording(narration.id, narration.article_id)
    with pytest.raises(Conflict):
        library.narrations.finish(narration.id, (file, file))
    assert library.narrations.recordings(narration.id) == ()
    assert library.narrations.get(narration.id).state == "waiting"


def test_given_up_by_one_process_and_ended_by_another_is_done(library, narration):
    library.narrations.fail(narration.id, "it broke")
    assert not library.narrations.advance(narration.id, "speaking")
    assert library.narrations.finish(narration.id, ())
    assert not library.narrations.fail(narration.id, "it broke")
    assert library.narrations.get(narration.id).error == ""


def test_what_failed_can_be_tried_again(library, narration):
    assert not library.narrations.retry(narration.id)
    library.narrations.fail(narration.id, "it broke", "mend it")
    assert library.narrations.retry(narration.id)
    assert library.narrations.get(narration.id).state == "waiting"


def test_an_end_is_not_reached_by_advancing(library, narration):
    for state in FINISHED:
        with pytest.raises(ValueError, match="is an end"):
            library.narrations.advance(narration.id, state)


def test_an_unknown_narration_is_told_from_one_that_stands_still(library):
    assert not library.narrations.cancel("nothing")
    assert not library.narrations.again("nothing", 0)
    with pytest.raises(NotFound):
        library.narrations.get("nothing")


WORK = {
    "reading": lambda n, i: n.advance(i, "reading", revision=1),
    "speaking": lambda n, i: n.advance(i, "speaking"),
    "progress": lambda n, i: n.progress(i, 1, 2),
    "note": lambda n, i: n.note(i, "later"),
    "again": lambda n, i: n.again(i, n.get(i).attempts),
    "urgent": lambda n, i: n.raise_priority(i, -1),
    "fail": lambda n, i: n.fail(i, "no"),
    "cancel": lambda n, i: n.cancel(i),
    "finish": lambda n, i: n.finish(i, ()),
}


@pytest.fixture(scope="module")
def one_library(tmp_path_factory):
    library = Library(tmp_path_factory.mktemp("narrations") / "library.db")
    yield library
    library.close()


@given(
    before=st.lists(st.sampled_from(sorted(WORK))), after=st.lists(st.sampled_from(sorted(WORK)))
)
def test_whatever_happens_nothing_comes_back_from_being_cancelled_or_done(
    one_library, before, after
):
    me, narrations = one_library.listeners.me(), one_library.narrations
    accepted = one_library.articles.accept(me.id, url="a", source="url", identity="a")
    narration_id = narrations.ask(accepted.article.id, me.id, fresh=True).id
    for name in before:
        WORK[name](narrations, narration_id)
    narrations.cancel(narration_id)
    ended = narrations.get(narration_id)
    for name in after:
        changed = WORK[name](narrations, narration_id)
        assert not changed or (ended.state, name) == ("failed", "finish")
        if changed:
            ended = narrations.get(narration_id)
    assert ended.state in FINISHED
    assert narrations.get(narration_id) == ended


@pytest.fixture
def recorded(library, recording):
    """``recorded(narration, revision)`` is done, with a file of its own, or of that ``name``."""

    def finish(narration, revision, voice="espeak/en-gb", name=""):
        name = name or narration.id
        library.narrations.advance(narration.id, "mastering", revision=revision, voice=voice)
        made = recording(narration.id, narration.article_id)
        made = replace(made, key=f"recordings/{name}", timing_key=f"timings/{name}")
        assert library.narrations.finish(narration.id, (made,))
        return narration.id

    return finish


def test_a_recording_of_older_words_is_superseded_when_a_newer_one_is_long_done(
    library, me, narration, clock, recorded
):
    article = narration.article_id
    old = recorded(narration, 1)
    clock.go(days=1)
    library.articles.choose(article, "b1", State.REMOVED)
    asked = library.narrations.ask(article, me.id, "espeak/en-gb", 1)
    clock.go(days=30)
    assert library.narrations.superseded(clock()) == ()  # the newer one is not done
    new = recorded(asked, 2)
    done_at = clock()
    clock.go(days=1)
    assert library.narrations.superseded(done_at) == ()
    assert library.narrations.forget(old, done_at) == frozenset()
    assert library.narrations.superseded(clock()) == (old,)
    gone = library.narrations.forget(old, clock())
    assert gone == {f"recordings/{old}", f"timings/{old}"}
    assert library.narrations.current(article, me.id).id == new
    assert library.narrations.recordings(new)
    with pytest.raises(NotFound):
        library.narrations.get(old)


def test_the_last_recording_in_each_voice_of_the_newest_words_is_never_superseded(
    library, me, narration, clock, recorded
):
    recorded(narration, 1)
    clock.go(days=1)
    other = library.narrations.ask(narration.article_id, me.id, "espeak/de", 1)
    recorded(other, 1, "espeak/de")
    clock.go(days=100)
    assert library.narrations.superseded(clock()) == ()
    again = library.narrations.ask(narration.article_id, me.id, "espeak/de", 1, fresh=True)
    recorded(again, 1, "espeak/de")
    clock.go(days=1)
    assert library.narrations.superseded(clock()) == (other.id,)


def test_what_is_listened_to_is_kept_though_a_newer_one_is_done(
    library, me, narration, clock, recorded
):
    old = recorded(narration, 1)
    clock.go(days=1)
    fresh = library.narrations.ask(narration.article_id, me.id, "espeak/en-gb", 1, fresh=True)
    recorded(fresh, 1)
    back = library.narrations.ask(narration.article_id, me.id, "espeak/en-gb", 1)
    assert back.id == old
    clock.go(days=100)
    assert library.narrations.superseded(clock()) == ()
    assert library.narrations.forget(old, clock()) == frozenset()
    assert library.narrations.recordings(old)


def test_a_file_that_another_narration_has_too_is_no_litter(
    library, me, narration, clock, recorded
):
    old = recorded(narration, 1, name="shared")
    clock.go(days=1)
    fresh = library.narrations.ask(narration.article_id, me.id, "espeak/en-gb", 1, fresh=True)
    recorded(fresh, 1, name="shared")
    clock.go(days=1)
    assert library.narrations.forget(old, clock()) == frozenset()
    with pytest.raises(NotFound):
        library.narrations.get(old)


def test_what_came_to_no_end_is_forgotten_when_another_was_asked_for(
    library, me, narration, clock, recorded
):
    other = library.narrations.ask(narration.article_id, me.id, "espeak/de", 1)
    library.narrations.fail(other.id, "no")
    clock.go(days=1)
    assert library.narrations.superseded(clock()) == (narration.id,)
    library.narrations.forget(narration.id, clock())
    assert library.narrations.current(narration.article_id, me.id).id == other.id
