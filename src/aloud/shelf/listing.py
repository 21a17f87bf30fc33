"""Listing: the names in a store, page by page, the same from a folder and from a bucket."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import obstore

from aloud.shelf.keys import is_key, is_kind
from aloud.shelf.shelved import Stored

if TYPE_CHECKING:
    from obstore import ObjectMeta
    from obstore.store import ObjectStore

_PAGE = 1000  # names held at a time, as many as S3 sends in one answer


def kinds(store: "ObjectStore") -> tuple[str, ...]:
    """Names of the folders at the top, in order. Somebody else's ("lost+found") are left out."""
    found = obstore.list_with_delimiter(store)["common_prefixes"]
    return tuple(sorted(filter(is_kind, (name.rstrip("/") for name in found))))


def objects(store: "ObjectStore", kind: str) -> Iterator[Stored]:
    """Every object of ours under a kind, in no order."""
    for page in obstore.list(store, kind, chunk_size=_PAGE):
        yield from (stored(meta) for meta in page if is_key(meta["path"]))


def stored(meta: "ObjectMeta") -> Stored:
    return Stored(meta["path"], meta["size"], meta["last_modified"])
