"""The catalogue: which voice is meant."""

import pytest

from aloud.errors import UnknownVoice
from aloud.voice import Booth, find_voice, voices


@pytest.fixture(scope="module")
def booth():
    with Booth() as open_booth:
        yield open_booth


@pytest.mark.parametrize(
    ("language", "chosen"),
    [
        ("en", "espeak/en-us"),
        ("en-GB", "espeak/en-gb"),
        ("en-AU", "espeak/en-us"),
        ("de-AT", "espeak/de"),
        ("zh-Hans", "espeak/cmn"),
        ("pt-BR", "espeak/pt-br"),
        ("fr", "espeak/fr-fr"),
        ("no", "espeak/nb"),
    ],
)
def test_without_a_wish_the_article_s_language_speaks(booth, language, chosen):
    assert find_voice(None, language, booth).id == chosen


@pytest.mark.parametrize("wish", ["espeak/en-gb", "en-gb", "ESPEAK/EN-GB"])
def test_a_voice_is_found_by_id_or_by_its_name_alone(booth, wish):
    assert find_voice(wish, "de", booth).id == "espeak/en-gb"


@pytest.mark.parametrize("wish", ["espeak/en-uk", "klaus", "nobody/at-all", "", "/"])
def test_an_unknown_voice_is_answered_with_those_there_are(booth, wish):
    with pytest.raises(UnknownVoice) as caught:
        find_voice(wish, "en", booth)
    assert "espeak/" in caught.value.hint


@pytest.mark.parametrize(
    ("wish", "first"),
    [
        ("espeak/fr", "fr-fr, espeak/fr-"),
        ("espeak/fr-ca", "fr-"),
        ("zh", "cmn, "),
        ("espeak/de-at", "de"),
        ("no", "nb"),
        ("espeak/en-uk", "en-us, espeak/en-"),
        ("pt-pt", "pt"),
    ],
)
def test_an_unknown_voice_is_answered_with_those_of_its_language_first(booth, wish, first):
    with pytest.raises(UnknownVoice) as caught:
        find_voice(wish, "en", booth)
    assert caught.value.hint.startswith(f"for example espeak/{first}")


def test_a_language_without_a_voice_is_said_so(booth):
    with pytest.raises(UnknownVoice, match="language"):
        find_voice(None, "xx", booth)


def test_every_listed_voice_has_been_measured_and_hashed(booth):
    found = voices(booth)
    assert len(found) > 100
    assert len({voice.id for voice in found}) == len(found)
    for voice in found:
        assert 50 < voice.natural_wpm < 500
        assert -30 < voice.loudness < -10
        assert len(voice.sha256) == 64
        assert voice.bytes > 0
