"""Decode: content encoding undone, a bounded piece at a time.

A kilobyte of gzip can hold a megabyte of zeros. httpx's own ``iter_bytes`` decoded 67 MB in one
piece before a limit could speak; here no piece is longer than ``size.PIECE``.
"""

import zlib
from collections.abc import Iterable, Iterator

from aloud.errors import FetchError
from aloud.fetch.size import PIECE

ACCEPTED = "gzip, deflate"

_GZIP = zlib.MAX_WBITS | 16
_ZLIB = zlib.MAX_WBITS
_RAW = -zlib.MAX_WBITS
_GZIP_MAGIC = b"\x1f\x8b"


def decode(chunks: Iterable[bytes], encoding: str, subject: str) -> Iterator[bytes]:
    """The chunks as they were before ``encoding``, the value of a Content-Encoding header.

    Raises:
        FetchError: an encoding we did not ask for, or data that is damaged or cut.
    """
    steps = [step for step in encoding.lower().replace(",", " ").split() if step != "identity"]
    if not steps:
        yield from chunks
        return
    if len(steps) > 1 or steps[0] not in ("gzip", "x-gzip", "deflate"):
        raise FetchError(
            f"the server packed the page in a way that cannot be unpacked ({encoding})",
            subject=subject,
            hint="save the page in your browser and give the file to aloud",
        )
    try:
        if steps[0] == "deflate":
            yield from _inflate(chunks, subject)
        else:
            yield from _gunzip(chunks, subject)
    except zlib.error as error:
        raise _damaged(str(error), subject) from error


def _gunzip(chunks: Iterable[bytes], subject: str) -> Iterator[bytes]:
    """Any number of members, one after the other (RFC 1952, 2.2)."""
    member = zlib.decompressobj(_GZIP)
    begun = False
    after = b""  # what follows a finished member, while it may still begin another
    for chunk in chunks:
        data, after = after + chunk, b""
        while data:
            if member.eof:
                if len(data) < 2:
                    after = data
                    break
                if not data.startswith(_GZIP_MAGIC):
                    return  # padding, which gzip(1) and browsers ignore too
                member = zlib.decompressobj(_GZIP)
            begun = True
            yield from _unpack(member, data)
            data = member.unused_data
    if (begun and not member.eof) or after == _GZIP_MAGIC[:1]:
        raise _damaged("it ends too early", subject)


def _inflate(chunks: Iterable[bytes], subject: str) -> Iterator[bytes]:
    """The zlib format (RFC 1950), or the bare deflate that some servers send in its place."""
    stream = None
    head = b""
    for chunk in chunks:
        data = chunk
        if stream is None:
            head += chunk
            if len(head) < 2:
                continue
            stream = zlib.decompressobj(_ZLIB if _has_zlib_header(head) else _RAW)
            data = head
        yield from _unpack(stream, data)
        if stream.eof:
            return
    if head:
        raise _damaged("it ends too early", subject)


def _has_zlib_header(head: bytes) -> bool:
    # Method 8 and a header that 31 divides: RFC 1950, 2.2.
    return head[0] & 0x0F == 8 and (head[0] * 256 + head[1]) % 31 == 0


def _unpack(stream: "zlib._Decompress", data: bytes) -> Iterator[bytes]:
    while True:
        piece = stream.decompress(data, PIECE)
        data = stream.unconsumed_tail
        if piece:
            yield piece
        # A full piece may leave more inside the decompressor even when all input is taken.
        if stream.eof or (not data and len(piece) < PIECE):
            return


def _damaged(why: str, subject: str) -> FetchError:
    return FetchError(
        f"the page arrived damaged ({why})",
        subject=subject,
        hint="try again; if it stays so, save the page in your browser and give the file to aloud",
    )
