"""Seals: what makes a flipped bit show.

What is put is named by what it was made from, so its bytes carry their own hash: a mark, the
SHA-256 of name and payload, and the payload. The name is under the seal, so that an object in
another's place is found as well. What is kept is named by its own hash and needs no seal.
"""

import hashlib
from collections.abc import Iterable

from aloud.shelf.keys import sha256_of

# The first byte is no letter, the last is a line's end: not taken for text, broken by a transfer
# that mends line ends, as in PNG's signature.
MARK = b"\x89aloud1\n"
_DIGEST = 32  # bytes of a SHA-256
HEADER = len(MARK) + _DIGEST


def sealed(key: str, payload: bytes) -> bytes:
    """The payload as it is stored."""
    return MARK + _seal(key, payload) + payload


def unsealed(key: str, data: bytes) -> bytes | None:
    """The payload that was stored under this key; None where that is not what it was."""
    payload = data[HEADER:]
    mine = len(data) >= HEADER and data[:HEADER] == MARK + _seal(key, payload)
    return payload if mine else None


def is_whole(key: str, pieces: Iterable[bytes]) -> bool:
    """Whether these are the bytes that were put or kept under this key.

    Only the name tells the two apart, and a kept object may begin like a seal: either proof
    will do, since no damage can make one.
    """
    kept, put = hashlib.sha256(), hashlib.sha256(_prefix(key))
    header = b""
    for piece in pieces:
        kept.update(piece)
        missing = HEADER - len(header)
        header += piece[:missing]
        put.update(memoryview(piece)[missing:])
    return kept.hexdigest() == sha256_of(key) or header == MARK + put.digest()


def _seal(key: str, payload: bytes) -> bytes:
    hashed = hashlib.sha256(_prefix(key))
    hashed.update(payload)
    return hashed.digest()


def _prefix(key: str) -> bytes:
    return key.encode() + b"\n"
