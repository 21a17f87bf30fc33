"""What can go wrong, said so that the listener can act on it.

Every failure has three parts: what failed (message), what it failed on (subject) and what to do
next (hint). The exit code is the command line's; it stands here so that one tree tells the story.
"""

from typing import ClassVar


class AloudError(Exception):
    """A failure with advice. Survives pickling, so that it can cross a process border."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, subject: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.subject = subject
        self.hint = hint

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.message, self.subject, self.hint)

    def __str__(self) -> str:
        return f"{self.subject}: {self.message}" if self.subject else self.message


def _rebuild(kind: type[AloudError], message: str, subject: str, hint: str) -> AloudError:
    return kind(message, subject=subject, hint=hint)


class UsageError(AloudError):
    """The command or the call was put together wrongly."""

    exit_code = 2


class FetchError(AloudError):
    """The page could not be had."""

    exit_code = 3


class AddressRefused(FetchError):
    """The address is not globally reachable and nobody has allowed it. No packet was sent to it."""


class TooLarge(FetchError):
    """The page is larger than the limit."""


class FetchLater(FetchError):
    """The page could not be had now; the same request may well succeed later."""


class ExtractError(AloudError):
    """There is no article in what was received, or it cannot be read."""

    exit_code = 4


class VoiceError(AloudError):
    """The text could not be spoken."""

    exit_code = 5


class EngineMissing(VoiceError):
    """The engine is not installed, or its library cannot be loaded."""


class UnknownVoice(VoiceError):
    """No engine has a voice of that name."""


class Unsayable(VoiceError):
    """The voice has no sound for any of the text."""


class MasterError(AloudError):
    """The recording could not be made or written."""

    exit_code = 6


class DiskError(MasterError):
    """The disk refuses: it is full, read-only or gone. The same works when there is room."""


class PublishError(AloudError):
    """The edition could not be made."""

    exit_code = 7


class LibraryError(AloudError):
    """What the listeners have could not be read or kept."""

    exit_code = 8


class NotFound(LibraryError):
    """The library has nothing of that name, or this listener may not see it."""


class Conflict(LibraryError):
    """What is asked contradicts what is there."""


class ShelfError(AloudError):
    """What was made could not be stored or had back."""

    exit_code = 9


class Damaged(ShelfError):
    """An object's bytes are not those that were put there."""


class Missing(ShelfError):
    """The shelf has no object of that name. It may have been freed, and can be made again."""
