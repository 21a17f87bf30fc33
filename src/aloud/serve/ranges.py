"""Ranges: which bytes of a file somebody asked for, and whether they have them already.

Pure: header values in, a decision out. Only `bytes` ranges of a GET are known.

Source: RFC 9110, sections 13 (conditions) and 14 (ranges).
"""

import re
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Literal

_USUAL = re.compile(rb"bytes=([0-9]{1,18})-([0-9]{1,18})")  # what nearly everybody sends
_RANGE = re.compile(rb"([0-9]*)-([0-9]*)")
_TAG = re.compile(rb'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')
_MOST_DIGITS = 18  # no file is larger, and Python refuses to read numbers of thousands of digits


@dataclass(frozen=True, slots=True)
class Part:
    """What to send: bytes ``[start, end)`` of the file, or why none."""

    status: Literal[200, 206, 304, 412, 416]
    start: int = 0
    end: int = 0


def part(
    asked: dict[bytes, bytes], etag: bytes, modified: int, size: int, *, ranged: bool = True
) -> Part:
    """The answer to a request for a file of ``size`` bytes.

    ``asked`` holds the request's headers, names in small letters; ``etag`` is strong and quoted;
    ``modified`` counts whole seconds since 1970. ``ranged`` is false for HEAD, whose ranges mean
    nothing (14.2). Order of the conditions: 13.2.2.
    """
    if (tags := asked.get(b"if-match")) is not None:
        if not _listed(tags, etag, weak=False):
            return Part(412)
    elif b"if-unmodified-since" in asked:
        limit = _seconds(asked[b"if-unmodified-since"])
        if limit is not None and modified > limit:
            return Part(412)
    if (tags := asked.get(b"if-none-match")) is not None:
        if _listed(tags, etag, weak=True):
            return Part(304)
    elif b"if-modified-since" in asked:
        limit = _seconds(asked[b"if-modified-since"])
        if limit is not None and modified <= limit:
            return Part(304)
    wanted = asked.get(b"range")
    if wanted is None or not ranged or not _still(asked.get(b"if-range"), etag, modified):
        return Part(200, 0, size)
    return _ranged(wanted, size)


def _ranged(wanted: bytes, size: int) -> Part:
    """Whole where the header is malformed (14.2: ignore it) or asks for several ranges.

    Several ranges would need a multipart body. A server may ignore them (14.2), no player asks for
    them, and overlapping ones are a known way to make a server work.
    """
    if usual := _USUAL.fullmatch(wanted):
        start, last = int(usual[1]), int(usual[2])
        if start <= last < size:
            return Part(206, start, last + 1)
    unit, _, ranges = wanted.partition(b"=")
    specs = [spec for each in ranges.split(b",") if (spec := each.strip(b" \t"))]
    match = _RANGE.fullmatch(specs[0]) if len(specs) == 1 else None
    if unit.lower() != b"bytes" or match is None:
        return Part(200, 0, size)
    one, other = match[1], match[2]
    if one:
        start, end = _number(one), _number(other) + 1 if other else size
        if end <= start and other:  # ends before it begins: malformed (14.1.1)
            return Part(200, 0, size)
    elif other:
        start, end = max(0, size - _number(other)), size
        if size == 0 and _number(other):  # all of nothing, which no Content-Range can say
            return Part(200, 0, 0)
    else:
        return Part(200, 0, size)
    if start >= size:
        return Part(416)
    return Part(206, start, min(end, size))


def _number(digits: bytes) -> int:
    meant = digits.lstrip(b"0")
    return int(meant or b"0") if len(meant) <= _MOST_DIGITS else 10**_MOST_DIGITS


def _still(condition: bytes | None, etag: bytes, modified: int) -> bool:
    """Whether a range continues the file that the client has a part of (13.1.5).

    A weak tag never does. A date does only when it is exactly ours.
    """
    if condition is None:
        return True
    if condition.startswith((b'"', b"W/")):
        return condition == etag
    return _seconds(condition) == modified


def _listed(tags: bytes, etag: bytes, *, weak: bool) -> bool:
    if tags.strip() == b"*":
        return True
    found: list[bytes] = _TAG.findall(tags)
    if weak:  # 13.1.2: If-None-Match compares what is between the quotes only
        return any(tag.removeprefix(b"W/") == etag for tag in found)
    return etag in found


def _seconds(date: bytes) -> int | None:
    """Seconds since 1970 of an HTTP date; None: it is no date, and its condition is ignored."""
    try:
        read = parsedate_to_datetime(date.decode("latin-1"))
        return int((read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
