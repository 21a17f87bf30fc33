"""Live: an article is heard while it is being spoken, a segment for each utterance.

A run is one persistent encoder from some utterance on, so that it is gapless; a jump opens a new
run. Runs live in the memory of this process: a player whose run is gone opens another.
"""

import re
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass

from aloud.errors import Conflict, NotFound
from aloud.master import LiveEncoder, live_gain
from aloud.serve.jobs import Attention, Need, Prepared, Speaker
from aloud.speech import TokenTiming

_MOST_RUNS = 128  # in memory at once, all listeners together: about 0.5 MB each at most
_MOST_OF_ONE = 8  # of one listener: nobody takes the place of all the others
_IDLE = 600.0  # seconds after which a run is forgotten
_KEPT = 24  # segments of a run that may be asked for again
_FARTHEST = 24  # segments that one request may have made before its own
_AHEAD = 4  # utterances spoken before they are asked for
_NAME = re.compile(r"(\d{1,6})-[A-Za-z0-9_-]{1,64}")


_Key = tuple[str, str, int | None, str, str]  # listener, article, revision, voice, name


@dataclass(frozen=True, slots=True)
class LiveSegment:
    """One utterance and the pause after it, as fragmented MP4."""

    data: bytes  # moof and mdat, its own clock at zero
    samples: int  # its true length
    lead: int  # samples before the utterance's first
    sample_rate: int  # Hz
    timings: tuple[TokenTiming, ...]  # seconds from the utterance's first sample


class _Run:
    """One encoder and the segments it made last."""

    def __init__(self, prepared: Prepared, first: int) -> None:
        self.next = first
        self.script_key = prepared.narration.script_key
        self.used = 0.0  # by a clock that nobody can set
        self.lock = threading.Lock()
        self.encoder = LiveEncoder(prepared.voice.sample_rate, live_gain(prepared.voice))
        self.segments: OrderedDict[int, LiveSegment] = OrderedDict()


class Live:
    """All runs of this process."""

    def __init__(self, speaker: Speaker, attention: Attention) -> None:
        self._speaker, self._attention = speaker, attention
        self._runs: OrderedDict[_Key, _Run] = OrderedDict()  # the last used last
        self._lock = threading.Lock()

    def running(self) -> int:
        return len(self._runs)

    def init(self, prepared: Prepared, run: str) -> bytes:
        """The initialisation segment. It opens the run, and its first utterance is spoken next.

        Raises:
            NotFound: this is no name of a run, or no utterance of the script.
        """
        first = _first(run)
        if first >= len(prepared.script.utterances):
            raise NotFound("the article has no such utterance", subject=run)
        self._ahead(prepared, first - 1)
        return self._run(prepared, run, first).encoder.init

    def segment(self, prepared: Prepared, run: str, number: int) -> LiveSegment:
        """The segment of utterance ``number``, spoken now if it was not yet.

        Raises:
            NotFound: no such utterance.
            Conflict: the run does not lead there, or something else is said now: open a new one.
            VoiceError, ShelfError, Stopping: it could not be spoken.
        """
        if not _first(run) <= number < len(prepared.script.utterances):
            raise NotFound("this run has no such utterance", subject=f"{run}/{number}")
        # A run that was forgotten goes on where it is asked for: segments meet in silence.
        here = self._run(prepared, run, number)
        with here.lock:
            if number < here.next and number not in here.segments:
                said = "this segment was heard long ago"
                raise Conflict(said, subject=f"{run}/{number}", hint="open a new run there")
            if number >= here.next + _FARTHEST:
                said = "this segment is far ahead of the run"
                raise Conflict(said, subject=f"{run}/{number}", hint="open a new run there")
            while here.next <= number:
                self._make(prepared, here)
            return here.segments[number]

    def _make(self, prepared: Prepared, run: _Run) -> None:
        number = run.next
        utterance = prepared.script.utterances[number]
        with self._attention.wanted():
            speech = self._speaker.heard(utterance, prepared.voice, prepared.version, Need.WAITING)
        self._ahead(prepared, number)
        made = run.encoder.segment(speech, utterance.pause_after)
        run.segments[number] = LiveSegment(
            made.data, made.samples, made.lead, speech.sample_rate, speech.timings
        )
        run.next = number + 1
        while len(run.segments) > _KEPT:
            run.segments.popitem(last=False)

    def _ahead(self, prepared: Prepared, after: int) -> None:
        soon = prepared.script.utterances[after + 1 : after + 1 + _AHEAD]
        self._speaker.ahead(soon, prepared.voice, prepared.version, Need.LISTENING)

    def _run(self, prepared: Prepared, name: str, number: int) -> _Run:
        """The run of that name, or a new one that begins with utterance ``number``."""
        told = prepared.narration
        key = (told.listener_id, told.article_id, told.revision, prepared.voice.id, name)
        now = time.monotonic()
        with self._lock:
            run = self._runs.get(key)
            if run is None:
                self._make_room(now - _IDLE, told.listener_id)
                run = self._runs[key] = _Run(prepared, number)
            if run.script_key != told.script_key:
                raise Conflict("other words are said now", subject=name, hint="open a new run")
            run.used = now
            self._runs.move_to_end(key)
            return run

    def _make_room(self, before: float, listener: str) -> None:
        """Make room for one more run: of those nobody hears, of this listener's, of all."""
        for key in [key for key, run in self._runs.items() if run.used < before]:
            del self._runs[key]
        own = [key for key in self._runs if key[0] == listener]
        for key in own[: max(0, len(own) - _MOST_OF_ONE + 1)]:
            del self._runs[key]
        while len(self._runs) >= _MOST_RUNS:
            self._runs.popitem(last=False)


def _first(run: str) -> int:
    """The utterance that a run begins with: its name is "17-" and anything that makes it new."""
    match = _NAME.fullmatch(run)
    if match is None:
        raise NotFound("a run is called like 0-a1b2", subject=run[:80])
    return int(match[1])
