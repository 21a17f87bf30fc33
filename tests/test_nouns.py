"""The nouns: what is saved loads equal, spans point at the text, and words are counted one way."""

import json
import unicodedata
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aloud import article as articles
from aloud import recording as recordings
from aloud import script as scripts
from aloud.article import (
    BY_ROLE,
    CHOSEN,
    OPTIONAL_ROLES,
    Article,
    Block,
    Role,
    State,
    Trust,
    by_roles,
    clean_spans,
    plain,
    words,
)
from aloud.recording import Recording
from aloud.script import Script, Token, Utterance
from aloud.speech import TimingSource, TokenTiming, Voice

TEXT = st.text(max_size=20)
MAYBE = st.none() | TEXT
MOMENT = st.none() | st.datetimes(timezones=st.just(UTC))
SECONDS = st.floats(0, 1e5)
MILLISECONDS = st.integers(0, 10**8).map(lambda ms: ms / 1000)  # in seconds, as files hold them
BLOCK = st.builds(
    Block,
    id=TEXT,
    role=st.sampled_from(Role),
    text=st.text(max_size=60),
    state=st.sampled_from(State),
    reason=TEXT,
    level=st.integers(0, 6),
)
ARTICLE = st.builds(
    Article,
    url=TEXT,
    blocks=st.lists(BLOCK, max_size=8, unique_by=lambda block: block.id).map(tuple),
    byline=TEXT,
    publisher=TEXT,
    image=MAYBE,
    published=MOMENT,
    modified=MOMENT,
    language=TEXT,
    comment_count=st.none() | st.integers(0, 10**6),
    next_page=MAYBE,
    trust=st.builds(
        Trust,
        publishing_principles=MAYBE,
        ownership=MAYBE,
        corrections=MAYBE,
        author_pages=st.lists(TEXT, max_size=3).map(tuple),
        paywalled=st.none() | st.booleans(),
        missing=st.lists(TEXT, max_size=3).map(tuple),
    ),
)
VOICE = st.builds(
    Voice,
    id=TEXT,
    name=TEXT,
    language=TEXT,
    sample_rate=st.integers(8_000, 48_000),
    natural_wpm=st.floats(50, 500),
    loudness=st.floats(-70, 0),
    licence=TEXT,
    source=TEXT,
    sha256=TEXT,
    bytes=st.integers(0, 10**9),
)


def token(draw: st.DrawFn, block: Block, start: int, end: int) -> Token:
    return Token(
        spoken=draw(TEXT),
        block=block.id,
        start=start,
        end=end,
        kind=draw(TEXT),
        rule=draw(TEXT),
        language=draw(TEXT),
        ipa=draw(MAYBE),
        after=draw(TEXT),
    )


@st.composite
def utterances(draw: st.DrawFn, blocks: tuple[Block, ...]) -> Utterance:
    block = draw(st.sampled_from(blocks))
    places = st.lists(st.integers(0, len(block.text)), min_size=2, max_size=8, unique=True)
    edges = sorted(draw(places))
    spans = zip(edges[::2], edges[1::2], strict=False)  # in order, none empty, none overlapping
    said = tuple(token(draw, block, start, end) for start, end in spans)
    return Utterance(said, block.id, block.role, draw(st.floats(0, 60)))


@st.composite
def whole_scripts(draw: st.DrawFn) -> Script:
    article = draw(ARTICLE)
    long_enough = tuple(block for block in article.kept if len(block.text) > 1)
    said = draw(st.lists(utterances(long_enough), max_size=4)) if long_enough else []
    return Script(article, tuple(said), draw(TEXT))


@st.composite
def recorded(draw: st.DrawFn) -> tuple[Recording, Script]:
    script = draw(whole_scripts())
    times = tuple(
        TokenTiming(i, j, *sorted(draw(st.tuples(MILLISECONDS, MILLISECONDS))))
        for i, utterance in enumerate(script.utterances)
        for j in range(len(utterance.tokens))
    )
    recording = Recording(
        path=Path("out") / draw(st.from_regex(r"\w{1,20}\.(m4a|mp3|opus|wav)", fullmatch=True)),
        media_type=draw(TEXT),
        byte_count=draw(st.integers(0)),
        duration=draw(st.floats(0.001, 1e5)),
        loudness=draw(st.floats(-70, 0)),
        true_peak=draw(st.floats(-70, 0)),
        timings=times,
        timing_source=draw(st.sampled_from(TimingSource)),
        words=draw(st.floats(0, 1e6)),
        natural_wpm=draw(st.floats(1, 1e4)),
        voice=draw(VOICE),
        sha256=draw(TEXT),
    )
    return recording, script


def saved(data: dict[str, Any]) -> dict[str, Any]:
    """What is read again from a file that ``data`` was written to."""
    loaded: dict[str, Any] = json.loads(json.dumps(data, ensure_ascii=False, allow_nan=False))
    return loaded


def block(text: str, role: Role = Role.PARAGRAPH, state: State = State.SPOKEN) -> Block:
    return Block(f"{role}-{text}", role, text, state)


def article(*blocks: Block, language: str = "en") -> Article:
    return Article(url="", blocks=blocks, language=language)


@given(ARTICLE)
def test_an_article_that_is_saved_loads_equal(read):
    assert articles.from_json(saved(articles.to_json(read))) == read


@given(whole_scripts())
def test_a_script_that_is_saved_loads_equal(written):
    assert scripts.from_json(saved(scripts.to_json(written))) == written


@given(recorded())
def test_a_recording_that_is_saved_loads_equal(both):
    made, written = both
    data = saved(recordings.to_json(made, written))
    assert recordings.from_json(data, made.path.parent) == (made, written)


def test_every_json_begins_with_what_it_is_and_its_version():
    read = plain("One.")
    written = Script(read, (), "en")
    voice = Voice(
        "tone/beep", "Beep", "und", 24_000, 150.0, -16.0, "GPL-3.0-or-later", "aloud", "", 0
    )
    made = Recording(
        Path("a.wav"),
        "audio/wav",
        1,
        1.0,
        -16.0,
        -1.0,
        (),
        TimingSource.ENGINE,
        1.0,
        1.0,
        voice,
        "",
    )
    products = {
        "article": articles.to_json(read),
        "script": scripts.to_json(written),
        "recording": recordings.to_json(made, written),
    }
    for kind, data in products.items():
        assert list(data.items())[:2] == [("aloud", kind), ("version", 1)]


@given(recorded())
def test_written_times_are_whole_milliseconds_and_their_spans_point_at_the_clean_text(both):
    made, written = both
    data = recordings.to_json(made, written)
    texts = {block.id: block.text for block in written.article.blocks}
    for timing in data["timings"]:
        token = written.utterances[timing["utterance"]].tokens[timing["token"]]
        assert isinstance(timing["start"], int)
        assert isinstance(timing["end"], int)
        start, end = timing["span"]
        assert data["text"][start:end] == texts[token.block][token.start : token.end]


@given(ARTICLE)
def test_clean_spans_point_at_the_text_of_each_kept_block(read):
    spans = clean_spans(read)
    assert list(spans) == [block.id for block in read.kept]
    for kept in read.kept:
        start, end = spans[kept.id]
        assert read.clean_text[start:end] == kept.text


@pytest.mark.parametrize(
    "broken",
    [
        {"blocks": None},
        {"blocks": [{"id": "l1"}]},
        {"blocks": ["One."]},
        {"blocks": [{"id": "a", "role": "poem", "text": "One.", "state": "spoken"}]},
        {"blocks": [{"id": "a", "role": "paragraph", "text": 1, "state": "spoken"}]},
        {"blocks": [{"id": "a", "role": "paragraph", "text": "", "state": "spoken"}] * 2},
        {"published": "yesterday"},
        {"language": None},
        {"comment_count": "1"},
        {"trust": None},
        {"trust": {"author_pages": [], "missing": [1]}},
    ],
)
def test_an_article_that_is_not_whole_is_not_loaded(broken):
    data = articles.to_json(plain("One.")) | broken
    with pytest.raises((KeyError, TypeError, ValueError)):
        articles.from_json(data)


TOKEN = {"spoken": "one", "start": 0, "end": 3, "kind": "word", "rule": "written", "language": "en"}


@pytest.mark.parametrize(
    "broken",
    [
        {"block": "l2"},
        {"tokens": []},
        {"tokens": [TOKEN | {"end": 99}]},
        {"tokens": [TOKEN | {"start": -1}]},
        {"tokens": [TOKEN | {"spoken": None}]},
        {"tokens": [{"spoken": "one"}]},
        {"pause_after": "long"},
        {"pause_after": -1.0},
        {"pause_after": float("nan")},
        {"role": "poem"},
    ],
)
def test_a_script_that_is_not_whole_is_not_loaded(broken):
    utterance = {"block": "l1", "role": "paragraph", "pause_after": 0.4, "tokens": [TOKEN]}
    data = scripts.to_json(Script(plain("One."), (), "en"))
    scripts.from_json(data | {"utterances": [utterance]})
    with pytest.raises((KeyError, TypeError, ValueError)):
        scripts.from_json(data | {"utterances": [utterance | broken]})


def test_what_is_removed_is_never_said():
    data = scripts.to_json(Script(plain("One."), (), "en"))
    data["article"]["blocks"][0]["state"] = "removed"
    said = {"block": "l1", "role": "paragraph", "pause_after": 0.4, "tokens": [TOKEN]}
    with pytest.raises(KeyError):
        scripts.from_json(data | {"utterances": [said]})


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("*** — …", 0),
        ("One word, two words.", 4),
        ("the 24-member Politburo", 4),  # "24" and "member"
        ("twenty-four member", 3),
        ("don’t", 1),
        ("1,500 or 3.5", 3),
        ("the U.S. Senate", 3),
        ("$5m", 1),
        ("a.m.", 1),
        ("naïve cafés", 2),
        ("हिन्दी भाषा में समाचार", 4),  # vowel signs belong to their words
        ("தமிழ் செய்தி", 2),
        ("النَّاسُ", 1),
        ("ẹ́kọ́", 1),
        ("soft\u00adhyphen", 1),
        ("北京", 1.25),
        ("カタカナ", 2.5),
        ("Tokyo は 東京", 1 + 3 / 1.6),
        ("กข", 0.5 * 2 / 1.6),  # two Thai letters make a syllable
    ],
)
def test_words_are_counted_as_a_reader_counts_them(text, count):
    assert words(text) == pytest.approx(count)


@given(st.text(), st.text())
def test_a_text_of_two_parts_has_the_words_of_both(one, other):
    assert words(f"{one} {other}") == pytest.approx(words(one) + words(other))


@pytest.mark.parametrize(
    ("count", "language", "minutes"),
    [
        (1, "en", 1),
        (238, "en", 1),
        (239, "en", 2),
        (239, "en-GB", 2),
        (358, "de", 2),
        (359, "de-AT", 3),
        (184, "mi", 1),  # a language nobody has measured
        (185, "mi", 2),
    ],
)
def test_reading_time_is_whole_minutes_of_the_language(count, language, minutes):
    read = article(block("word " * count), language=language)
    assert read.reading_minutes == minutes


def test_reading_time_counts_what_is_read_and_nothing_else():
    read = article(
        block("word " * 238),
        block("word " * 238, Role.CAPTION, State.SHOWN),
        block("word " * 238, Role.FURNITURE, State.REMOVED),
    )
    assert read.reading_minutes == 1


def test_an_articles_views_show_its_blocks_by_what_they_are():
    read = article(
        block("Advertisement", Role.FURNITURE, State.REMOVED),
        block("Harbour opens", Role.HEADLINE),
        block("A summary.", Role.STANDFIRST),
        block("First point", Role.KEY_POINT),
        block("Second point", Role.KEY_POINT),
        block("By A. Writer", Role.BYLINE, State.SHOWN),
        block("The body."),
    )
    assert read.headline == "Harbour opens"
    assert read.standfirst == "A summary."
    assert read.key_points == ("First point", "Second point")
    assert [b.text for b in read.removed] == ["Advertisement"]
    assert read.clean_text == (
        "Harbour opens\n\nA summary.\n\nFirst point\n\nSecond point\n\nBy A. Writer\n\nThe body."
    )


def test_a_removed_headline_is_no_headline():
    read = article(block("Most read", Role.HEADLINE, State.REMOVED), block("The body."))
    assert read.headline == ""


def test_plain_text_is_said_as_it_stands_a_paragraph_a_line():
    read = plain("Advertisement\r\n\n  - Two\t words \n", "en-GB")
    assert [(b.id, b.text) for b in read.blocks] == [("l1", "Advertisement"), ("l3", "- Two words")]
    assert {(b.role, b.state) for b in read.blocks} == {(Role.PARAGRAPH, State.SPOKEN)}
    assert read.language == "en-GB"


@given(st.text())
def test_plain_text_loses_nothing_but_space_and_is_nfc(text):
    read = plain(text)
    composed = unicodedata.normalize("NFC", text)
    assert "".join(read.clean_text.split()) == "".join(composed.split())
    assert all(b.text == unicodedata.normalize("NFC", b.text) for b in read.blocks)


def test_a_recordings_speed_is_its_own_words_over_its_own_length():
    voice = Voice(
        "tone/beep", "Beep", "und", 24_000, 150.0, -16.0, "GPL-3.0-or-later", "aloud", "", 0
    )
    made = Recording(
        Path("a.wav"),
        "audio/wav",
        1,
        30.0,
        -16.0,
        -1.0,
        (),
        TimingSource.ENGINE,
        125,
        1.0,
        voice,
        "",
    )
    assert made.wpm == 250
    assert replace(made, duration=60.0).wpm == 125


WISHES = st.lists(st.tuples(st.sampled_from(Role), st.sampled_from(State)), max_size=6)


def test_a_role_is_spoken_or_shown_as_the_listener_likes_it():
    caption = Block("c", Role.CAPTION, "The pier.", State.SHOWN, "caption")
    quote = Block("q", Role.QUOTE, "We waited.", State.SPOKEN, "body")
    article = Article(url="", blocks=(caption, quote))
    heard = by_roles(article, ((Role.CAPTION, State.SPOKEN), (Role.QUOTE, State.SHOWN)))
    assert heard.blocks == (
        replace(caption, state=State.SPOKEN, reason=BY_ROLE),
        replace(quote, state=State.SHOWN, reason=BY_ROLE),
    )


@given(ARTICLE, WISHES)
def test_a_role_brings_nothing_back_and_overrides_no_choice(article: Article, wishes: Any):
    for before, after in zip(article.blocks, by_roles(article, wishes).blocks, strict=True):
        settled = before.state is State.REMOVED or before.reason == CHOSEN
        if settled or before.role not in OPTIONAL_ROLES:
            assert after == before
        assert (after.id, after.role, after.text) == (before.id, before.role, before.text)


@given(ARTICLE)
def test_without_a_wish_an_article_is_heard_as_it_was_read(article: Article):
    assert by_roles(article, ()) is article
    assert by_roles(article, ((Role.PARAGRAPH, State.SHOWN),)) is article
