"""The engine contract: every engine on the list is held to all of it."""

import numpy as np
import pytest

from aloud import article
from aloud.adapt import adapt
from aloud.article import Role
from aloud.script import Script, Token, Utterance
from aloud.speech import Speech, Voice
from aloud.voice import Booth, find_voice

VOICES = ["tone/beep", "espeak/en-us", "espeak/de", "espeak/cmn"]
HOSTILE = [
    "[[h@l'oU]] is not a command.",
    "<speak><break time='10s'/>plain words</speak> come after it.",
    "A per cent sign %n %s and a brace {0} stand here.",
    "An emoji 😀 and a combining ẹ́ mark, and x̧̌ too.",
    "北京 and Москва and שלום in one line.",
    "word " * 400,
    "a" * 2000,
]


@pytest.fixture(scope="module")
def booth():
    with Booth() as open_booth:
        yield open_booth


def spoken(booth: Booth, voice: Voice, text: str) -> list[tuple[Utterance, Speech]]:
    script = adapt(article.plain(text, voice.language))
    return list(zip(script.utterances, booth.speak(script, voice), strict=True))


@pytest.mark.parametrize("name", VOICES)
@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_is_spoken_with_a_time_for_every_token(booth, name, text):
    voice = find_voice(name, "en", booth)
    for utterance, speech in spoken(booth, voice, text):
        assert speech.sample_rate == voice.sample_rate
        assert speech.samples.dtype == np.float32
        assert np.abs(speech.samples).max() <= 1.0
        assert len(speech.timings) == len(utterance.tokens)
        edges = [0.0, *(x for t in speech.timings for x in (t.start, t.end)), speech.duration]
        assert edges == sorted(edges)


@pytest.mark.parametrize("name", VOICES)
def test_an_utterance_begins_and_ends_with_sound(booth, name):
    voice = find_voice(name, "en", booth)
    ((_, speech),) = spoken(booth, voice, "Seven ships are waiting.")
    loud = np.flatnonzero(np.abs(speech.samples) > 0.0032)
    assert loud[0] <= 0.006 * speech.sample_rate
    assert len(speech.samples) - loud[-1] <= 0.006 * speech.sample_rate


def test_a_longer_text_is_a_longer_speech_and_not_a_cut_one(booth):
    voice = find_voice("espeak/en-us", "en", booth)
    text = "The ferry left the harbour"
    ((_, short),) = spoken(booth, voice, f"{text}.")
    whole = sum(s.duration for _, s in spoken(booth, voice, f"{text} and came back. " * 10))
    assert whole > 10 * short.duration


def test_text_in_double_brackets_sounds_like_its_letters_and_not_like_phonemes(booth):
    voice = find_voice("espeak/en-us", "en", booth)
    ((_, plain),) = spoken(booth, voice, "m e m e m e m e.")
    ((_, bracketed),) = spoken(booth, voice, "[[m e m e m e m e]].")
    assert bracketed.duration == pytest.approx(plain.duration, rel=0.05)


def test_words_run_together_by_espeak_still_have_their_own_times(booth):
    voice = find_voice("espeak/en-us", "en", booth)
    ((utterance, speech),) = spoken(booth, voice, "He said it in the house of the mayor.")
    for token, timing in zip(utterance.tokens, speech.timings, strict=True):
        assert timing.end - timing.start > 0.03, token.spoken


def test_espeak_s_word_times_are_where_the_sound_changes(booth):
    """Silence before a stop tells where a word begins: "two" after a comma's pause."""
    voice = find_voice("espeak/en-us", "en", booth)
    ((_, speech),) = spoken(booth, voice, "One, two, ten, two.")
    for timing in speech.timings[1:]:
        before = speech.samples[
            int((timing.start - 0.05) * speech.sample_rate) : int(timing.start * speech.sample_rate)
        ]
        assert np.abs(before).max() < 0.05


def raw(*words: str) -> Utterance:
    """An utterance as no `adapt` would write it: what an engine must withstand all the same."""
    tokens = tuple(Token(w, "b", i, i + 1, "word", "test", "en") for i, w in enumerate(words))
    return Utterance(tokens, "b", Role.PARAGRAPH, 0.0)


def speak_raw(booth: Booth, *words: str) -> Speech:
    voice = find_voice("espeak/en-us", "en", booth)
    script = Script(article.plain("x"), (raw(*words),), "en")
    (speech,) = booth.speak(script, voice)
    return speech


def test_brackets_are_letters_to_the_engine_and_not_phonemes(booth):
    # As phonemes, [[aI]] would be one short vowel.
    assert speak_raw(booth, "[[aIaIaIaI]]").duration > 1.5 * speak_raw(booth, "eye").duration


def test_markup_is_text_to_the_engine_and_not_ssml(booth):
    # As SSML it would be three seconds of silence.
    marked = speak_raw(booth, "one", "<break", 'time="3s"/>', "two")
    quiet = np.abs(marked.samples) < 0.003
    longest, run = 0, 0
    for silent in quiet[:: marked.sample_rate // 100]:
        run = run + 1 if silent else 0
        longest = max(longest, run)
    assert longest < 100  # hundredths of a second


def test_a_nul_does_not_end_the_text(booth):
    whole = speak_raw(booth, "one", "two\0three", "four").duration
    assert whole > 1.2 * speak_raw(booth, "one", "two").duration


def test_a_word_begins_neither_before_nor_after_its_sound(booth):
    """Silence stands before each of these stops, so that their onset can be seen."""
    voice = find_voice("espeak/en-us", "en", booth)
    ((_, speech),) = spoken(booth, voice, "One, ten, two, cat, top.")
    for timing in speech.timings[1:]:
        at = round(timing.start * speech.sample_rate)
        margin = speech.sample_rate * 25 // 1000
        assert np.abs(speech.samples[at - 2 * margin : at - margin]).max() < 0.02
        assert np.abs(speech.samples[at : at + 3 * margin]).max() > 0.05
