"""Master: speech becomes a recording: joined, paced, made even in loudness, encoded, captioned.

Nothing here holds a whole article: utterances go through a spool on disk, in three passes. The
first keeps what the engine said, the second sets the pace and measures, the third encodes.
"""

import hashlib
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aloud import pace, recording
from aloud.errors import MasterError
from aloud.master.chapters import chapters
from aloud.master.cover import to_jpeg
from aloud.master.cues import cues, to_srt, to_vtt
from aloud.master.encode import FORMATS, Tags, encode
from aloud.master.level import Level
from aloud.master.live import HELD_BACK, MEDIA_TYPE, LiveEncoder, Segment, live_gain
from aloud.master.loudness import LoudnessMeter
from aloud.master.spool import Spool
from aloud.master.staging import disk_errors, staged
from aloud.master.stretch import stretch
from aloud.pace import Slot
from aloud.recording import Recording
from aloud.script import Script
from aloud.speech import Samples, Speech, TimingSource, TokenTiming, Voice, worst

__all__ = [
    "FORMATS",
    "HELD_BACK",
    "MEDIA_TYPE",
    "LiveEncoder",
    "Progress",
    "Segment",
    "live_gain",
    "master",
    "masters",
    "to_jpeg",
]

_MORE_ROOM = "free some space there, or set TMPDIR to a folder on a larger disk"
Progress = Callable[[str, int, int], None]  # what is being done, how much is done, of how much


@dataclass(frozen=True, slots=True, eq=False)
class _Spoken:
    """What is known of one utterance when all are in the spool."""

    length: int  # samples at natural rate
    starts: NDArray[np.float64]  # samples, of each token, from the utterance's beginning
    ends: NDArray[np.float64]  # likewise
    source: TimingSource


def master(
    script: Script,
    speeches: Iterable[Speech],
    voice: Voice,
    path: Path,
    *,
    wpm: float | None = None,
    cover: bytes = b"",
    captions: bool = True,
    progress: Progress = lambda what, done, total: None,
) -> Recording:
    """Make ``path`` (its suffix says the format) and, with ``captions``, .vtt, .srt and .json
    beside it.

    ``speeches`` is one an utterance, in order. ``wpm`` is what the listener wishes for; None is
    natural rate. It is met on this recording to the sample, unless no stretching reaches it.
    ``cover`` is a JPEG, or empty.

    Raises:
        MasterError: nothing to say, or nowhere to write it.
    """
    (made,) = masters(
        script, speeches, voice, (path,),
        wpm=wpm, cover=cover, captions=captions, progress=progress,
    )  # fmt: skip
    return made


def masters(
    script: Script,
    speeches: Iterable[Speech],
    voice: Voice,
    paths: Sequence[Path],
    *,
    wpm: float | None = None,
    cover: bytes = b"",
    captions: bool = True,
    progress: Progress = lambda what, done, total: None,
) -> tuple[Recording, ...]:
    """The same recording in several formats, each as `master` would make it, spoken once.

    ``paths`` are names in one folder; all of them appear, or none. Captions and data stand
    beside the first. The words' times are the same in all.

    Raises:
        MasterError: nothing to say, or nowhere to write it.
    """
    kinds = [FORMATS[path.suffix.removeprefix(".")] for path in paths]
    (folder,) = {path.parent for path in paths}
    with staged(folder) as stage, Spool() as natural, Spool() as paced:
        with disk_errors(Path(tempfile.gettempdir()), _MORE_ROOM):
            spoken, rate_hz = _gather(script, speeches, natural, progress)
            own_wpm, slots = _places(script, spoken, rate_hz, wpm)
            timings, loudness = _set_pace(spoken, slots, natural, paced, rate_hz, progress)
        paces = len(slots)
        level = Level(paced, rate_hz, loudness, lambda: progress("pacing", paces, paces))
        parts, tags = chapters(script, slots, rate_hz), _tags(script, cover)
        made: list[Recording] = []
        for path, kind in zip(paths, kinds, strict=True):
            file, before = stage / path.name, len(made) * paced.length
            pieces = _watched(level.pieces(), before, len(paths) * paced.length, progress)
            encode(pieces, rate_hz, file, kind, tags, parts)
            one = Recording(
                path=path,
                media_type=kind.media_type,
                byte_count=file.stat().st_size,
                duration=paced.length / rate_hz,
                loudness=level.loudness,
                true_peak=level.true_peak,
                timings=timings,
                timing_source=worst([part.source for part in spoken]),
                words=script.words,
                natural_wpm=own_wpm,
                voice=voice,
                sha256=_sha256(file),
            )
            made.append(one)
        if captions:
            _write_sidecars(made[0], script, stage)
    return tuple(made)


def _gather(
    script: Script, speeches: Iterable[Speech], spool: Spool, progress: Progress
) -> tuple[list[_Spoken], int]:
    """First pass: everything the engine says goes into the spool; its sample rate in Hz."""
    spoken: list[_Spoken] = []
    sample_rate = 0
    for speech in speeches:
        sample_rate = sample_rate or speech.sample_rate
        if speech.sample_rate != sample_rate:
            raise MasterError("the voice changed its sample rate in the middle")
        spool.append(speech.samples)
        starts = np.array([timing.start for timing in speech.timings]) * sample_rate
        ends = np.array([timing.end for timing in speech.timings]) * sample_rate
        spoken.append(_Spoken(len(speech.samples), starts, ends, speech.timing_source))
        progress("speaking", len(spoken), len(script.utterances))
    if not spool.length:
        raise MasterError("there is nothing to say", hint="see what was left out: aloud article")
    return spoken, sample_rate


def _places(
    script: Script, spoken: Sequence[_Spoken], sample_rate: int, wpm: float | None
) -> tuple[float, tuple[Slot, ...]]:
    """The recording's own speed, and where each utterance goes for the listener's."""
    lengths = [part.length for part in spoken]
    pauses = [utterance.pause_after for utterance in script.utterances]
    own = pace.natural_wpm(script.words, lengths, pauses, sample_rate)
    rate = 1.0 if wpm is None else pace.rate_for(wpm, own)
    densities = [utterance.density for utterance in script.utterances]
    return own, pace.lay_out(lengths, pauses, sample_rate, rate, densities)


def _set_pace(
    spoken: Sequence[_Spoken],
    slots: Sequence[Slot],
    natural: Spool,
    paced: Spool,
    sample_rate: int,
    progress: Progress,
) -> tuple[tuple[TokenTiming, ...], float]:
    """Second pass: every utterance stretched into its slot, its words' times moved along."""
    meter = LoudnessMeter(sample_rate)
    times: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = []  # seconds
    at = 0
    for index, (part, slot) in enumerate(zip(spoken, slots, strict=True)):
        before = natural.read(at, part.length)
        at += part.length
        new = stretch(before, sample_rate, slot.length, part.starts)
        starts = new.moved(part.starts)
        ends = np.maximum(starts, new.moved(part.ends))
        times.append(((slot.start + starts) / sample_rate, (slot.start + ends) / sample_rate))
        for samples in (new.samples, np.zeros(slot.pause, np.float32)):
            paced.append(samples)
            meter.add(samples)
        progress("pacing", index + 1, len(slots))
    timings = tuple(
        TokenTiming(utterance, token, start, end)
        for utterance, (starts, ends) in enumerate(times)
        for token, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True))
    )
    return timings, meter.integrated()


def _watched(
    pieces: Iterator[Samples], done: int, total: int, progress: Progress
) -> Iterator[Samples]:
    for piece in pieces:
        yield piece
        done += len(piece)
        progress("encoding", done, total)


def _tags(script: Script, cover: bytes) -> Tags:
    article = script.article
    return Tags(
        title=article.headline or article.clean_text[:80],
        author=article.byline,
        publisher=article.publisher,
        date=article.published.date().isoformat() if article.published else "",
        language=script.language,
        source=article.url,
        cover=cover,
    )


def _write_sidecars(made: Recording, script: Script, stage: Path) -> None:
    captions = cues(script, made.timings)
    beside = stage / made.path.name
    beside.with_suffix(".vtt").write_text(to_vtt(captions), encoding="utf-8")
    beside.with_suffix(".srt").write_text(to_srt(captions), encoding="utf-8")
    with beside.with_suffix(".json").open("w", encoding="utf-8") as file:
        file.writelines(recording.json_pieces(made, script))


def _sha256(file: Path) -> str:
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
