"""Names: an utterance's is a hash of all that its sound depends on, and of nothing else."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aloud import speech as speeches
from aloud.article import Role
from aloud.script import Token, Utterance
from aloud.shelf import content_key, utterance_key
from aloud.shelf.keys import checked, is_key, kind_of, sha256_of
from aloud.speech import Voice

TEXT = st.text(max_size=8)
TOKEN = st.builds(
    Token,
    spoken=TEXT,
    block=TEXT,
    start=st.integers(0, 99),
    end=st.integers(0, 99),
    kind=TEXT,
    rule=TEXT,
    language=TEXT,
    ipa=st.none() | TEXT,
    after=TEXT,
)
UTTERANCE = st.builds(
    Utterance,
    tokens=st.lists(TOKEN, min_size=1, max_size=5).map(tuple),
    block=TEXT,
    role=st.sampled_from(Role),
    pause_after=st.floats(0, 60),
)
VOICE = Voice(
    id="tone/beep",
    name="Beep",
    language="und",
    sample_rate=24_000,
    natural_wpm=150.0,
    loudness=-16.0,
    licence="GPL-3.0-or-later",
    source="aloud",
    sha256="ab",
    bytes=1,
)
HEARD = {"spoken": TEXT, "after": TEXT, "ipa": st.none() | TEXT, "language": TEXT}
SEEN = {
    "block": TEXT,
    "start": st.integers(0, 99),
    "end": st.integers(0, 99),
    "kind": TEXT,
    "rule": TEXT,
}


def with_token(said: Utterance, index: int, **changes: Any) -> Utterance:
    tokens = list(said.tokens)
    tokens[index] = replace(tokens[index], **changes)
    return replace(said, tokens=tuple(tokens))


@given(UTTERANCE, st.data())
def test_any_change_that_can_be_heard_makes_another_name(said, data):
    index = data.draw(st.integers(0, len(said.tokens) - 1))
    field = data.draw(st.sampled_from(sorted(HEARD)))
    value = data.draw(HEARD[field])
    other = with_token(said, index, **{field: value})
    same = getattr(said.tokens[index], field) == value
    assert (utterance_key(other, VOICE, "1") == utterance_key(said, VOICE, "1")) == same


@given(UTTERANCE, TOKEN, st.data())
def test_a_word_more_less_or_elsewhere_makes_another_name(said, extra, data):
    index = data.draw(st.integers(0, len(said.tokens)))
    more = (*said.tokens[:index], extra, *said.tokens[index:])
    longer = utterance_key(replace(said, tokens=more), VOICE, "1")
    assert longer != utterance_key(said, VOICE, "1")
    turned = said.tokens[::-1]
    heard = [[(t.spoken, t.after, t.ipa, t.language) for t in ts] for ts in (said.tokens, turned)]
    backwards = utterance_key(replace(said, tokens=turned), VOICE, "1")
    assert (backwards == utterance_key(said, VOICE, "1")) == (heard[0] == heard[1])


@given(UTTERANCE, st.data())
def test_what_cannot_be_heard_leaves_the_name_as_it_is(said, data):
    index = data.draw(st.integers(0, len(said.tokens) - 1))
    field = data.draw(st.sampled_from(sorted(SEEN)))
    moved = with_token(said, index, **{field: data.draw(SEEN[field])})
    moved = replace(
        moved,
        block=data.draw(TEXT),
        role=data.draw(st.sampled_from(Role)),
        pause_after=data.draw(st.floats(0, 60)),
    )
    assert utterance_key(moved, VOICE, "1") == utterance_key(said, VOICE, "1")


@given(UTTERANCE)
def test_another_voice_or_engine_makes_another_name(said):
    voices = [
        VOICE,
        replace(VOICE, id="tone/boop"),
        replace(VOICE, sha256="ac"),
        replace(VOICE, sample_rate=22_050),
    ]
    names = {utterance_key(said, voice, version) for voice in voices for version in ("1", "2")}
    assert len(names) == 8


@given(UTTERANCE)
def test_what_a_voice_is_called_or_measured_at_leaves_the_name_as_it_is(said):
    renamed = replace(VOICE, name="Tone", natural_wpm=151.0, source="elsewhere")
    assert utterance_key(said, renamed, "1") == utterance_key(said, VOICE, "1")


def test_another_format_of_what_is_kept_makes_another_name(monkeypatch):
    said = Utterance((Token("one", "l1", 0, 3, "word", "written", "en"),), "l1", Role.QUOTE, 0.4)
    before = utterance_key(said, VOICE, "1")
    monkeypatch.setattr(speeches, "FORMAT", speeches.FORMAT + 1)
    assert utterance_key(said, VOICE, "1") != before


def test_the_name_of_today_is_the_name_of_yesterday():
    """Whoever changes it throws every shelf away: then let it be on purpose."""
    said = Utterance(
        (
            Token("one", "l1", 0, 3, "word", "written", "en"),
            Token("naïve \ud800", "l1", 4, 9, "word", "written", "fr", "naˈiv", ". "),
        ),
        "l1",
        Role.PARAGRAPH,
        0.4,
    )
    assert utterance_key(said, VOICE, "1.2") == NAMED


NAMED = "utterances/93/938ab9458b3707ef860e83ccb842515f6f40b5de42045f1afd06704c9c693038"


@given(UTTERANCE)
def test_a_name_says_its_kind_and_its_hash(said):
    name = utterance_key(said, VOICE, "1")
    assert checked(name) == name
    assert kind_of(name) == "utterances"
    assert content_key("utterances", sha256_of(name)) == name


@pytest.mark.parametrize("suffix", ["", ".m4a", ".mp3", ".json"])
def test_a_suffix_is_no_part_of_the_hash(suffix):
    name = content_key("recordings", "ab" * 32, suffix)
    assert name.endswith("ab" + suffix)
    assert sha256_of(name) == "ab" * 32


@given(st.text() | st.from_regex(r"[a-z]+/ab/ab[0-9a-f]{62}(\.\w+)?"))
def test_only_names_that_the_shelf_gives_are_its_own(name):
    def accepts(ask: Callable[[str], Any]) -> bool:
        try:
            ask(name)
        except ValueError:
            return False
        return True

    if accepts(checked):
        assert is_key(name)
        assert ".." not in name
        assert name.isascii()
        assert name.count("/") == 2
