"""The engine seam: what every voice engine must offer, and how engines are found by name."""

from enum import StrEnum
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import ClassVar, Protocol

from aloud.errors import EngineMissing
from aloud.script import Utterance
from aloud.speech import Speech, Voice

GROUP = "aloud.engines"  # entry points by which an installed extra announces itself


class Concurrency(StrEnum):
    """How many utterances an engine may speak at once."""

    SHARED = "shared"  # as many as there are threads
    SERIAL = "serial"  # one at a time in a process
    PROCESS = "process"  # one at a time, in a process apart that may die without harm


class Engine(Protocol):
    """Turns utterances into speech. Knows nothing of articles, pauses or loudness."""

    name: ClassVar[str]
    concurrency: ClassVar[Concurrency]
    version: str  # of everything that changes the sound

    def __init__(self) -> None: ...

    def voices(self) -> tuple[Voice, ...]:
        """The voices that can be used on this machine now."""
        ...

    def speak(self, utterance: Utterance, voice: Voice, *, rate: float = 1.0) -> Speech:
        """One utterance, a timing for each of its tokens (with utterance index 0).

        ``rate`` 2.0 takes half the time; recordings are always made at 1.0.

        Raises:
            VoiceError: the text could not be spoken whole.
        """
        ...


def engine_names() -> tuple[str, ...]:
    """Names of the installed engines, in order."""
    return tuple(sorted(point.name for point in _points()))


@cache
def engine_class(name: str) -> type[Engine]:
    """The engine's class, from which its concurrency can be read before anything is loaded.

    Raises:
        EngineMissing: not installed, or its parts do not import.
    """
    point = next((p for p in _points() if p.name == name), None)
    if point is None:
        raise EngineMissing(
            "this engine is not installed",
            subject=name,
            hint=f"pip install 'aloud[{name}]', or choose a voice from: aloud voices",
        )
    try:
        found: type[Engine] = point.load()
    except (ImportError, AttributeError, OSError) as error:
        raise _broken(name, error) from error
    return found


@cache
def load_engine(name: str) -> Engine:
    """The engine of that name in this process, ready to speak.

    Raises:
        EngineMissing: not installed, or its library does not load.
    """
    try:
        return engine_class(name)()
    except OSError as error:
        raise _broken(name, error) from error


def _broken(name: str, error: Exception) -> EngineMissing:
    return EngineMissing(
        f"this engine does not load ({error})",
        subject=name,
        hint="install Aloud again in an empty environment, then: aloud doctor",
    )


def _points() -> tuple[EntryPoint, ...]:
    return tuple(entry_points(group=GROUP))
