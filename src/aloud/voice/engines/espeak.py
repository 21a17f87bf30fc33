"""The espeak engine: the embedded voice, over a hundred languages, no download, no account."""

import hashlib
import json
import statistics
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from itertools import pairwise

import numpy as np

from aloud.errors import UnknownVoice, Unsayable
from aloud.script import Utterance
from aloud.speech import Speech, TimingSource, TokenTiming, Voice
from aloud.voice.engine import Concurrency
from aloud.voice.engines.espeak_library import EspeakLibrary, LibraryVoice, Phoneme

# The engine's default, and what all its rules were tuned at; faster is `master`'s work, because
# the engine's own rate knob is the least understood way to go fast (docs/notes/speed.md).
NATURAL_RATE = 175
_MEASURED = "espeak_measured.json"  # speed and loudness of each; rewritten by bench/voices.py
_FULL_SCALE = 32768.0


@dataclass(frozen=True, slots=True)
class _Measured:
    """A row of that table."""

    natural_wpm: float  # spoken words a minute
    loudness: float  # LUFS


class EspeakEngine:
    """espeak-ng in this process. Its host gives it one of its own."""

    name = "espeak"
    concurrency = Concurrency.PROCESS

    def __init__(self) -> None:
        self._library = EspeakLibrary()
        self.version = f"{self._library.version}+loader{version('espeakng-loader')}"
        self._chosen: tuple[str, int] | None = None

    @cache  # noqa: B019 - one engine a process, which lives as long as the process
    def voices(self) -> tuple[Voice, ...]:
        rows = json.loads(files(__package__).joinpath(_MEASURED).read_text())
        measured = {id: _Measured(**row) for id, row in rows.items()}
        usual = _Measured(  # for a voice newer than the table
            statistics.median(m.natural_wpm for m in measured.values()),
            statistics.median(m.loudness for m in measured.values()),
        )
        return tuple(self._voice(i, v, measured.get(i, usual)) for i, v in self._by_id().items())

    def speak(self, utterance: Utterance, voice: Voice, *, rate: float = 1.0) -> Speech:
        self._choose(voice, round(NATURAL_RATE * rate))
        # NUL would end the text and lose the rest; a space keeps every later position.
        text = utterance.text.replace("\0", " ")
        audio, phonemes = self._library.synthesise(text)
        samples = np.frombuffer(audio, "<i2").astype(np.float32) / np.float32(_FULL_SCALE)
        if not len(samples) or not samples.any():
            raise Unsayable(
                "this voice has no sound for the text",
                subject=f"{voice.id}, {text[:60]!r}",
                hint="choose a voice of the article's language from: aloud voices",
            )
        spans, source = _token_spans(
            utterance, phonemes, len(samples), self._library.count_phonemes
        )
        sr = self._library.sample_rate
        timings = tuple(TokenTiming(0, i, a / sr, b / sr) for i, (a, b) in enumerate(spans))
        return Speech(samples, sr, timings, source)

    @cache  # noqa: B019
    def _by_id(self) -> dict[str, LibraryVoice]:
        """Voices by our id. The language tag names a voice, the file where two share a tag."""
        found: dict[str, LibraryVoice] = {}
        for voice in self._library.voices():
            if not self._library.dictionary(voice).is_file():
                continue  # listed, but the package left its words out: it cannot speak
            short = voice.language.lower()
            if f"{self.name}/{short}" in found:
                short = voice.identifier.rpartition("/")[2].lower()
            found[f"{self.name}/{short}"] = voice
        return found

    def _voice(self, id: str, record: LibraryVoice, measured: _Measured) -> Voice:
        files = (self._library.definition(record), self._library.dictionary(record))
        data = b"".join(file.read_bytes() for file in files)
        return Voice(
            id=id,
            name=record.name,
            language=record.language,
            sample_rate=self._library.sample_rate,
            natural_wpm=measured.natural_wpm,
            loudness=measured.loudness,
            licence="GPL-3.0-or-later",
            source=f"espeak-ng {self._library.version}, in espeakng-loader",
            sha256=hashlib.sha256(data).hexdigest(),
            bytes=len(data),
        )

    def _choose(self, voice: Voice, rate: int) -> None:
        if self._chosen == (voice.id, rate):
            return
        record = self._by_id().get(voice.id)
        if record is None or not self._library.choose(record.identifier, rate):
            raise UnknownVoice(
                "espeak-ng has no such voice",
                subject=voice.id,
                hint="choose a voice from: aloud voices",
            )
        self._chosen = (voice.id, rate)


def _token_spans(
    utterance: Utterance, phonemes: Sequence[Phoneme], end: int, count: Callable[[str], int]
) -> tuple[list[tuple[int, int]], TimingSource]:
    """``[start, end)`` samples of each token, from the sounds that belong to it.

    Sounds are more exact than the engine's word events, which come early after a nasal. Where the
    engine runs words together ("in the"), their common sounds are dealt out by how many sounds
    each word has alone (``count``).
    """
    starts, at = [], 0
    for token in utterance.tokens:
        starts.append(at)
        at += len(token.spoken) + len(token.after)
    sounds: list[list[tuple[int, int]]] = [[] for _ in starts]
    owner = 0
    for index, phoneme in enumerate(phonemes):
        if phoneme.name.startswith("_"):
            continue
        owner = max(owner, bisect_right(starts, phoneme.character) - 1)
        after = phonemes[index + 1].sample if index + 1 < len(phonemes) else end
        sounds[owner].append((min(phoneme.sample, end), min(after, end)))
    for first, last in _runs(sounds):
        shares = [max(1, count(token.spoken)) for token in utterance.tokens[first:last]]
        sounds[first:last] = _dealt(sounds[first], shares)
    spans, here = [], 0
    for own in sounds:
        start = max(here, own[0][0]) if own else here
        here = max(start, own[-1][1]) if own else here
        spans.append((start, here))
    return spans, TimingSource.ENGINE if all(sounds) else TimingSource.ESTIMATED


def _runs(sounds: Sequence[Sequence[object]]) -> list[tuple[int, int]]:
    """``[first, last)`` of every token with sounds that is followed by tokens without any."""
    heads = [i for i, own in enumerate(sounds) if own]
    ends = [*heads[1:], len(sounds)]
    return [(a, b) for a, b in zip(heads, ends, strict=True) if b - a > 1]


def _dealt(sounds: list[tuple[int, int]], shares: list[int]) -> list[list[tuple[int, int]]]:
    """The sounds cut into as many runs as there are shares, in proportion to them."""
    cuts, total, given = [0], sum(shares), 0
    for share in shares:
        given += share
        cuts.append(round(len(sounds) * given / total))
    return [sounds[a:b] for a, b in pairwise(cuts)]
