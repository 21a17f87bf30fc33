"""Recording: what is kept. One audio file, and what is known of every word in it."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aloud import article as articles
from aloud import script as scripts
from aloud.script import Script
from aloud.speech import TimingSource, TokenTiming, Voice, voice_to_json

VERSION = 1


@dataclass(frozen=True, slots=True)
class Recording:
    """A finished audio file."""

    path: Path
    media_type: str
    byte_count: int
    duration: float  # seconds
    loudness: float  # LUFS, integrated
    true_peak: float  # dBTP
    timings: tuple[TokenTiming, ...]  # of this file, after any change of pace
    timing_source: TimingSource
    words: float  # spoken
    natural_wpm: float  # of this recording before any change of pace
    voice: Voice
    sha256: str  # of the file

    @property
    def wpm(self) -> float:
        """Spoken words a minute as they are in the file."""
        return self.words * 60 / self.duration


def to_json(recording: Recording, script: Script) -> dict[str, Any]:
    """Article, script and times in one piece. Times are integer milliseconds, ``span`` points
    into the clean text (``[start, end)``, characters), which stands there whole as ``text``."""
    data: dict[str, Any] = json.loads("".join(json_pieces(recording, script)))
    return data


def json_pieces(recording: Recording, script: Script) -> Iterator[str]:
    """The text of that JSON, bit by bit: a book's words and times are never there all at once."""
    article = script.article
    head = {
        "aloud": "recording",
        "version": VERSION,
        "file": recording.path.name,
        "media_type": recording.media_type,
        "byte_count": recording.byte_count,
        "sha256": recording.sha256,
        "duration_ms": ms(recording.duration),
        "duration": recording.duration,
        "loudness": recording.loudness,
        "true_peak": recording.true_peak,
        "words": recording.words,
        "wpm": round(recording.wpm, 2),
        "natural_wpm": recording.natural_wpm,
        "voice": voice_to_json(recording.voice),
        "timing_source": recording.timing_source.value,
        "text": article.clean_text,
        "article": articles.to_json(article),
    }
    spans = articles.clean_spans(article)
    yield _written(head)[:-1] + ', "script": '
    yield _written(scripts.head_to_json(script))[:-1] + ', "utterances": ['
    yield from _listed(scripts.utterance_to_json(u) for u in script.utterances)
    yield ']}, "timings": ['
    yield from _listed(_timing_to_json(t, script, spans) for t in recording.timings)
    yield "]}\n"


def from_json(data: Mapping[str, Any], folder: Path) -> tuple[Recording, Script]:
    """The recording that `to_json` wrote, its file in ``folder``, and the script it speaks.

    Times come back as they were written, in whole milliseconds.

    Raises:
        KeyError, TypeError, ValueError: something is missing or of the wrong kind.
    """
    script = scripts.from_json({**data["script"], "article": data["article"]})
    recording = Recording(
        path=folder / data["file"],
        media_type=data["media_type"],
        byte_count=data["byte_count"],
        duration=data["duration"],
        loudness=data["loudness"],
        true_peak=data["true_peak"],
        timings=tuple(
            TokenTiming(t["utterance"], t["token"], t["start"] / 1000, t["end"] / 1000)
            for t in data["timings"]
        ),
        timing_source=TimingSource(data["timing_source"]),
        words=data["words"],
        natural_wpm=data["natural_wpm"],
        voice=Voice(**data["voice"]),
        sha256=data["sha256"],
    )
    return recording, script


def ms(seconds: float) -> int:
    """Whole milliseconds, the unit of every file that leaves the house."""
    return round(seconds * 1000)


def _written(data: object) -> str:
    return json.dumps(data, ensure_ascii=False)


def _listed(items: Iterable[object]) -> Iterator[str]:
    for index, item in enumerate(items):
        yield f"{',' if index else ''}\n{_written(item)}"


def _timing_to_json(
    timing: TokenTiming, script: Script, spans: Mapping[str, tuple[int, int]]
) -> dict[str, Any]:
    token = script.utterances[timing.utterance].tokens[timing.token]
    offset = spans[token.block][0]
    return {
        "utterance": timing.utterance,
        "token": timing.token,
        "start": ms(timing.start),
        "end": ms(timing.end),
        "block": token.block,
        "span": [offset + token.start, offset + token.end],
    }
