"""What must hold for any text whatsoever."""

import re
import unicodedata
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from aloud.adapt import adapt
from aloud.article import Article, Block, Role, State
from aloud.script import Script, from_json, to_json

# Pieces of news, put together in ways that no editor would.
_PIECES = """
    $ £ € 5 12 1,500 3.5 m bn million % - – — / : . , ; ! ? … ' " “ ” ( ) [ ] [[ ]] < > & @ # + = °
    a.m. pm Mr. U.S. D.C. St No. Inc. vs. May Jan. 2024 1990s 9/11 24/7 th st km/h C °C ½ XIV King
    [1] [2] ¹ ² 10⁶ z. B. 3. 747s F-16s 10m 2t tall #Me $5 /bbl €2,50 Co. Sr. FY26 4-6 –
    word Word I he The example.com www. https:// a@b.co 北 京 カメラ 。 ？ สวัสดี नमस्ते é ß ǆ ② ² ٣ ５
    \x00 \x07 \u200b \u202e \ufeff 🎉 ★ • * _ ~ ` ^ | \\ { }
"""
PIECES = st.sampled_from(_PIECES.split())
SPACES = st.sampled_from(["", "", " ", " ", "\n", "\u00a0"])
NEWS = st.lists(st.tuples(PIECES, SPACES), max_size=40).map(
    lambda pairs: "".join(piece + space for piece, space in pairs)
)
TEXTS = st.one_of(NEWS, st.text(max_size=200))
LANGUAGES = st.sampled_from(["en", "en-GB", "de", "ru", "zh-Hant", "th", "", "x"])
FORBIDDEN = re.compile(r"[\[\]<>{}\x00-\x1f\x7f-\x9f]")

quick = settings(max_examples=250, deadline=None)


def script(text: str, language: str) -> Script:
    blocks = (
        Block("h", Role.HEADLINE, text, State.SPOKEN),
        Block("p", Role.PARAGRAPH, text, State.SPOKEN),
    )
    return adapt(Article(url="", blocks=blocks, language=language))


@quick
@given(TEXTS, LANGUAGES)
def test_every_letter_and_digit_is_in_exactly_one_token_in_order(text, language):
    made = script(text, language)
    for block in ("h", "p"):
        spans = [(t.start, t.end) for u in made.utterances for t in u.tokens if t.block == block]
        assert all(start < end for start, end in spans)
        assert all(a[1] <= b[0] for a, b in pairwise(spans))
        covered = {place for start, end in spans for place in range(start, end)}
        assert {n for n, character in enumerate(text) if character.isalnum()} <= covered


@quick
@given(TEXTS, LANGUAGES)
def test_a_plain_word_is_said_as_it_is_written(text, language):
    for token in (t for u in script(text, language).utterances for t in u.tokens):
        written = unicodedata.normalize("NFKC", text[token.start : token.end])
        if token.rule == "written" and written.isalnum():
            assert token.spoken.replace(" ", "") == written or not written.isprintable()


@quick
@given(TEXTS, LANGUAGES)
def test_nothing_an_engine_could_take_for_an_order_is_said(text, language):
    for utterance in script(text, language).utterances:
        assert utterance.tokens
        assert not FORBIDDEN.search(utterance.text)
        for token in utterance.tokens:
            assert token.spoken
            assert token.spoken == " ".join(token.spoken.split())
            assert not FORBIDDEN.search(token.spoken + token.after)
        assert utterance.tokens[-1].after in {". ", "? ", "! ", ", ", "; ", ": "}
        assert utterance.pause_after > 0


@quick
@given(TEXTS, LANGUAGES)
def test_what_is_saved_loads_equal(text, language):
    made = script(text, language)
    assert from_json(to_json(made)) == made


@quick
@given(st.text(alphabet="0123456789.,-–/:$£%kmb½ apstnr°C'\"", max_size=60))
def test_no_figure_is_left_to_guess_when_a_rule_has_read_it(text):
    for utterance in script(text, "en").utterances:
        for token in utterance.tokens:
            if token.rule != "written":
                assert not any(c.isdecimal() for c in token.spoken)
