"""The same shelf on both stores, and a way to what lies there that is none of our code."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import obstore
import pytest
from obstore.store import LocalStore, S3Store

from aloud.shelf import Shelf, content_key

PAYLOAD = bytes(range(256)) * 8


def key(number: int, kind: str = "utterances") -> str:
    return content_key(kind, f"{number:064x}"[::-1])


class Lying:
    """What lies in a store, seen past the shelf."""

    def __init__(self, url: str) -> None:
        if not url.startswith("s3:"):
            self._store: LocalStore | S3Store = LocalStore(url)
            return
        parts = urlsplit(url)
        self._store = S3Store(
            parts.netloc,
            prefix=parts.path.strip("/"),
            config={"endpoint": parse_qs(parts.query)["endpoint"][0], "region": "us-east-1"},
            client_options={"allow_http": True},
        )

    def keys(self) -> set[str]:
        return {meta["path"] for page in obstore.list(self._store) for meta in page}

    def read(self, key: str) -> bytes:
        return bytes(obstore.get(self._store, key).bytes())

    def used(self, key: str) -> datetime:
        return obstore.head(self._store, key)["last_modified"]

    def version(self, key: str) -> object:
        """Another one after every writing: in a folder always, in a bucket by the second."""
        found = obstore.head(self._store, key)
        return found["last_modified"], found["e_tag"]

    def write(self, key: str, data: bytes) -> None:
        obstore.put(self._store, key, data)


@pytest.fixture(params=["folder", pytest.param("s3", marks=pytest.mark.slow)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a shelf can be: a folder, and a bucket of a real S3 server."""
    if request.param == "folder":
        (tmp_path / "shelf").mkdir()
        return str(tmp_path / "shelf")
    return str(request.getfixturevalue("s3_url"))


@pytest.fixture
def open_shelf(url: str) -> Iterator[Callable[..., Shelf]]:
    """Opens the shelf at ``url``, as often as one likes: as other processes would."""
    opened: list[Shelf] = []

    def open(max_bytes: int | None = None, **options: object) -> Shelf:
        opened.append(Shelf(url, max_bytes, **options))  # type: ignore[arg-type]
        return opened[-1]

    yield open
    for shelf in opened:
        shelf.close()


@pytest.fixture
def shelf(open_shelf: Callable[..., Shelf]) -> Shelf:
    return open_shelf()


@pytest.fixture
def lying(url: str) -> Lying:
    return Lying(url)
