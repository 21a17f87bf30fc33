"""What can be said of objects on a shelf, and the seam between the shelf and where they lie."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

DAMAGED = "damaged"  # the kind of what was moved aside: damaged/<its key>


@dataclass(frozen=True, slots=True)
class Stored:
    """One object as it lies in the store, its seal included."""

    key: str
    size: int  # bytes
    used: datetime  # UTC, when it was put or last used, to about an hour


@dataclass(frozen=True, slots=True)
class Usage:
    """What one kind of object takes."""

    kind: str
    count: int  # objects
    bytes: int


class Health(StrEnum):
    """What a look at an object's every byte has shown."""

    WHOLE = "whole"
    DAMAGED = "damaged"  # and moved aside, where the store allows
    UNREADABLE = "unreadable"  # the store would not give its bytes


@dataclass(frozen=True, slots=True)
class Finding:
    """One object that was looked at."""

    key: str
    kind: str
    state: Health


class Store(Protocol):
    """Where objects lie: a folder or a bucket. It knows names and bytes, and nothing of seals.

    Every method may raise ShelfError: the store refuses, or is away.
    """

    place: str  # its path or address, for the listener's eyes

    def kinds(self) -> tuple[str, ...]:
        """Names of the folders at the top, in order."""
        ...

    def list(self, kind: str) -> Iterator[Stored]:
        """Every object of a kind, in no order, from pages that are not held all at once."""
        ...

    def stat(self, key: str) -> Stored | None: ...

    def read(self, key: str) -> tuple[Stored, bytes] | None: ...

    def pieces(self, key: str) -> Iterator[bytes]:
        """The bytes of an object that was just listed or asked about, bit by bit.

        Raises:
            FileNotFoundError: there is none (any more).
        """
        ...

    def write(self, key: str, data: bytes) -> None:
        """The whole object or nothing, durably, over whatever bore its name."""
        ...

    def touch(self, key: str, data: bytes) -> None:
        """Note that the object, whose bytes are ``data``, was used now."""
        ...

    def delete(self, keys: Sequence[str]) -> None:
        """Remove those that are there."""
        ...

    def move(self, key: str, to: str) -> None:
        """Give the object another name, if it is there."""
        ...

    def check(self) -> None:
        """Raise what stands in the way of using the store, if anything."""
        ...
