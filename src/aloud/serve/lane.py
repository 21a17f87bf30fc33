"""The lane: the next piece of a recording for somebody who is known, at once and from memory.

Most of what the service is asked is this. The long way (a task, a scope, a dozen calls) costs
twice as much, so the door tries here first. The lane decides nothing by itself: it asks the same
checks, and where one of them does not say yes at once, the request takes the long way, which
answers the same (tests/serve/test_lane.py).
"""

from collections.abc import Callable

from aloud.serve.door import Piece
from aloud.serve.media import CHUNK, NAME, PREFIX, Media
from aloud.serve.open_files import OpenFile
from aloud.serve.ranges import part
from aloud.serve.security.headers import dressed
from aloud.serve.security.wall import ASKED, Wall

_WANTED = ASKED | Media.asked
_FORWARDED = frozenset((b"x-forwarded-for", b"x-forwarded-proto"))  # the long way reads them
_START = PREFIX.encode()
_LINES = {200: b"HTTP/1.1 200 OK\r\n", 206: b"HTTP/1.1 206 Partial Content\r\n"}


class MediaLane:
    """``served`` is told of each answer: its status and its bytes."""

    def __init__(
        self, wall: Wall, media: Media, served: Callable[[int, int], None] | None = None
    ) -> None:
        self._wall = wall
        self._media = media
        self._served = served

    def __call__(
        self,
        target: bytes,
        headers: list[tuple[bytes, bytes]],
        scheme: str,
        client: tuple[str, int] | None,
    ) -> Piece | None:
        """The answer to a GET of ``target`` without a body; None: it has to go the long way."""
        if not target.startswith(_START):
            return None
        name = target[len(_START) :].decode("latin-1")
        file = self._media.files.at_hand(name) if NAME.fullmatch(name) else None
        if file is None or self._media.accel:
            return None
        asked: dict[bytes, bytes] = {}
        for each, value in headers:
            if each in _WANTED and each not in asked:
                asked[each] = value
            elif each in _WANTED or each in _FORWARDED:
                return None
        if not self._wall.admits(PREFIX + name, asked, scheme, client):
            return None
        return self._piece(file, asked)

    def _piece(self, file: OpenFile, asked: dict[bytes, bytes]) -> Piece | None:
        wanted = part(asked, file.etag, file.modified, file.size)
        length = wanted.end - wanted.start
        if wanted.status not in _LINES or not 0 < length <= CHUNK:
            return None
        body = file.at_once(length, wanted.start)
        if body is None:
            return None
        lines = b"%scontent-length: %d\r\n" % (self._dressed(file), length)
        if wanted.status == 206:
            lines += b"content-range: bytes %d-%d/%d\r\n" % (
                wanted.start, wanted.end - 1, file.size,
            )  # fmt: skip
        if self._served is not None:
            self._served(wanted.status, length)
        return Piece(_LINES[wanted.status], lines, body)

    def _dressed(self, file: OpenFile) -> bytes:
        if file.lines is None:
            file.lines = b"".join(b"%s: %s\r\n" % pair for pair in dressed(file.headers))
        return file.lines
