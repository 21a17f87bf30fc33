"""Page: what was received, before anybody has read it."""

import json
from dataclasses import dataclass
from datetime import datetime

VERSION = 1


@dataclass(frozen=True, slots=True)
class Page:
    """One document as it came, byte for byte."""

    url: str  # after redirects; a file: URL for a file, "" for standard input
    body: bytes  # content encoding (gzip, deflate) undone, charset not
    media_type: str  # "text/html", without parameters; as declared, or found in the bytes
    charset: str | None  # as declared by the sender or a byte order mark
    fetched: datetime  # UTC
    etag: str | None = None  # for the next, conditional, request
    last_modified: str | None = None  # likewise, as the server wrote it


def to_bytes(page: Page) -> bytes:
    """The page as it is kept: one line of JSON, then its body byte for byte."""
    head = {
        "aloud": "page",
        "version": VERSION,
        "url": page.url,
        "media_type": page.media_type,
        "charset": page.charset,
        "fetched": page.fetched.isoformat(),
        "etag": page.etag,
        "last_modified": page.last_modified,
    }
    return json.dumps(head).encode() + b"\n" + page.body


def from_bytes(data: bytes) -> Page:
    """The page that `to_bytes` wrote.

    Raises:
        KeyError, TypeError, ValueError: this is no such page.
    """
    line, _, body = data.partition(b"\n")
    head = json.loads(line)
    if head["aloud"] != "page" or head["version"] != VERSION:
        raise ValueError(f"a page of version {head['version']!r}")
    return Page(
        url=head["url"],
        body=body,
        media_type=head["media_type"],
        charset=head["charset"],
        fetched=datetime.fromisoformat(head["fetched"]),
        etag=head["etag"],
        last_modified=head["last_modified"],
    )
