"""Depth: how deep JSON goes and how much it holds, told before anybody builds it.

Ten thousand open brackets are 10 kB, and more than Python's parser can climb down; twenty megabytes
of `[],[],` are ten million lists. Both are seen here as the bytes arrive.
"""

import re

DEEPEST = 64
MOST_VALUES = 200_000  # a lexicon or a feed list has some thousands

_OUTSIDE = re.compile(rb'["\[\]{},]')
_INSIDE = re.compile(rb'["\\]')


class JsonScan:
    """Fed with the body as it comes. Says nothing about whether it is JSON at all."""

    def __init__(self) -> None:
        self._depth = 0
        self._values = 0
        self._quoted = False
        self._escaped = False

    def refuses(self, data: bytes) -> bool:
        """Whether the limits are passed with these bytes."""
        at, end = int(self._escaped and bool(data)), len(data)
        if data:
            self._escaped = False
        while at < end:
            match = (_INSIDE if self._quoted else _OUTSIDE).search(data, at)
            if match is None:
                return False
            at = match.end()
            mark = data[at - 1]
            if mark == 0x22:  # "
                self._quoted = not self._quoted
            elif mark == 0x5C:  # \ and what it escapes, which may come with the next bytes
                self._escaped = at == end
                at += 1
            elif self._counts(mark):
                return True
        return False

    def _counts(self, mark: int) -> bool:
        self._values += 1
        if mark in b"[{":
            self._depth += 1
        elif mark in b"]}":
            self._depth -= 1
        return self._depth > DEEPEST or self._values > MOST_VALUES
