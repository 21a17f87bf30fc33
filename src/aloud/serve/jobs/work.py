"""Work: the five steps from what was sent to a finished recording.

Each step looks first whether its product is there already, so it may be repeated at any time, by
any process: what it makes goes onto the shelf under a name that says what it is made of.
"""

import json
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from weakref import WeakValueDictionary

from aloud import page as pages
from aloud import recording as recordings
from aloud import script as scripts
from aloud.adapt import adapt
from aloud.article import Article, by_roles
from aloud.errors import ExtractError, MasterError, Unsayable
from aloud.extract import extract
from aloud.fetch.http import fetch_url
from aloud.library import Library
from aloud.library.records import Narration, RecordingRecord
from aloud.master import masters
from aloud.recording import Recording
from aloud.script import Saying, Script, Utterance
from aloud.serve.jobs.covers import cover
from aloud.serve.jobs.need import Attention, Need
from aloud.serve.jobs.patience import Interrupted
from aloud.serve.jobs.prepared import Prepared
from aloud.serve.jobs.speaker import Speaker
from aloud.serve.jobs.staging import Staging
from aloud.settings import Settings
from aloud.shelf import Shelf
from aloud.speech import Speech, Voice
from aloud.voice import find_voice

log = logging.getLogger(__name__)
FORMATS = ("m4a", "mp3")  # of every finished article: for players, and for podcast apps
_AHEAD = 16  # utterances asked for in advance
_SILENT = "{} of its sentences have no sound in this voice: choose another one to hear them"
_SCRIPTS_KEPT = 8  # in memory: an article that is listened to asks for its script again and again


class Work:
    """The steps, each called with the id of a narration."""

    def __init__(
        self,
        library: Library,
        shelf: Shelf,
        speaker: Speaker,
        settings: Settings,
        attention: Attention,
        staging: Staging,
    ) -> None:
        self._library, self._shelf, self._speaker = library, shelf, speaker
        self._settings, self._attention, self._staging = settings, attention, staging
        # One for each article that is worked on, gone when nobody holds it.
        self._locks: WeakValueDictionary[str, threading.Lock] = WeakValueDictionary()
        self._locks_lock = threading.Lock()
        self._voices: dict[str, tuple[Voice, str]] = {}
        # By what was wished for and the language: engines do not come and go while we run, and
        # to ask them takes a booth, which may be in the middle of somebody's sentence.
        self._found: dict[tuple[str | None, str], Voice] = {}
        self._scripts: OrderedDict[str, Script] = OrderedDict()
        self.reading = (
            ("fetch", self.fetch),
            ("read", self._in_the_background(self.read)),
        )
        self.narrating = (
            ("write", self._in_the_background(self.write)),
            ("speak", self.speak),
            ("master", self.master),
        )
        self.steps = (*self.reading, *self.narrating)

    def prepare(self, narration: Narration) -> Prepared:
        """Everything up to the script, now: for somebody who waits for the first sound. Fetching
        and reading are done once, whoever comes first, this or the job. A narration that was
        cancelled after that may still be listened to: its script is there.

        Raises:
            AloudError: what kept it from being read.
        """
        if not self._is_written(narration):
            for step in (self.fetch, self.read, self.write):
                step(narration.id)
            narration = self._alive(narration.id)
        return self._prepared(narration)

    def fetch(self, narration_id: str) -> None:
        """The page is on the shelf."""
        with self._one_at_a_time(narration_id) as narration:
            article = self._library.articles.record(narration.article_id)
            if article.revision:
                return  # it has been read: its words are in the library
            if article.page_key is not None and self._shelf.has(article.page_key):
                return
            if article.source != "url":
                said = "what was sent is no longer there"
                raise ExtractError(said, subject=article.url, hint="send the article again")
            self._library.narrations.advance(narration_id, "reading")
            page = fetch_url(article.url, self._settings)
            key = self._shelf.keep("pages", pages.to_bytes(page))
            self._library.articles.keep_page(article.id, key)

    def read(self, narration_id: str) -> None:
        """The article is in the library."""
        with self._one_at_a_time(narration_id) as narration:
            record = self._library.articles.record(narration.article_id)
            if record.revision:
                return
            assert record.page_key is not None
            article = extract(pages.from_bytes(self._shelf.read(record.page_key)))
            self._library.articles.add_revision(record.id, article)
            self._library.narrations.advance(narration_id, "waiting")  # until it is its turn

    def write(self, narration_id: str) -> None:
        """The script is on the shelf, and it is settled who speaks."""
        with self._one_at_a_time(narration_id) as narration:
            # Again where a block or the lexicon was changed meanwhile: it was the newest words
            # that were asked for.
            while not self._is_written(narration) and not self._written(narration):
                narration = self._alive(narration_id)

    def _written(self, narration: Narration) -> bool:
        lexicon = self._library.lexicon.digest(narration.listener_id)
        revision, article = self._library.articles.article(narration.article_id)
        voice = self.voice_of(narration.listener_id, article.language, narration.voice_wish)
        script = self._adapted(article, narration.listener_id)
        if not script.utterances:
            hint = "see what was left out, and restore what should be read"
            raise ExtractError("there is nothing in it to say", hint=hint)
        key = self._shelf.keep("scripts", _script_bytes(script))
        self._remember(key, script)
        return self._library.narrations.written(
            narration.id,
            revision=revision,
            lexicon=lexicon,
            voice=voice.id,
            script_key=key,
            total=len(script.utterances),
        )

    def _is_written(self, narration: Narration) -> bool:
        return narration.script_key is not None and self._shelf.has(narration.script_key)

    def speak(self, narration_id: str) -> None:
        """Every utterance is on the shelf, but for those that the voice has no sound for."""
        prepared = self._prepared(self._alive(narration_id))
        script, voice, version = prepared.script, prepared.voice, prepared.version
        said = silent = 0
        while said < len(script.utterances):
            narration = self._alive(narration_id)
            need = Need(narration.priority)
            batch = script.utterances[said : said + _AHEAD]
            for asked in self._speaker.ahead(batch, voice, version, need):
                try:
                    asked.result()
                except Unsayable:
                    silent += 1
                    if silent == len(script.utterances):
                        raise
            said += len(batch)
            self._library.narrations.progress(narration_id, said, len(script.utterances))

    def master(self, narration_id: str) -> None:
        """The recordings are on the shelf and in the library: the narration is done."""
        prepared = self._prepared(self._alive(narration_id))
        if not self._library.narrations.advance(narration_id, "mastering"):
            return  # done by another process, cancelled, or gone
        silent: list[Utterance] = []
        made = self._mastered(prepared, silent.append)
        keys = [key for one in made for key in (one.key, one.timing_key)]
        hint = _SILENT.format(len(silent)) if silent else ""
        if silent:
            facts = {"narration": narration_id, "sentences": len(silent)}
            log.warning("the voice has no sound for some sentences", extra=facts)
        if not self._library.narrations.finish(narration_id, made, hint):
            self.drop(keys)
        elif not all(self._shelf.has(key) for key in keys):
            # Somebody removed the same recording of theirs while this one was not yet known.
            self._mastered(prepared)

    def drop(self, keys: Iterable[str]) -> None:
        """Take off the shelf what nothing in the library needs: what is shared stays.

        Raises:
            LibraryError, ShelfError: it cannot be looked up, or taken off, now.
        """
        for key in keys:
            if not self._library.keys([key]):
                self._shelf.drop(key)

    def remake(self, narration: Narration) -> None:
        """Script and recordings of a narration that is done, on the shelf once more: under the
        same names where nothing that they are made of has changed since."""
        _, article = self._library.articles.article(narration.article_id, narration.revision)
        script = self._adapted(article, narration.listener_id)
        self._shelf.keep("scripts", _script_bytes(script))
        assert narration.voice is not None
        voice, version = self.voice(narration.voice)
        self._mastered(Prepared(narration, script, voice, version))

    def _mastered(
        self, prepared: Prepared, silent: Callable[[Utterance], None] = lambda utterance: None
    ) -> tuple[RecordingRecord, ...]:
        """The recordings, on the shelf. ``silent`` is told each utterance without a sound."""
        with self._staging.folder() as folder:
            paths = [folder / f"article.{suffix}" for suffix in FORMATS]
            made = masters(
                prepared.script,
                self._spoken(prepared, silent),
                prepared.voice,
                paths,
                cover=cover(prepared.script.article, self._shelf, self._settings),
                captions=False,
                progress=self._go_on,
            )
            return tuple(self._keep(recording, prepared) for recording in made)

    def _go_on(self, what: str, done: int, total: int) -> None:
        """Called many times a second: a place to make way for listeners, and to be stopped."""
        self._speaker.check_on()
        self._attention.make_way()

    def _keep(self, made: Recording, prepared: Prepared) -> RecordingRecord:
        narration, script = prepared.narration, prepared.script
        data = "".join(recordings.json_pieces(made, script)).encode()
        assert narration.revision is not None
        return RecordingRecord(
            narration_id=narration.id,
            article_id=narration.article_id,
            revision=narration.revision,
            voice=made.voice.id,
            format=made.path.suffix.removeprefix("."),
            sha256=made.sha256,
            key=self._shelf.keep("recordings", made.path, made.path.suffix),
            timing_key=self._shelf.keep("timings", data, ".json"),
            media_type=made.media_type,
            byte_count=made.byte_count,
            duration=made.duration,
            loudness=made.loudness,
            true_peak=made.true_peak,
            natural_wpm=made.natural_wpm,
            words=made.words,
            created=datetime.now(UTC),
        )

    def _spoken(self, prepared: Prepared, silent: Callable[[Utterance], None]) -> Iterator[Speech]:
        need = Need(prepared.narration.priority)
        for utterance in prepared.script.utterances:
            # What was evicted since it was spoken is spoken again.
            speech = self._speaker.heard(utterance, prepared.voice, prepared.version, need)
            if not len(speech.samples):
                silent(utterance)
            yield speech

    def _prepared(self, narration: Narration) -> Prepared:
        if narration.script_key is None or narration.voice is None:
            raise MasterError("a step was left out", subject=narration.id)
        voice, version = self.voice(narration.voice)
        return Prepared(narration, self._script(narration.script_key), voice, version)

    def voice(self, id: str) -> tuple[Voice, str]:
        """The voice of that id, and the version of its engine.

        Raises:
            UnknownVoice, EngineMissing: it is not here.
        """
        if id not in self._voices:
            voice = self._speaker.ask(lambda booth: find_voice(id, "", booth))
            self._voices[id] = voice, self._speaker.version(voice)
        return self._voices[id]

    def _script(self, key: str) -> Script:
        known = self._scripts.get(key)
        if known is None:
            known = scripts.from_json(json.loads(self._shelf.read(key)))
            self._remember(key, known)
        return known

    def _remember(self, key: str, script: Script) -> None:
        self._scripts[key] = script
        while len(self._scripts) > _SCRIPTS_KEPT:
            self._scripts.popitem(last=False)

    def voice_of(self, listener_id: str, language: str, wish: str | None = None) -> Voice:
        """Who speaks a language (BCP 47) to a listener: the voice of that id, or else their own
        for the language, or else the usual one.

        Raises:
            UnknownVoice, EngineMissing: it is not here.
        """
        wish = wish or self._preferred(listener_id, language)
        if (wish, language) not in self._found:
            voice = self._speaker.ask(lambda booth: find_voice(wish, language, booth))
            self._found[wish, language] = voice
        return self._found[wish, language]

    def _preferred(self, listener_id: str, language: str) -> str | None:
        """The listener's voice for a language: for just this one, or for the language at large."""
        chosen = dict(self._library.listeners.preferences(listener_id).voices)
        primary = language.partition("-")[0]
        return chosen.get(language) or chosen.get(primary) or self._settings.voice

    def _adapted(self, article: Article, listener_id: str) -> Script:
        """What is to be said, as the listener wants it said."""
        roles = self._library.listeners.preferences(listener_id).roles
        entries = self._library.lexicon.list(listener_id)
        sayings = tuple(Saying(e.written, e.spoken, e.language) for e in entries)
        return adapt(by_roles(article, roles), sayings)

    def _alive(self, narration_id: str) -> Narration:
        narration = self._library.narrations.get(narration_id)
        if narration.state == "cancelled":
            raise Interrupted("this was cancelled", subject=narration_id)
        return narration

    def _in_the_background(self, step: Callable[[str], None]) -> Callable[[str], None]:
        """The step, which makes way for listeners first: never while it holds an article that
        one of them waits for."""

        def resting(narration_id: str) -> None:
            if self._alive(narration_id).priority != Need.LISTENING:
                self._attention.make_way()
            step(narration_id)

        return resting

    @contextmanager
    def _one_at_a_time(self, narration_id: str) -> Iterator[Narration]:
        """The narration as it is when nobody else in this process works on its article."""
        article_id = self._alive(narration_id).article_id
        with self._locks_lock:
            lock = self._locks.setdefault(article_id, threading.Lock())
        with lock:
            yield self._alive(narration_id)


def _script_bytes(script: Script) -> bytes:
    return json.dumps(scripts.to_json(script), ensure_ascii=False).encode()
