"""Samples: a voice, or a word of the lexicon, to be heard before it is chosen. Made once."""

import hashlib
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from aloud import article as articles
from aloud.adapt import adapt
from aloud.errors import Damaged, UsageError
from aloud.master import master
from aloud.script import Saying, Script
from aloud.serve.jobs import Need
from aloud.serve.service import Service
from aloud.shelf import content_key
from aloud.speech import Speech, Voice
from aloud.voice import find_voice

_FORMAT = 1  # changes when the same inputs would sound otherwise
# A sentence with a pause, a question and a name in it. A language that is not here counts, which
# every voice can: figures are said in its own words.
_SENTENCES = {
    "ar": "مرحبا، هكذا يبدو صوتي وأنا أقرأ لك مقالا.",
    "cmn": "你好，我读文章的时候就是这个声音。",
    "de": "Guten Tag, so klinge ich, wenn ich einen Artikel vorlese. Gefällt es Ihnen?",
    "en": "Hello, this is how I sound when I read an article to you. Do you like it?",
    "es": "Hola, así sueno cuando te leo un artículo. ¿Te gusta?",
    "fr": "Bonjour, voici ma voix quand je lis un article. Vous plaît-elle ?",
    "hi": "नमस्ते, जब मैं लेख पढ़ता हूँ तो मेरी आवाज़ ऐसी होती है।",
    "it": "Buongiorno, ecco come suono quando leggo un articolo. Ti piace?",
    "ja": "こんにちは。記事を読むときは、こんな声です。",
    "ko": "안녕하세요, 기사를 읽을 때 제 목소리는 이렇습니다.",
    "nl": "Hallo, zo klink ik als ik een artikel voorlees. Vind je het mooi?",
    "pl": "Dzień dobry, tak brzmię, kiedy czytam artykuł. Podoba się?",
    "pt": "Olá, é assim que soo quando leio um artigo. Gosta?",
    "ru": "Здравствуйте, так я звучу, когда читаю статью. Вам нравится?",
    "sv": "Hej, så här låter jag när jag läser en artikel. Gillar du det?",
    "tr": "Merhaba, bir makale okurken sesim böyle. Beğendiniz mi?",
    "uk": "Добрий день, так я звучу, коли читаю статтю. Вам подобається?",
    "zh": "你好，我读文章的时候就是这个声音。",
}
_COUNTING = "1, 2, 3, 4, 5."
_USUAL = (None, ".mp3")  # words a minute (None: the voice's own), and the format


def of_voice(service: Service, voice: Voice, version: str) -> bytes:
    """A sentence in the voice's own language, as mp3. ``version`` is its engine's.

    Raises:
        VoiceError: it cannot speak.
        ShelfError: the sample can be neither had nor kept.
    """
    sentence = _SENTENCES.get(voice.language.lower().partition("-")[0], _COUNTING)
    return _spoken(service, adapt(articles.plain(sentence, voice.language)), voice, version)


def of_passage(service: Service, text: str, voice: Voice, version: str, wpm: float | None) -> bytes:
    """A text at that pace, or at the voice's own for None, as wav: lossless and exact, so that
    two of them can be compared by ear.

    Raises:
        VoiceError: it cannot be spoken.
        ShelfError: it can be neither had nor kept.
    """
    script = adapt(articles.plain(text, voice.language))
    return _spoken(service, script, voice, version, (wpm, ".wav"))


def of_saying(service: Service, saying: Saying, voice_id: str | None) -> bytes:
    """What is written, said as the saying says, as mp3.

    Raises:
        UnknownVoice, EngineMissing, VoiceError: it cannot be spoken.
        ShelfError: the sample can be neither had nor kept.
    """
    language = saying.language or "en"
    wanted = service.speaker.ask(lambda booth: find_voice(voice_id, language, booth))
    voice, version = service.work.voice(wanted.id)
    script = adapt(articles.plain(saying.written, language), (saying,))
    if not script.utterances:
        raise UsageError("there is nothing in it to say", subject=saying.written)
    return _spoken(service, script, voice, version)


def _spoken(
    service: Service,
    script: Script,
    voice: Voice,
    version: str,
    made_as: tuple[float | None, str] = _USUAL,
) -> bytes:
    wpm, suffix = made_as
    key = _key(script, voice, version, made_as)
    try:
        there = service.shelf.get(key)
    except Damaged:
        there = None  # it was moved aside, and is made again
    if there is not None:
        return there
    with tempfile.TemporaryDirectory(prefix="aloud-") as folder:
        path = Path(folder) / f"sample{suffix}"
        speeches = _speeches(service, script, voice, version)
        master(script, speeches, voice, path, wpm=wpm, captions=False)
        made = path.read_bytes()
    service.shelf.put(key, made)
    return made


def _speeches(service: Service, script: Script, voice: Voice, version: str) -> Iterator[Speech]:
    for utterance in script.utterances:
        # After the silence of a player that has begun: whoever tries voices can wait a little.
        yield service.speaker.speak(utterance, voice, version, Need.LISTENING)


def _key(script: Script, voice: Voice, version: str, made_as: tuple[float | None, str]) -> str:
    said = [[utterance.text, utterance.pause_after] for utterance in script.utterances]
    inputs = [_FORMAT, voice.id, voice.sha256, version, said]
    if made_as != _USUAL:
        inputs.append(made_as)
    digest = hashlib.sha256(json.dumps(inputs).encode("ascii")).hexdigest()
    return content_key("samples", digest, made_as[1])
