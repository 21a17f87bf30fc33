"""A listener's own words are said as the listener wants, and no other word changes."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aloud.adapt import adapt
from aloud.article import Article, Block, Role, State
from aloud.script import Saying, Token, from_json, to_json


def tokens(text: str, *lexicon: Saying, language: str = "en") -> list[Token]:
    block = Block("b", Role.PARAGRAPH, text, State.SPOKEN)
    made = adapt(Article(url="", blocks=(block,), language=language), lexicon)
    assert from_json(to_json(made)) == made
    return [token for utterance in made.utterances for token in utterance.tokens]


def said(text: str, *lexicon: Saying, language: str = "en") -> str:
    found = tokens(text, *lexicon, language=language)
    return "".join(token.spoken + token.after for token in found).rstrip()


def test_a_word_is_said_as_the_listener_says():
    (token,) = (t for t in tokens("He met Xi, he said.", Saying("Xi", "shee")) if t.start == 7)
    assert (token.spoken, token.end, token.after) == ("shee", 9, ", ")
    assert (token.kind, token.rule) == ("word", "lexicon")


@pytest.mark.parametrize(
    ("written", "matching", "other"),
    [
        ("gif", ["gif", "Gif", "GIF"], ["gift", "gifs"]),
        ("US", ["US"], ["us", "Us", "U.S."]),
        ("iOS", ["iOS"], ["IOS", "ios"]),
        ("o'brien", ["O'Brien", "o’brien"], ["brien"]),
        ("café", ["café", "Café", "CAFÉ"], ["cafe"]),
        ("cafe\u0301", ["café"], ["cafe"]),
    ],
)
def test_small_letters_mean_any_letters_and_others_themselves(written, matching, other):
    for word in matching:
        assert said(f"A {word} here", Saying(written, "hello")) == "A hello here."
    for word in other:
        assert said(f"A {word} here", Saying(written, "hello")) == said(f"A {word} here")


def test_words_that_belong_together_are_one_token_where_they_stand():
    text = "Minister Chen Wenqing left. Chen, Wenqing and Wenqing stayed."
    made = tokens(text, Saying("Chen Wenqing", "chun wen ching"))
    spans = [text[t.start : t.end] for t in made]
    assert spans == [
        "Minister", "Chen Wenqing", "left", "Chen", "Wenqing", "and", "Wenqing", "stayed",
    ]  # fmt: skip
    assert made[1].spoken == "chun wen ching"


@pytest.mark.parametrize("gap", [". ", ", ", "-", " (", "” “", "… ", ": ", " – "])
def test_a_mark_between_words_keeps_them_apart(gap):
    text = f"The New{gap}York thing"
    assert said(text, Saying("New York", "noo york")) == said(text)


@pytest.mark.parametrize("gap", ["\u00a0", "\n", "  "])
def test_any_space_is_a_space(gap):
    assert said(f"In New{gap}York now", Saying("New York", "noo york")) == "In noo york now."


def test_the_longest_entry_wins_and_the_rest_is_looked_at_again():
    lexicon = [
        Saying("New York", "two"),
        Saying("York", "one"),
        Saying("New York Times", "three"),
        Saying("Times", "four"),
    ]
    text = "New York Times York New York Time York Times"
    assert said(text, *lexicon) == "three one two Time one four."
    assert said(text, *reversed(lexicon)) == said(text, *lexicon)


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("Xi's plan", "shee's plan."),
        ("Xi’s plan", "shee's plan."),
        ("XI'S PLAN", "shee's PLAN."),
        ("The Xi-led party", "The shee-led party."),
        ("A pro-Xi party", "A pro-shee party."),
        ("The anti-Xi-and-Xi's-men line", "The anti-shee-and-shee's-men line."),
        ("Xi-Xi", "shee-shee."),
        ("Xian and Xi'an", "Xian and Xi'an."),
    ],
)
def test_endings_and_compounds_keep_what_is_theirs(text, spoken):
    assert said(text, Saying("xi", "shee")) == spoken


def test_a_name_of_two_words_may_be_owned_and_compounded():
    lexicon = Saying("Xi Jinping", "shee jin ping")
    assert said("A pro-Xi Jinping-era law, Xi Jinping's", lexicon) == (
        "A pro-shee jin ping-era law, shee jin ping's."
    )


@pytest.mark.parametrize(
    ("written", "spoken", "text", "heard"),
    [
        ("24/7", "round the clock", "Open 24/7 here", "Open round the clock here."),
        ("$5", "a fiver", "It cost $5 then", "It cost a fiver then."),
        ("$5", "a fiver", "It cost $5 million", "It cost five million dollars."),
        ("5", "fife", "In 2025, 5 of 15", "In twenty twenty five, fife of fifteen."),
        ("COVID-19", "the virus", "COVID-19 came", "the virus came."),
        ("19", "nineteen years", "COVID-19 came", "COVID nineteen came."),
        ("Dr.", "doc", "I saw Dr. Li", "I saw doc Li."),
        ("Dr", "doc", "I saw Dr. Li", "I saw doc Li."),
        ("AT&T", "the phone company", "It is AT&T again", "It is the phone company again."),
        (".NET", "dot net", "I like .NET code", "I like dot net code."),
        ("#MeToo", "the movement", "The #MeToo case", "The the movement case."),
        ("Yahoo!", "the portal", "He uses Yahoo! daily", "He uses the portal daily."),
        ("Inc", "incorporated.", "Widget Inc.", "Widget incorporated."),
        ("&", "an", "Rock & roll", "Rock an roll."),
        ("cat", "feline", "The cat.[1] It", "The feline. It."),
        ("example.com", "our site", "See example.com now", "See our site now."),
    ],
)
def test_the_listener_overrules_the_rules_where_exactly_that_is_written(
    written, spoken, text, heard
):
    assert said(text, Saying(written, spoken)) == heard


def test_a_word_is_found_in_scripts_without_spaces():
    assert said("他在北京人", Saying("北京", "bay jing"), language="zh") == said(
        "他在北京人", language="zh"
    ).replace("北京", "bay jing")
    assert said("COVID疫情", Saying("covid", "virus"), language="zh").startswith("virus")
    assert said("カメラ、雨", Saying("カメラ", "camera"), language="ja") == "camera, 雨."


def test_an_entry_holds_for_its_language():
    for language, heard in (("en", "b."), ("en-GB", "b."), ("EN_us", "b."), ("de", "a.")):
        assert said("a", Saying("a", "b", "en"), language=language) == heard
    assert said("a", Saying("a", "b", "en-GB"), language="en") == "a."
    assert said("a", Saying("a", "b", "e"), language="en") == "a."
    assert said("a", Saying("a", "b"), language="") == "b."


def test_the_entry_that_names_the_language_wins():
    both = Saying("a", "every"), Saying("a", "english", "en")
    assert said("a", *both) == said("a", *reversed(both)) == "english."
    assert said("a", *both, language="de") == "every."


@pytest.mark.parametrize(
    ("written", "spoken"), [("", "a"), ("  ", "a"), ("a", ""), ("a", " "), ("a", "…"), ("a", "[]")]
)
def test_an_entry_may_not_silence_a_word(written, spoken):
    with pytest.raises(ValueError, match=r"said|written"):
        Saying(written, spoken)


def test_nothing_an_engine_could_take_for_an_order_is_said():
    assert said("Hi Li", Saying("Li", "[[l'i:]] <break/>\x00 lee")) == "Hi l'i: break lee."


def test_many_entries_cost_no_more_than_a_few():
    lexicon = [Saying(f"word{n}", f"say {n}") for n in range(20_000)]
    assert said("word7 and word19999 " * 500, *lexicon).count("say 19999") == 500


_WORDS = """
    Xi Xi's pro-Xi Chen Wenqing New York Times U.S. AT&T 24/7 $5 5 million COVID-19 Dr. cat.[1] 北京
    人 カメラ . , - – “ ” ( ) ' ’ it's a A the IT * … \u00a0
"""
WORDS = _WORDS.split()
TEXTS = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(["", " ", " "])), max_size=30)
SAYINGS = st.builds(
    Saying,
    st.one_of(
        st.sampled_from([*WORDS, "New York", "new york times", "Chen Wenqing", "million 24/7"]),
        st.text(min_size=1, max_size=6),
    ).filter(str.strip),
    st.sampled_from(["shee", "two words", "a. b", "x-y's"]),
    st.sampled_from([None, None, "en", "de"]),
)


@given(TEXTS, st.lists(SAYINGS, max_size=6), st.sampled_from(["en", "de", "zh"]))
def test_no_word_is_lost_and_no_other_word_changes(pairs, lexicon, language):
    text = "".join(word + gap for word, gap in pairs)
    plain = tokens(text, language=language)
    own = tokens(text, *lexicon, language=language)
    assert all(a.end <= b.start for a, b in pairwise(own))
    covered = {place for t in own for place in range(t.start, t.end)}
    assert covered >= {place for t in plain for place in range(t.start, t.end)}
    assert all(0 <= t.start < t.end <= len(text) and t.spoken for t in own)
    rest = [(t.start, t.end, t.spoken, t.rule) for t in own if t.rule != "lexicon"]
    assert set(rest) <= {(t.start, t.end, t.spoken, t.rule) for t in plain}
    for t in own:
        inside = [p for p in plain if t.start < p.end and p.start < t.end]
        assert (inside[0].start, inside[-1].end) == (t.start, t.end)


@given(st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(["", " "]))))
def test_a_lexicon_that_knows_no_word_of_it_changes_nothing(pairs):
    text = "".join(word + gap for word, gap in pairs)
    assert tokens(text, Saying("elsewhere", "nowhere")) == tokens(text)
