"""Page: what was received, before anybody has read it."""

from dataclasses import dataclass
from datetime import datetime


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
