"""Search: any text is a question, and both databases give the same answers."""

import random
import string

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aloud.article import State
from aloud.library import MATCH_END, MATCH_START, Library
from aloud.library.index import PART_WORDS
from aloud.library.search import snippet
from aloud.library.words import asked, cut, fold


@pytest.fixture
def find(library, me):
    """``find("harb")`` is the headlines that were found, the best first."""
    return lambda query, **more: [hit.headline for hit in library.search(me.id, query, **more)]


@pytest.fixture
def written(read, article):
    """``written("Headline", "Text")`` is accepted and read; its id."""
    return lambda headline, *text, **more: read(headline, article(headline, *text), **more)


def test_every_word_must_be_there_and_the_last_may_be_begun(find, written):
    written("Harbour closed", "Ships wait outside the wall.")
    written("Harbour open", "Ships come in.")
    assert find("ships wai") == ["Harbour closed"]
    assert set(find("harbour shi")) == {"Harbour closed", "Harbour open"}
    assert find("wai ships") == []
    assert find("ships sunk") == []


def test_capitals_accents_and_marks_do_not_matter(find, written):
    written("Château Straße", "Nguyễn said: the CO₂ e-mail isn’t naïve.")
    for query in ("chateau", "CHÂTEAU", "strasse", "nguyen co2", "“e-mail” isn't", "naive!"):
        assert find(query) == ["Château Straße"], query


def test_scripts_without_spaces_are_found_by_what_stands_together(find, written):
    written("北京和莫斯科", "外交部长在莫斯科会谈。")
    written("日本語", "東京タワーへ行く。")
    assert find("莫斯科") == find("外交部 会谈") == ["北京和莫斯科"]
    assert find("科斯莫") == []
    assert find("東京タ") == ["日本語"]


def test_a_headline_weighs_more_than_the_text(find, written):
    written("Other news", "The strike goes on and the strike is long.")
    written("Strike", "Trains stand still.")
    assert find("strike") == ["Strike", "Other news"]


def test_a_snippet_shows_what_was_found_on_one_line(library, me, written):
    written("Head", "A" + " word" * 60, "The château burned down.", "Then" + " more" * 60)
    (hit,) = library.search(me.id, "chateau down")
    before, _, rest = hit.snippet.partition(MATCH_START)
    assert rest.startswith(f"château{MATCH_END} burned {MATCH_START}down{MATCH_END}. Then more")
    assert before.startswith("…word")
    assert rest.endswith("more…")
    assert "\n" not in hit.snippet


def test_what_only_the_headline_has_shows_how_the_text_begins(library, me, written):
    written("Strike", "Trains stand still.")
    (hit,) = library.search(me.id, "strike")
    assert (hit.headline, hit.snippet) == ("Strike", "Trains stand still.")


def test_a_page_cannot_set_marks_of_its_own(library, me, written):
    written("Head", f"Not {MATCH_START}found{MATCH_END} but here: strike.")
    (hit,) = library.search(me.id, "strike")
    assert hit.snippet == f"Not found but here: {MATCH_START}strike{MATCH_END}."


def test_the_index_follows_the_newest_revision(library, find, written, article):
    article_id = written("Closed", "Ships wait.", "The crane fell.")
    library.articles.add_revision(article_id, article("Open", "Ships come in.", "The crane fell."))
    assert find("wait") == find("closed") == []
    assert find("come") == ["Open"]
    library.articles.choose(article_id, "b2", State.REMOVED)
    assert find("crane") == []
    library.articles.choose(article_id, "b2", State.SHOWN)
    assert find("crane") == ["Open"]


def test_nobody_finds_what_only_another_has(library, find, written):
    ann = library.listeners.named("Ann")
    written("Hers", "A secret harbour.", listener=ann)
    assert find("harbour") == []
    assert len(library.search(ann.id, "harbour")) == 1


def test_a_title_of_the_listeners_own_is_shown(library, me, find, written):
    article_id = written("Harbour", "Ships.")
    library.articles.update(me.id, article_id, title="Mine")
    assert find("harbour") == ["Mine"]


def test_as_many_are_found_as_were_asked_for(find, written):
    for number in range(5):
        written(f"Head {number}", "Ships.")
    assert len(find("ships", limit=3)) == 3
    assert len(find("ships", limit=10**30)) == len(find("ships")) == 5
    assert len(find("ships", limit=-1)) == 1


def test_a_book_is_found_by_its_last_page_and_stands_once(library, me, written):
    drawn = random.Random(1)
    words = ["".join(drawn.choices(string.ascii_lowercase, k=9)) for _ in range(3 * PART_WORDS)]
    written("Book", " ".join(words), "x" * 300_000, "harbour " * 300, "At last, harbour.")
    for query in (words[0], words[-1], "harbour", "at last", "x" * 70):
        (hit,) = library.search(me.id, query)
        assert MATCH_START in hit.snippet
        assert len(hit.snippet) < 400 or query.startswith("x")


@pytest.fixture(scope="module")
def both(tmp_path_factory, postgres, article_of):
    """The same article in a library on each database."""
    libraries = [
        Library(tmp_path_factory.mktemp("search") / "library.db"),
        Library(postgres.database()),
    ]
    for library in libraries:
        me = library.listeners.me()
        accepted = library.articles.accept(me.id, url="a", source="url", identity="a")
        library.articles.add_revision(accepted.article.id, article_of("Harbour", *TEXT))
    yield libraries
    for library in libraries:
        library.close()


TEXT = ('The château isn’t closed: 24-member crews, O\'Neill’s 5 % and 北京 AND (wait) OR "NOT".',)
ODD = (
    *"\"'\\*&|!-^%_é北ﷺ½ǆİ\0\ud800🎧",
    *("AND", "NOT", "OR", "NEAR(", ")", ":*", "<->", "head:", "🏳️\u200d🌈", "chat"),
)


@pytest.mark.slow
@given(st.lists(st.sampled_from(ODD) | st.text(max_size=5)).map("".join))
@example("x" * 10_000)
@example("wait " * 2_000)
@example('"' * 10_000)
def test_any_text_is_a_question_with_one_answer_on_both(both, query):
    answers = [
        [(hit.headline, hit.snippet) for hit in library.search(library.listeners.me().id, query)]
        for library in both
    ]
    assert answers[0] == answers[1]


@pytest.mark.slow
@given(st.data())
def test_every_part_of_what_is_written_is_found(both, data):
    text = TEXT[0]
    words = list(cut(text))
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first, len(words) - 1))
    end = data.draw(st.integers(words[last].start + 1, words[last].end))
    for library in both:
        assert library.search(library.listeners.me().id, text[words[first].start : end])


@given(st.text())
def test_words_stand_where_they_say_and_are_folded_once(text):
    end = 0
    for word in cut(text):
        assert end <= word.start < word.end
        assert fold(text[word.start : word.end]).startswith(word.text)
        assert fold(word.text) == word.text
        assert not set(word.text) & set("'\"\\ :*&|!()<>")
        end = word.end


@given(st.text(), st.text(min_size=1))
@settings(max_examples=200)
def test_a_snippet_is_a_line_of_the_text(body, query):
    phrases = asked(query)
    if phrases:
        shown = snippet(body, phrases)
        assert shown.count(MATCH_START) == shown.count(MATCH_END)
        bare = shown.replace(MATCH_START, "").replace(MATCH_END, "").strip("…")
        assert " ".join(bare.split()) in " ".join(
            body.replace("\2", " ").replace("\3", " ").split()
        )
