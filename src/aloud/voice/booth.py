"""The booth: where engines speak. One that may crash or hang does so in a process of its own."""

import contextlib
import pickle
import queue
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Never, Self

from aloud.errors import AloudError, Unsayable, VoiceError
from aloud.script import Script, Utterance
from aloud.speech import Speech, Voice
from aloud.voice.edges import without_edges
from aloud.voice.engine import Concurrency, engine_class, load_engine

# espeak speaks a thousand times faster than real time, a neural voice several times: a minute
# and a quarter second for each character means that an engine hangs, not that it is slow.
PATIENCE = 60.0  # seconds
_A_CHARACTER = 1 / 240  # of the patience more, for each
# Five times what the largest neural voice measured takes; one that runs away takes all there is.
MEMORY = 4 * 2**30  # bytes
OUT_OF_MEMORY = 12  # the worker's exit status; Unix's number for "cannot allocate memory"
_AHEAD = 8  # utterances asked for in advance: keeps the process busy, holds little memory

Instead = Callable[[Utterance, Unsayable], Speech]


def _nothing_else(utterance: Utterance, error: Unsayable) -> Never:
    raise error


class Booth:
    """Speaks scripts. A context manager, because it may keep a process. For one thread.

    ``patience`` is how many seconds an engine has to answer, and a 240th of that more for each
    character of what it has to say; None is a minute. ``memory`` is how many bytes it may take,
    on systems that can hold it to that; None is 4 GiB.

    >>> with Booth() as booth:
    ...     [voice.id for voice in booth.voices("tone")]
    ['tone/beep']
    """

    def __init__(self, patience: float | None = None, memory: int | None = None) -> None:
        self._patience = PATIENCE if patience is None else patience
        self._memory = MEMORY if memory is None else memory
        self._process: _Process | None = None
        self._asked = 0  # calls so far

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process, whatever it is doing."""
        if self._process is not None:
            self._process.end()
            self._process = None

    def voices(self, engine: str) -> tuple[Voice, ...]:
        """The voices of one engine.

        Raises:
            EngineMissing: not installed, or its library does not load.
        """
        voices: tuple[Voice, ...] = self._call(engine, "voices")
        return voices

    def version(self, engine: str) -> str:
        """The version of everything in an engine that changes its sound."""
        version: str = self._call(engine, "version")
        return version

    def speak(
        self, script: Script, voice: Voice, instead: Instead = _nothing_else
    ) -> Iterator[Speech]:
        """One speech an utterance, in order, silence at the edges cut off. What is heard
        ``instead`` of an utterance that the voice has no sound for, the caller says.

        Raises:
            VoiceError: an utterance could not be spoken whole; nothing is left out silently.
        """
        waiting: deque[tuple[Utterance, Callable[[], Speech]]] = deque()

        def next_one() -> Speech:
            utterance, answer = waiting.popleft()
            try:
                return answer()
            except Unsayable as error:
                return instead(utterance, error)

        for utterance in script.utterances:
            waiting.append((utterance, self._asked_for(utterance, voice)))
            if len(waiting) > _AHEAD:
                yield next_one()
        while waiting:
            yield next_one()

    def say(self, utterance: Utterance, voice: Voice) -> Speech:
        """The speech of one utterance, as `speak` would give it.

        Raises:
            VoiceError: it could not be spoken whole.
        """
        return self._asked_for(utterance, voice)()

    def _asked_for(self, utterance: Utterance, voice: Voice) -> Callable[[], Speech]:
        """Have it spoken in the engine's process; called, it waits for the answer. Where there is
        no such process it is spoken when it is called."""
        engine = voice.id.partition("/")[0]
        if engine_class(engine).concurrency is not Concurrency.PROCESS:
            return partial(perform, engine, "speak", (utterance, voice))
        number = self._ask(engine, "speak", (utterance, voice))
        return partial(self._speech, number, utterance, voice)

    def _call(self, engine: str, method: str) -> Any:
        if engine_class(engine).concurrency is not Concurrency.PROCESS:
            return perform(engine, method, ())
        return self._answer(self._ask(engine, method, ()), engine, self._patience)

    def _speech(self, number: int, utterance: Utterance, voice: Voice) -> Speech:
        text = utterance.text
        patience = self._patience * (1 + _A_CHARACTER * len(text))
        speech: Speech = self._answer(number, f"{voice.id}, {text[:60]!r}", patience)
        return speech

    def _ask(self, engine: str, method: str, arguments: Sequence[object]) -> int:
        """Send a call; its number, by which its answer is known."""
        if self._process is None:
            self._process = _Process(self._memory)
        self._asked += 1
        self._process.send((self._asked, engine, method, arguments))
        return self._asked

    def _answer(self, number: int, subject: str, patience: float) -> Any:
        while True:
            if self._process is None:
                raise _failed("the engine was ended before it answered", subject)
            try:
                answered, answer = self._process.answers.get(timeout=patience)
            except queue.Empty:
                self.close()
                raise _failed("the engine did not answer in time", subject) from None
            if isinstance(answer, _Died):
                self.close()
                raise _failed(self._cause(answer.status), subject)
            if answered < number:
                continue  # of a script that was left in the middle: nobody waits for it any more
            if answered > number:
                raise _failed("two scripts were spoken at once in one booth", subject)
            if isinstance(answer, AloudError):
                raise answer
            return answer

    def _cause(self, status: int) -> str:
        """Why the engine's process ended."""
        if status == OUT_OF_MEMORY:
            return f"the engine needs more memory than it may take ({self._memory >> 20} MiB)"
        return f"the engine died (exit status {status})"


def perform(engine: str, method: str, arguments: Sequence[Any]) -> Any:
    """One call of an engine, in this process: ``voices``, ``version`` or ``speak``."""
    loaded = load_engine(engine)
    if method == "voices":
        return loaded.voices()
    if method == "version":
        return loaded.version
    utterance, voice = arguments
    speech = loaded.speak(utterance, voice)
    if len(speech.timings) != len(utterance.tokens):
        raise _failed("the engine lost a word's time", f"{voice.id}, {utterance.text[:60]!r}")
    return without_edges(speech)


def _failed(what: str, subject: str) -> VoiceError:
    hint = "try another voice (aloud voices); if it happens again, please report the sentence"
    return VoiceError(what, subject=subject, hint=hint)


class _Died:
    """Stands in the queue where an answer should be."""

    def __init__(self, status: int) -> None:
        self.status = status


class _Process:
    """A worker and the thread that reads its answers.

    Not multiprocessing (nor pebble, which is built on it): its children import the caller's main
    script again, so that ``aloud.listen`` in a plain script would run that script twice.
    See docs/notes/engine-process.md.
    """

    def __init__(self, memory: int) -> None:
        self.answers: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._process = subprocess.Popen(
            # -P: a numpy.py in the folder where one happens to stand is not to be imported.
            [sys.executable, "-P", "-m", "aloud.voice.worker", str(memory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        # Without the thread both sides could wait for the other to empty its pipe.
        self._reader = threading.Thread(target=self._read, name="booth", daemon=True)
        self._reader.start()

    def send(self, call: object) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # it died: the reader puts that in the queue
            pickle.dump(call, self._process.stdin, pickle.HIGHEST_PROTOCOL)
            self._process.stdin.flush()

    def end(self) -> None:
        self._process.kill()
        self._reader.join()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            with contextlib.suppress(BrokenPipeError):  # what it had not read is lost, rightly
                pipe.close()
        self._process.wait()

    def _read(self) -> None:
        assert self._process.stdout is not None
        while True:
            try:
                answer = pickle.load(self._process.stdout)
            except (EOFError, pickle.UnpicklingError):
                self.answers.put((0, _Died(self._process.wait())))
                return
            self.answers.put(answer)
