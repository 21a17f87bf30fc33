"""Media: recordings over HTTP, whole or by ranges, to a thousand listeners at once.

Plain ASGI, because a framework's file answer reaches a thirtieth of nginx and this one more than a
third (`bench/media.py`). A recording is sent in chunks, each awaited, so that a slow listener costs
one chunk of memory; half of a file is never sent as a whole one.
"""

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from starlette.types import ASGIApp, Receive, Scope, Send

from aloud.errors import AloudError
from aloud.serve import problems
from aloud.serve.naming import named
from aloud.serve.open_files import OpenFile, OpenFiles
from aloud.serve.problems import Refusal
from aloud.serve.ranges import part

CHUNK = 64 * 1024  # bytes: what players ask for at a time, and what uvicorn buffers at most
PREFIX = "/media/"
NAME = re.compile(r"[0-9a-f]{64}\.(?:m4a|mp3)")
_NOT_FOUND = Refusal(404, "not-found", "there is no such recording", "ask the article for its own")
_METHOD = Refusal(405, "method", "recordings can only be read", headers=((b"allow", b"GET, HEAD"),))
_CHANGED = Refusal(412, "precondition", "the recording is not the one that was meant")


class Media:
    """Answers GET and HEAD of ``/media/<sha256>.<m4a|mp3>``, and leaves all else to ``otherwise``.

    ``find`` gives the verified file of a name ("<sha256>.m4a"), or None; it may block, and may
    raise any AloudError. With ``accel``, a path prefix, nginx is told to send the file from
    ``<prefix>/<its folder>/<its name>`` (X-Accel-Redirect) and sees to ranges by itself, and to
    how long what it found may be kept.
    """

    asked: ClassVar = frozenset((
        b"range", b"if-range", b"if-match", b"if-none-match", b"if-modified-since",
        b"if-unmodified-since",
    ))  # fmt: skip

    def __init__(
        self,
        find: Callable[[str], Path | None],
        accel: str = "",
        otherwise: ASGIApp | None = None,
        most_open: int = 128,
    ) -> None:
        self.files = OpenFiles(find, most_open)
        self.accel = accel.rstrip("/")
        self._otherwise = otherwise

    def close(self) -> None:
        self.files.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._otherwise and not (scope["type"] == "http" and scope["path"].startswith(PREFIX)):
            await self._otherwise(scope, receive, send)
            return
        path: str = scope["path"]
        name = path.rpartition("/")[2]
        if scope["method"] not in ("GET", "HEAD"):
            await problems.answer(send, _METHOD, path)
            return
        try:
            known = NAME.fullmatch(name) and path == PREFIX + name
            file = await self.files.lend(name) if known else None
        except AloudError as error:
            await problems.answer(send, problems.of(error), path)
            return
        if file is None:
            await problems.answer(send, _NOT_FOUND, path)
            return
        try:
            await self._answer(file, scope, receive, send)
        finally:
            self.files.give_back(file)

    async def _answer(self, file: OpenFile, scope: Scope, receive: Receive, send: Send) -> None:
        suffix = scope["path"].rpartition(".")[2]
        about = named(file.headers, scope.get("query_string", b""), suffix)
        if self.accel:
            place = Path(file.path)
            where = f"{self.accel}/{place.parent.name}/{place.name}"
            # nginx passes our headers on even where it cannot read the file, and a refusal that
            # may be kept for a year would outlive its cause. So how long is said by nginx.
            said = [each for each in about if each[0] != b"cache-control"]
            said += [(b"cache-control", b"private"), (b"x-accel-redirect", where.encode())]
            await _head(send, 200, said)
            return
        whole = scope["method"] == "GET"
        asked = _asked(scope)
        wanted = part(asked, file.etag, file.modified, file.size, ranged=whole)
        if wanted.status == 412:
            await problems.answer(send, _CHANGED, scope["path"])
        elif wanted.status == 416:
            await problems.answer(send, _past_the_end(file.size), scope["path"])
        elif wanted.status == 304:
            await _head(send, 304, about)
        else:
            length = wanted.end - wanted.start
            headers = [*about, (b"content-length", b"%d" % length)]
            if wanted.status == 206:
                span = b"bytes %d-%d/%d" % (wanted.start, wanted.end - 1, file.size)
                headers.append((b"content-range", span))
            if whole and length:
                await _body(send, receive, file, wanted.status, headers, wanted.start, wanted.end)
            else:
                await _head(send, wanted.status, headers)


def _asked(scope: Scope) -> dict[bytes, bytes]:
    asked: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        if name in Media.asked:  # said twice, it is a list
            asked[name] = asked[name] + b", " + value if name in asked else value
    return asked


async def _head(send: Send, status: int, headers: list[tuple[bytes, bytes]]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


async def _body(
    send: Send,
    receive: Receive,
    file: OpenFile,
    status: int,
    headers: list[tuple[bytes, bytes]],
    start: int,
    end: int,
) -> None:
    """Send bytes ``[start, end)``: the first chunk before the head, so that a failure can be said.

    A later failure breaks the connection, which the client takes for what it is.
    """
    body = await _chunk(file, start, end)
    await send({"type": "http.response.start", "status": status, "headers": headers})
    start += len(body)
    await send({"type": "http.response.body", "body": body, "more_body": start < end})
    if start == end:
        return
    # uvicorn takes what is sent to somebody who has left, so we have to look for ourselves.
    gone = asyncio.create_task(_gone(receive))
    try:
        while start < end and not gone.done():
            body = await _chunk(file, start, end)
            start += len(body)
            await send({"type": "http.response.body", "body": body, "more_body": start < end})
    finally:
        gone.cancel()


async def _chunk(file: OpenFile, start: int, end: int) -> bytes | bytearray:
    body = await file.read(min(CHUNK, end - start), start)
    if not body:
        raise EOFError("a recording became shorter while it was sent")
    return body


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _past_the_end(size: int) -> Refusal:
    return Refusal(
        416,
        "range",
        f"the recording has {size} bytes, and the range begins after them",
        headers=((b"content-range", b"bytes */%d" % size), (b"accept-ranges", b"bytes")),
    )
