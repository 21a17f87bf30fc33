"""Articles: lists, revisions and choices, and what goes when nobody has it any more."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import text

from aloud.article import CHOSEN, Role, State
from aloud.errors import NotFound, UsageError
from aloud.library import Place, Summary, Wish


def states(article):
    return [block.state for block in article.blocks]


def test_a_list_shows_what_was_read_of_each_article(library, me, read, harbour):
    entry = library.articles.get(me.id, read("a", harbour))
    assert entry.article.state == "ready"
    assert entry.summary == Summary(
        headline="The harbour is closed",
        publisher="The Example",
        byline="A. Writer",
        language="en",
        image="https://example.org/a.jpg",
        published=harbour.published,
        reading_minutes=1,
        words=10.0,
    )


def test_an_article_that_was_not_read_has_no_summary_and_no_words(library, me, accept):
    article_id = accept("a").article.id
    assert library.articles.get(me.id, article_id).summary is None
    with pytest.raises(NotFound):
        library.articles.article(article_id)
    with pytest.raises(NotFound):
        library.articles.choose(article_id, "b1", State.REMOVED)


def test_a_list_is_read_page_by_page_newest_first(library, me, accept, clock):
    ids = []
    for number in range(7):
        ids.append(accept(str(number)).article.id)
        clock.go(minutes=number % 2)  # every other one has its neighbour's time
    seen, cursor, sizes = [], None, []
    while cursor is not None or not sizes:
        page = library.articles.entries(me.id, limit=3, before=cursor)
        seen += [entry.article.id for entry in page.entries]
        sizes.append(len(page.entries))
        cursor = page.next
    assert sizes == [3, 3, 1]
    assert set(seen) == set(ids)
    added = [library.articles.get(me.id, each).added for each in seen]
    assert added == sorted(added, reverse=True)


@pytest.mark.parametrize(
    "cursor", ["", "x", "é", "MjAyNg", "AAAA", "MDAwMS0wMS0wMVQwMDowMDowMCsxNDowMCBh"]
)
def test_a_cursor_of_nobodys_is_refused(library, me, cursor):
    with pytest.raises(UsageError):
        library.articles.entries(me.id, before=cursor)


def test_a_list_can_be_asked_for_by_tag_and_by_archive(library, me, accept):
    sea, shore = accept("a", tags=("sea",)).article.id, accept("b").article.id
    library.articles.update(me.id, shore, archived=True, tags=("shore", "Sea"))

    def ids(**wanted):
        return [e.article.id for e in library.articles.entries(me.id, **wanted).entries]

    assert ids(tag="sea") == ids(archived=False) == [sea]
    assert ids(archived=True) == ids(tag="shore") == [shore]
    assert ids(tag="lake") == ids(tag="sea", archived=True) == []
    assert library.articles.tags(me.id) == ("Sea", "sea", "shore")


def test_what_is_not_named_in_an_update_stays(library, me, accept):
    article_id = accept("a", tags=("sea",)).article.id
    library.articles.update(me.id, article_id, title="Mine", heard=True)
    entry = library.articles.update(me.id, article_id, archived=True)
    assert (entry.title, entry.heard, entry.archived, entry.tags) == ("Mine", True, True, ("sea",))
    entry = library.articles.update(me.id, article_id, title="", tags=())
    assert (entry.title, entry.heard, entry.tags) == ("", True, ())


@pytest.mark.parametrize("tags", [("",), (" \0",), ("x" * 101,), tuple(map(str, range(101)))])
def test_tags_have_bounds(library, me, accept, tags):
    article_id = accept("a").article.id
    with pytest.raises(UsageError):
        library.articles.update(me.id, article_id, tags=tags, title="x")
    assert library.articles.get(me.id, article_id).title == ""


def test_nobody_sees_or_changes_what_only_another_has(library, me, accept):
    ann = library.listeners.named("Ann")
    hers = accept("a", listener=ann).article.id
    for refused in (
        lambda: library.articles.get(me.id, hers),
        lambda: library.articles.update(me.id, hers, heard=True),
        lambda: library.articles.remove(me.id, hers),
        lambda: library.narrations.ask(hers, me.id),
        lambda: library.queue.add(me.id, hers),
        lambda: library.queue.replace(me.id, (hers,)),
        lambda: library.places.set(me.id, Place(hers, "b1", 0, ann.created)),
    ):
        with pytest.raises(NotFound):
            refused()
    assert library.articles.get(ann.id, hers).added


def test_reading_the_same_again_makes_no_revision(library, me, read, harbour):
    article_id = read("a", harbour)
    assert library.articles.add_revision(article_id, replace(harbour, comment_count=9)) == 1
    number, article = library.articles.article(article_id)
    assert (number, article.comment_count) == (1, 9)


def test_reading_something_else_makes_one_and_the_old_one_stays(library, read, harbour, article):
    article_id = read("a", harbour)
    later = article("The harbour is open", "Ships come in.")
    assert library.articles.add_revision(article_id, later) == 2
    assert library.articles.article(article_id) == (2, later)
    assert library.articles.article(article_id, 1) == (1, harbour)
    assert library.articles.record(article_id).revision == 2
    for unknown in (3, 0, -1, 10**30):
        with pytest.raises(NotFound):
            library.articles.article(article_id, unknown)


def test_a_choice_makes_a_revision_and_the_last_one_stays_as_it_was(library, me, read, harbour):
    article_id = read("a", harbour)
    assert library.articles.choose(article_id, "b2", State.REMOVED) == 2
    number, chosen = library.articles.article(article_id)
    assert (number, states(chosen)) == (2, [State.SPOKEN, State.SPOKEN, State.REMOVED])
    assert chosen.blocks[2].reason
    assert library.articles.article(article_id, 1) == (1, harbour)
    assert library.articles.get(me.id, article_id).summary.words == 7.0


def test_a_choice_that_changes_nothing_makes_no_revision(library, read, harbour):
    article_id = read("a", harbour)
    assert library.articles.choose(article_id, "b2", State.SPOKEN) == 1
    assert library.articles.choose(article_id, "b2", None) == 1
    assert library.articles.choose(article_id, "b2", State.SHOWN) == 2
    assert library.articles.choose(article_id, "b2", State.SHOWN) == 2


def test_a_choice_says_something_where_roles_may_say_otherwise(library, read, harbour):
    quote = replace(harbour.blocks[2], role=Role.QUOTE)
    article_id = read("a", replace(harbour, blocks=(*harbour.blocks[:2], quote)))
    assert library.articles.choose(article_id, "b2", State.SPOKEN) == 2
    assert library.articles.choose(article_id, "b2", State.SPOKEN) == 2
    _, chosen = library.articles.article(article_id)
    assert (chosen.blocks[2].state, chosen.blocks[2].reason) == (State.SPOKEN, CHOSEN)
    assert library.articles.choose(article_id, "b2", None) == 3


def test_a_choice_can_be_taken_back(library, read, harbour):
    article_id = read("a", harbour)
    library.articles.choose(article_id, "b1", State.REMOVED)
    library.articles.choose(article_id, "b2", State.REMOVED)
    assert library.articles.choose(article_id, "b1", None) == 4
    _, article = library.articles.article(article_id)
    assert states(article) == [State.SPOKEN, State.SPOKEN, State.REMOVED]


def test_a_choice_holds_in_later_readings_while_its_words_stay(library, read, harbour, article):
    article_id = read("a", harbour)
    library.articles.choose(article_id, "b1", State.REMOVED)
    library.articles.choose(article_id, "b2", State.REMOVED)
    later = article("The harbour is open", "Ships wait outside.", "The château was saved.")
    assert library.articles.add_revision(article_id, later) == 4
    _, read_later = library.articles.article(article_id)
    assert states(read_later) == [State.SPOKEN, State.REMOVED, State.SPOKEN]
    assert library.articles.add_revision(article_id, later) == 4


def test_a_choice_about_no_block_of_the_article_is_refused(library, read, harbour):
    article_id = read("a", harbour)
    with pytest.raises(NotFound):
        library.articles.choose(article_id, "b9", State.REMOVED)
    with pytest.raises(NotFound):
        library.articles.choose("nothing", "b1", State.REMOVED)


def test_threads_that_choose_at_once_lose_no_choice(library, read, article):
    article_id = read("a", article("Head", *(f"Line {n}." for n in range(1, 13))))

    def remove(number):
        return library.articles.choose(article_id, f"b{number}", State.REMOVED)

    with ThreadPoolExecutor(12) as pool:
        numbers = sorted(pool.map(remove, range(1, 13)))
    assert numbers == list(range(2, 14))
    _, chosen = library.articles.article(article_id)
    assert states(chosen) == [State.SPOKEN] + [State.REMOVED] * 12


def test_what_is_removed_goes_with_all_that_hangs_on_it(library, me, filled):
    assert library.keys() == {
        "pages/aa/aa", "scripts/a", "recordings/aa/m4a", "timings/aa/aa.json",
    }  # fmt: skip
    dropped = library.articles.remove(me.id, filled)
    assert library.keys() == frozenset()
    assert len(dropped) == 4
    assert (
        library.queue.ids(me.id)
        == library.places.recent(me.id)
        == library.articles.tags(me.id)
        == ()
    )
    assert library.search(me.id, "harbour") == ()
    with library._store.reading() as connection:
        assert connection.scalar(text("SELECT count(*) FROM search_words")) == 1  # Ann's
    with pytest.raises(NotFound):
        library.articles.record(filled)


def test_an_article_stays_for_those_who_have_it(library, me, accept, harbour):
    ann = library.listeners.named("Ann")
    article_id = accept("a", page_key="pages/a").article.id
    accept("a", listener=ann)
    library.articles.add_revision(article_id, harbour)
    assert library.articles.remove(me.id, article_id) == frozenset()
    assert library.articles.get(ann.id, article_id).summary
    assert library.articles.remove(ann.id, article_id) == {"pages/a"}


def test_a_key_that_another_article_needs_is_not_given_up(library, me, accept):
    first = accept("a", page_key="pages/same").article.id
    accept("b", page_key="pages/same")
    assert library.articles.remove(me.id, first) == frozenset()
    assert library.keys(["pages/same", "pages/else"]) == {"pages/same"}


def test_work_on_what_was_removed_is_told_to_stop(library, me, accept):
    accepted = accept("a", narrate=Wish())
    library.articles.remove(me.id, accepted.article.id)
    assert not library.narrations.advance(accepted.narration.id, "reading")
    assert not library.narrations.finish(accepted.narration.id, ())
    for gone in (
        lambda: library.articles.mark(accepted.article.id, "reading"),
        lambda: library.articles.keep_page(accepted.article.id, "pages/a"),
        lambda: library.narrations.get(accepted.narration.id),
    ):
        with pytest.raises(NotFound):
            gone()


def test_every_kept_page_is_found_once(library, accept):
    pages = {accept(str(n), page_key=f"pages/{n}").article.page_key for n in range(201)}
    accept("none")
    found = [each.page_key for each in library.articles.with_pages()]
    assert len(found) == len(pages)
    assert set(found) == pages


@pytest.mark.parametrize(
    "said", ["\0", "\ud800", "a\0b", "'; DROP TABLE articles; --", "🎧" * 3000]
)
def test_any_text_is_kept_or_looked_for_without_harm(library, me, accept, said):
    accepted = accept("a", url=said, identity=said, tags=("x" + said[:90],))
    assert accept("a", url=said, identity=said).article.id == accepted.article.id
    entry = library.articles.update(me.id, accepted.article.id, title=said)
    assert len(entry.title) == len(said)
    library.articles.entries(me.id, tag=said)
    assert library.narrations.recording_by_sha(said) is None
    with pytest.raises(NotFound):
        library.articles.get(me.id, said)
