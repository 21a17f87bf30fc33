"""The door: what a connection may do before there is a request at all.

uvicorn waits for ever for a head that never ends, keeps all of it, and waits for ever for a reader
that never reads. This is its protocol with an end to each of them, and with a lane for those who
only want the next piece of a recording.
"""

import asyncio
import gc
from asyncio import BaseTransport, TimerHandle, Transport
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, Protocol, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_SLOW = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"connection: close\r\ncontent-length: 0\r\n\r\n"
)

_COLLECT_AFTER = 20_000  # new objects that are still there; Python's own figure is 700


@dataclass(frozen=True, slots=True)
class Piece:
    """A whole answer to a GET: its first line, its other lines, and its body."""

    first: bytes
    lines: bytes  # each ends with CR LF; the door adds the date and the empty one
    body: bytes | bytearray


class Lane(Protocol):
    """Answers what can be answered at once, on the event loop, without waiting for anything."""

    def __call__(
        self,
        target: bytes,
        headers: list[tuple[bytes, bytes]],
        scheme: str,
        client: tuple[str, int] | None,
    ) -> Piece | None:
        """The answer to a GET of ``target``; None: it has to go the long way."""


def door(lane: Lane) -> type[asyncio.Protocol]:
    """A `Door` with a lane, for ``uvicorn.Config(http=…)``, which calls it and asks no more."""
    return cast(type[asyncio.Protocol], partial(Door, lane=lane))


def settle() -> None:
    """Have the collector leave alone what is loaded by now, and look seldom.

    To be called once, before serving. What a request makes goes away by itself; looking for rings
    among it takes a tenth of a range's time (`bench/media.py`).
    """
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER, 20, 20)


class Door(HttpToolsProtocol):
    """uvicorn's protocol with limits. For ``uvicorn.Config(http=Door)``."""

    head_bytes: ClassVar[int] = 64 * 1024  # of a head, or between two bytes of a body
    head_seconds: ClassVar[float] = 30.0  # for the whole head, from the connection or its 1st byte
    # A player that is paused reads nothing. When it goes on it asks for the rest by a range, so
    # that a closed connection costs it nothing, and an open one would cost us memory.
    stall_seconds: ClassVar[float] = 120.0

    _head_timer: TimerHandle | None = None
    _stall_timer: TimerHandle | None = None
    _stalled_since: float | None = None
    _between = 0  # bytes received since the last that was part of a body or ended a request
    _in_head = False
    _laned = False  # this request was answered by the lane

    def __init__(self, *args: Any, lane: Lane | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self._lane = lane

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(cast(Transport, transport))
        self._head_timer = self.loop.call_later(self.head_seconds, self._head_is_late)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_head_timer()
        if self._stall_timer is not None:
            self._stall_timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._between += len(data)
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._between > self.head_bytes:
            self._refuse(_LARGE)
        elif self._in_head and self._head_timer is None:  # most heads come in one piece
            self._head_timer = self.loop.call_later(self.head_seconds, self._head_is_late)

    def on_message_begin(self) -> None:
        self._in_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._between = 0
        self._stop_head_timer()
        self._laned = self._lane is not None and self._by_lane(self._lane)
        if not self._laned:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._between = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        if not self._laned:
            super().on_message_complete()

    def _by_lane(self, lane: Lane) -> bool:
        """Answer at once where nothing else is under way on this connection."""
        if (
            not (self.cycle is None or self.cycle.response_complete)
            or self.transport.is_closing()
            or self.transport.get_write_buffer_size()
            or self.parser.get_method() != b"GET"
            or self.parser.get_http_version() != "1.1"
            or not self.parser.should_keep_alive()
            or self.parser.should_upgrade()
        ):
            return False
        piece = lane(self.url, self.headers, self.scheme or "http", self.client)
        if piece is None:
            return False
        own = [b"%s: %s\r\n" % pair for pair in self.server_state.default_headers]
        head = b"".join((piece.first, piece.lines, *own, b"\r\n"))
        self.transport.writelines((head, piece.body))
        self.server_state.total_requests += 1
        self._unset_keepalive_if_required()
        self.timeout_keep_alive_task = self.loop.call_later(
            self.timeout_keep_alive, self.timeout_keep_alive_handler
        )
        return True

    def pause_writing(self) -> None:
        self._stalled_since = self.loop.time()
        if self._stall_timer is None:
            self._stall_timer = self.loop.call_later(self.stall_seconds, self._look_at_reader)
        super().pause_writing()

    def resume_writing(self) -> None:
        self._stalled_since = None
        super().resume_writing()

    def _look_at_reader(self) -> None:
        """One timer for many pauses: they come with every chunk, and are mostly over at once."""
        self._stall_timer = None
        if self._stalled_since is None:
            return
        left = self._stalled_since + self.stall_seconds - self.loop.time()
        if left <= 0:
            self.transport.abort()
        else:
            self._stall_timer = self.loop.call_later(left, self._look_at_reader)

    def _head_is_late(self) -> None:
        self._head_timer = None
        if self._in_head:
            self._refuse(_SLOW)
        else:  # a browser that connected in advance asked for nothing, and gets no answer
            self.transport.close()

    def _refuse(self, answer: bytes) -> None:
        # In the middle of another answer it would be taken for a part of that one.
        if self.cycle is None or self.cycle.response_complete:
            self.transport.write(answer)
        self.transport.close()

    def _stop_head_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
