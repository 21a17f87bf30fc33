"""An article becomes a script: what is heard, in which order, with which pauses."""

import doctest
import importlib
from dataclasses import replace

import pytest

from aloud.adapt import adapt
from aloud.article import Article, Block, Role, State
from aloud.pace import CLAUSE_PAUSE, PARAGRAPH_PAUSE, SECTION_PAUSE, SENTENCE_PAUSE
from aloud.script import Script, Token


def article(*lines: tuple[Role, str] | str, language: str = "en") -> Article:
    pairs = [(Role.PARAGRAPH, line) if isinstance(line, str) else line for line in lines]
    blocks = tuple(Block(f"b{n}", role, text, State.SPOKEN) for n, (role, text) in enumerate(pairs))
    return Article(url="", blocks=blocks, language=language)


def script(text: str, language: str = "en") -> Script:
    return adapt(article(text, language=language))


def said(text: str, language: str = "en") -> str:
    return " ".join(u.text for u in script(text, language).utterances)


def tokens(text: str, language: str = "en") -> list[Token]:
    return [t for u in script(text, language).utterances for t in u.tokens]


def test_the_headline_comes_first_wherever_it_stands():
    made = adapt(
        article(
            "The body.",
            (Role.KEY_POINT, "A point"),
            (Role.STANDFIRST, "The summary."),
            (Role.HEADLINE, "The headline"),
        )
    )
    assert [u.text for u in made.utterances] == [
        "The headline.", "The summary.", "A point.", "The body.",
    ]  # fmt: skip


def test_only_what_is_to_be_spoken_is_spoken():
    page = article("One.", "Two.", "Three.")
    blocks = (
        page.blocks[0],
        replace(page.blocks[1], state=State.SHOWN),
        replace(page.blocks[2], state=State.REMOVED, reason="advertisement"),
    )
    assert [u.text for u in adapt(replace(page, blocks=blocks)).utterances] == ["One."]


@pytest.mark.parametrize("text", ["***", "", "•", "— — —", "🎉", "[[ ]]", "\x00", "====", "…"])
def test_a_block_with_nothing_to_say_gives_no_utterance(text):
    assert adapt(article("Before.", text, "After.")).utterances[-1].text == "After."
    assert script(text).utterances == ()


def test_pauses_tell_sentence_paragraph_and_section_apart():
    made = adapt(
        article((Role.HEADLINE, "Title"), "One. Two.", "Three.", (Role.HEADING, "Next"), "Four.")
    )
    assert [u.pause_after for u in made.utterances] == [
        SECTION_PAUSE, SENTENCE_PAUSE, PARAGRAPH_PAUSE, SECTION_PAUSE, SECTION_PAUSE,
        PARAGRAPH_PAUSE,
    ]  # fmt: skip


def test_the_first_words_are_cut_at_a_clause_so_that_something_is_heard_soon():
    first, second = script(
        "In Paris, ministers from forty countries, among them France, met again."
    ).utterances
    assert (first.text, first.pause_after) == (
        "In Paris, ministers from forty countries,",
        CLAUSE_PAUSE,
    )
    assert second.text == "among them France, met again."


def test_a_first_sentence_without_an_early_clause_stays_whole():
    assert (
        len(script("Ministers from forty countries met in Paris again on a Monday.").utterances)
        == 1
    )


def test_a_short_first_sentence_stays_whole():
    assert len(script("In Paris, ministers met.").utterances) == 1


def test_a_very_long_sentence_is_cut_at_its_strongest_mark():
    clause = " ".join(["word"] * 14)
    made = script(f"Yes. {clause}, {clause}; {clause}, {clause}.".replace(" word", " Word", 1))
    long = made.utterances[1:]
    assert [(u.text[-1], len(u.tokens)) for u in long] == [(";", 28), (".", 28)]
    assert [u.pause_after for u in long] == [CLAUSE_PAUSE, PARAGRAPH_PAUSE]


def test_text_without_any_mark_is_cut_by_words_and_none_is_lost():
    made = script("word " * 1000).utterances
    assert max(len(u.tokens) for u in made) <= 40
    assert sum(len(u.tokens) for u in made) == 1000


def test_chinese_is_cut_by_its_syllables():
    made = script("北京和莫斯科" * 40, "zh").utterances
    assert all(u.words <= 40 for u in made)


def test_an_unknown_language_is_read_as_written():
    assert (
        said("Am 3. Oktober kostete es 5,5 % mehr.", "de") == "Am 3. Oktober kostete es 5,5 % mehr."
    )
    assert said("Цена 10 000 рублей.", "ru") == "Цена 10 000 рублей."


def test_no_language_at_all_is_undetermined():
    assert script("Bonjour.", "").language == "und"


@pytest.mark.parametrize(
    "room",
    [
        "calendar",
        "figures",
        "measures",
        "money",
        "numbers",
        "titles",
        "english",
        "footnotes",
        "tokens",
        "web",
    ],
)
def test_the_examples_in_the_docstrings_are_true(room):
    result = doctest.testmod(importlib.import_module(f"aloud.adapt.{room}"))
    assert result.failed == 0
    assert result.attempted
