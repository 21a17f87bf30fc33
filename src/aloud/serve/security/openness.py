"""Openness: whether anyone on this machine is let in, which ends when somebody has a token."""

from collections.abc import Callable

from aloud.library.records import Bearer
from aloud.serve.security.remembered import Remembered

_ONLY = ""  # there is one answer for all


class Everybody:
    """Who anyone is while there is no token; None from the first token on, for good.

    ``has_tokens`` may block; it is asked every few seconds, because a token may be made by another
    process. An instance whose last token was taken back does not open by itself.
    """

    def __init__(
        self,
        everybody: Bearer | None,
        has_tokens: Callable[[], bool],
        clock: Callable[[], float],
    ) -> None:
        self._shut = everybody is None
        self._open = Remembered(lambda _: None if has_tokens() else everybody, clock)

    def forget(self) -> None:
        self._open.forget()

    def at_once(self) -> Bearer | None:
        """From memory. None: nobody, or it has to be asked."""
        return None if self._shut else self._open.at_once(_ONLY)

    async def __call__(self) -> Bearer | None:
        if self._shut:
            return None
        bearer = await self._open(_ONLY)
        self._shut = bearer is None
        return bearer
