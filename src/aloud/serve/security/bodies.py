"""Bodies: how much a request may send, in what shape, and how long it may take over it.

Refused before it is read where the head says enough; otherwise while it is read, before more is
kept. Nothing is ever inflated.
"""

import asyncio
import contextlib
from dataclasses import dataclass, field, replace

from starlette.types import Message, Receive, Send

from aloud.serve import problems
from aloud.serve.problems import Refusal
from aloud.serve.security.depth import DEEPEST, MOST_VALUES, JsonScan
from aloud.serve.security.identity import Asked

MIB = 1024 * 1024
# After a refusal the client may still be sending. Closing at once would reset the connection and
# take the answer with it, so it gets this long to notice, and its bytes go nowhere.
_LINGER_SECONDS, _LINGER_BYTES = 2.0, 16 * MIB
_CLOSE = ((b"connection", b"close"),)

_ENCODED = Refusal(
    415, "encoding", "compressed requests are not accepted",
    "send it as it is, without Content-Encoding",
    ((b"accept-encoding", b"identity"),),
)  # fmt: skip
_SLOW = Refusal(408, "slow", "the request did not arrive in time", "send it again")
_DEEP = Refusal(
    422,
    "depth",
    f"the JSON is nested deeper than {DEEPEST} or holds more than {MOST_VALUES} values",
    "send it flatter, or in several requests",
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a request's body may be."""

    most: int = 20 * MIB  # bytes
    # Bytes for paths that begin so, the longest beginning counts: an upload may be larger.
    by_path: dict[str, int] = field(default_factory=dict)
    idle: float = 30.0  # seconds without a byte
    whole: float = 600.0  # seconds for all of it

    def of(self, path: str) -> int:
        fitting = [start for start in self.by_path if path.startswith(start)]
        return self.by_path[max(fitting, key=len)] if fitting else self.most


def has_body(asked: Asked) -> bool:
    return b"transfer-encoding" in asked or asked.get(b"content-length", b"0") != b"0"


def refusal(asked: Asked, most: int) -> Refusal | None:
    """What the head alone tells about a body."""
    if asked.get(b"content-encoding", b"identity").lower() != b"identity":
        return _ENCODED
    # The server has made sure that it is a number.
    if int(asked.get(b"content-length", b"0")) > most:
        return _too_large(most)
    return None


async def refuse(send: Send, receive: Receive, refused: Refusal, path: str) -> None:
    """Answer, and listen for a while to what is still being sent before the connection closes:
    kept open, it would have to be listened to until the whole body had gone by."""

    async def held(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "more_body": True}
        await send(message)

    refused = replace(refused, headers=(*refused.headers, *_CLOSE))
    if refused.status == 408:  # nothing comes from there any more
        await problems.answer(send, refused, path)
        return
    await problems.answer(held, refused, path)
    left = _LINGER_BYTES
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_LINGER_SECONDS):
            while left > 0:
                message = await receive()
                if message["type"] == "http.disconnect" or not message.get("more_body"):
                    break
                left -= len(message.get("body", b""))
    await send({"type": "http.response.body", "body": b""})


class Intake:
    """One request's body on its way in. Its ``receive`` and ``send`` stand before the real ones.

    When a limit is passed it answers by itself; the application sees a client that left, and
    whatever it still says is not sent.
    """

    def __init__(
        self, receive: Receive, send: Send, asked: Asked, limits: Limits, path: str
    ) -> None:
        self._receive = receive
        self._send = send
        self._limits = limits
        self._path = path
        self._most = limits.of(path)
        self._count = 0
        self._scan = JsonScan() if _may_be_json(asked.get(b"content-type", b"")) else None
        self._until: float | None = None
        self._complete = self._answered = self.refused = False

    async def receive(self) -> Message:
        if self._complete:
            return await self._receive()
        if self.refused:
            return {"type": "http.disconnect"}
        clock = asyncio.get_running_loop().time
        self._until = self._until or clock() + self._limits.whole
        try:
            async with asyncio.timeout_at(min(self._until, clock() + self._limits.idle)):
                message = await self._receive()
        except TimeoutError:
            return await self._refuse(_SLOW)
        if message["type"] == "http.request":
            body = message.get("body", b"")
            self._count += len(body)
            if self._count > self._most:
                return await self._refuse(_too_large(self._most))
            if self._scan is not None and self._scan.refuses(body):
                return await self._refuse(_DEEP)
            self._complete = not message.get("more_body", False)
        return message

    async def send(self, message: Message) -> None:
        self._answered = True
        if not self.refused:
            await self._send(message)

    async def _refuse(self, refused: Refusal) -> Message:
        self.refused = True
        if not self._answered:
            await refuse(self._send, self._receive, refused, self._path)
        return {"type": "http.disconnect"}


def _may_be_json(content_type: bytes) -> bool:
    kind = content_type.partition(b";")[0].strip().lower()
    return not kind or kind.endswith(b"json")


def _too_large(most: int) -> Refusal:
    said = f"the request is larger than {most} bytes"
    return Refusal(413, "too-large", said, "send less at once: the article's own text is enough")
