"""The speaker: utterances are spoken in order of need, each once, and go onto the shelf."""

import contextlib
import heapq
import itertools
import logging
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass, field
from typing import TypeVar

from aloud import speech as speeches
from aloud.errors import AloudError, Damaged, Unsayable, VoiceError
from aloud.script import Utterance
from aloud.serve.jobs.need import Attention, Need
from aloud.serve.jobs.patience import Interrupted
from aloud.shelf import Shelf, utterance_key
from aloud.speech import Speech, Voice, silence
from aloud.voice import Booth

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")
_REST = 0.01  # seconds between two looks whether a listener still waits


class Stopping(Interrupted):
    """The service is being stopped: what was asked will be done when it runs again."""


@dataclass(order=True, slots=True)
class _Task:
    """One thing to be done in a booth. A task that has become more urgent stands in the heap
    twice; whoever meets it the second time finds it taken."""

    need: Need
    number: int  # first come, first served
    work: Callable[[Booth], object] = field(compare=False)
    future: "Future[object]" = field(compare=False)


class Speaker:
    """Threads with a booth each. What two ask for at once is spoken once.

    ``patience`` (seconds) and ``memory`` (bytes) are what an engine may take, as `Booth` has them.
    """

    def __init__(
        self,
        shelf: Shelf,
        booths: int = 2,
        *,
        attention: Attention | None = None,
        patience: float | None = None,
        memory: int | None = None,
    ) -> None:
        self._shelf = shelf
        self._attention = attention or Attention()
        self._limits = patience, memory
        self._heap: list[_Task] = []
        self._spoken: dict[str, tuple[_Task, Future[Speech]]] = {}  # by key, until it is done
        self._numbers = itertools.count()
        self._change = threading.Condition()
        self._stopping = False
        self.made = 0  # utterances spoken since the start: what was on the shelf is not counted
        self._threads = [
            threading.Thread(target=self._work, name=f"speaker-{n}", daemon=True)
            for n in range(booths)
        ]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Let each running utterance end and be kept; everything that waits is given back."""
        with self._change:
            self._stopping = True
            left, self._heap = self._heap, []
            self._change.notify_all()
        log.info("the running sentences end, and no other is begun")
        for task in left:
            _fail(task.future, _stopping())
        for thread in self._threads:
            thread.join()

    def check_on(self) -> None:
        """Raises Stopping where the service is being stopped: long work ends there."""
        if self._stopping:
            raise _stopping()

    def waiting(self) -> int:
        """How many tasks nobody has begun."""
        with self._change:
            return len(self._heap)

    def ask(self, work: Callable[[Booth], Answer], need: Need = Need.WAITING) -> Answer:
        """What ``work`` answers when it is called with a booth.

        Raises:
            Stopping: the service is being stopped.
        """
        future: Future[object] = Future()
        with self._change:
            self._put(_Task(need, next(self._numbers), work, future))
        return future.result()  # type: ignore[return-value] # what work answers

    def version(self, voice: Voice) -> str:
        """The version of the engine that speaks with ``voice``."""
        engine = voice.id.partition("/")[0]
        return self.ask(lambda booth: booth.version(engine))

    def speak(self, utterance: Utterance, voice: Voice, version: str, need: Need) -> Speech:
        """The utterance as it is on the shelf, or spoken now and put there.

        Raises:
            VoiceError: it could not be spoken.
            ShelfError: it could not be kept.
            Stopping: the service is being stopped.
        """
        key = utterance_key(utterance, voice, version)
        return self._on_shelf(key) or self._request(key, utterance, voice, need).result()

    def heard(self, utterance: Utterance, voice: Voice, version: str, need: Need) -> Speech:
        """As `speak`, but no sound at all, and nothing on the shelf, where the voice has none for
        the utterance: its pause is what is heard of it. A lone "…" must not cost an article.

        Raises:
            VoiceError, ShelfError, Stopping: as `speak`.
        """
        try:
            return self.speak(utterance, voice, version, need)
        except Unsayable:
            return silence(len(utterance.tokens), voice.sample_rate)

    def ahead(
        self, utterances: Iterable[Utterance], voice: Voice, version: str, need: Need
    ) -> list["Future[Speech]"]:
        """Ask for utterances that will be needed; one that is on the shelf gives no future."""
        asked = []
        for utterance in utterances:
            key = utterance_key(utterance, voice, version)
            if not self._shelf.has(key):
                asked.append(self._request(key, utterance, voice, need))
        return asked

    def _on_shelf(self, key: str) -> Speech | None:
        try:
            data = self._shelf.get(key)
        except Damaged as error:
            log.warning("an utterance was damaged and is spoken again", extra={"hint": error.hint})
            return None
        return None if data is None else speeches.from_bytes(data)

    def _request(
        self, key: str, utterance: Utterance, voice: Voice, need: Need
    ) -> "Future[Speech]":
        with self._change:
            if key in self._spoken:
                task, result = self._spoken[key]
                if need < task.need:
                    task = _Task(need, next(self._numbers), task.work, task.future)
                    self._spoken[key] = task, result
                    self._put(task)
                return result
            result = Future()

            def work(booth: Booth) -> Speech:
                # Another process may have been faster.
                there = self._on_shelf(key)
                if there is not None:
                    return there
                speech = booth.say(utterance, voice)
                data = speeches.to_bytes(speech)
                self._shelf.put(key, data)
                self.made += 1
                return speeches.from_bytes(data)  # what everybody after us will hear

            task = _Task(need, next(self._numbers), work, Future())
            self._spoken[key] = task, result
            task.future.add_done_callback(lambda done: self._deliver(key, done, result))
            self._put(task)
            return result

    def _deliver(self, key: str, done: "Future[object]", result: "Future[Speech]") -> None:
        with self._change:
            self._spoken.pop(key, None)
        error = done.exception()
        if error is not None:
            result.set_exception(error)
            return
        speech = done.result()
        assert isinstance(speech, Speech)
        result.set_result(speech)

    def _put(self, task: _Task) -> None:
        if self._stopping:
            _fail(task.future, _stopping())
            return
        heapq.heappush(self._heap, task)
        self._change.notify()

    def _work(self) -> None:
        with Booth(*self._limits) as booth:
            while (task := self._next()) is not None:
                try:
                    task.future.set_result(task.work(booth))
                except AloudError as error:
                    _fail(task.future, error)
                except Exception as error:  # a bug of an engine must not end the speaker
                    log.exception("an engine failed in a way of its own")
                    failed = VoiceError("the engine failed", hint="choose another voice")
                    failed.__cause__ = error
                    _fail(task.future, failed)

    def _next(self) -> _Task | None:
        with self._change:
            while True:
                while not self._heap and not self._stopping:
                    self._change.wait()
                if self._stopping:
                    return None
                if self._heap[0].need > Need.LISTENING and self._attention.comes_first():
                    # Whoever waits for an article to be read wants its first sentence next.
                    self._change.wait(_REST)
                    continue
                task = heapq.heappop(self._heap)
                # A task that became more urgent is met twice: only the first time counts.
                taken = task.future.running() or task.future.done()
                if not taken and task.future.set_running_or_notify_cancel():
                    return task


def _fail(future: "Future[object]", error: AloudError) -> None:
    with contextlib.suppress(InvalidStateError):
        future.set_exception(error)


def _stopping() -> Stopping:
    return Stopping("the service is being stopped", hint="ask again when it runs")
