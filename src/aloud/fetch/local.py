"""Local: a file or standard input becomes a Page. Opens nothing but regular files."""

import os
import re
import stat
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote_to_bytes, urlsplit

from aloud.errors import FetchError
from aloud.fetch.charset import charset_of
from aloud.fetch.size import PIECE, gather, too_large
from aloud.fetch.sniff import media_type
from aloud.page import Page
from aloud.settings import Settings

_SUFFIXES = {
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "application/xhtml+xml",
    ".txt": "text/plain",
    ".md": "text/markdown",
    ".markdown": "text/markdown",
}
_FILES = {*_SUFFIXES, ".pdf", ".epub", ".xml", ".json", ".docx", ".rtf", ".odt", ".png", ".jpg"}
_HOST = re.compile(
    r"(?P<host>localhost|[\w-]+(\.[\w-]+)*\.[a-z]{2,})(:\d+)?(?P<rest>[/?#].*)?", re.I
)


def read_file(source: str, settings: Settings, charset: str | None = None) -> Page:
    """The page in a file, named by its path or by a ``file:`` URL of this machine.

    Raises:
        TooLarge: more than ``settings.fetch_max_bytes``.
        FetchError: no such file, a folder, a device, or no permission to read it.
    """
    path = _path(source)
    try:
        state = path.stat()
        if not stat.S_ISREG(state.st_mode):
            raise _not_a_file(state.st_mode, source)
        if state.st_size > settings.fetch_max_bytes:
            raise too_large(settings.fetch_max_bytes, source)
        with path.open("rb", buffering=0) as file:
            body = _read(file, settings.fetch_max_bytes, source)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise FetchError("there is no such file", subject=source, hint=_guess(source)) from error
    except PermissionError as error:
        raise FetchError(
            "the file may not be read by you",
            subject=source,
            hint=f"allow it with: chmod u+r {source}, or copy the file to a folder of yours",
        ) from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise FetchError(
            f"the file cannot be read ({error})",
            subject=source,
            hint="give another file, an http address, or - for standard input",
        ) from error
    return _page(path.absolute().as_uri(), body, _SUFFIXES.get(path.suffix.lower()), charset)


def read_stdin(stream: BinaryIO | None, settings: Settings, charset: str | None = None) -> Page:
    """The page on standard input, read to its end. Its url is "".

    Raises:
        TooLarge: more than ``settings.fetch_max_bytes``.
        FetchError: there is no standard input, or it cannot be read.
    """
    if stream is None:
        # A daemon has no standard input at all.
        stream = sys.stdin.buffer if sys.stdin else None
    if stream is None:
        raise FetchError(
            "there is no standard input", subject="-", hint="give a file or an address"
        )
    try:
        body = _read(stream, settings.fetch_max_bytes, "-")
    except (OSError, ValueError) as error:  # ValueError: it was closed
        raise FetchError(
            f"standard input cannot be read ({error})", subject="-", hint="give a file instead"
        ) from error
    return _page("", body, None, charset)


def _read(stream: BinaryIO, limit: int, subject: str) -> bytes:
    return gather(_pieces(stream, limit + 1), limit, subject)


def _pieces(stream: BinaryIO, most: int) -> Iterator[bytes]:
    while most and (piece := stream.read(min(PIECE, most))):
        most -= len(piece)
        yield piece


def _page(url: str, body: bytes, declared: str | None, charset: str | None) -> Page:
    charset = charset or charset_of(body)
    return Page(
        url=url,
        body=body,
        media_type=media_type(body, declared, charset),
        charset=charset,
        fetched=datetime.now(UTC),
    )


def _path(source: str) -> Path:
    if not source.strip():
        raise FetchError(
            "there is nothing to fetch",
            subject=repr(source),
            hint="give an http or https address, a file, or - for standard input",
        )
    if not source.strip().lower().startswith("file:"):
        return Path(source)
    try:
        url = urlsplit(source.strip())
    except ValueError as error:
        raise FetchError(
            f"this is not a file address ({error})", subject=source, hint="give the file's path"
        ) from error
    if url.netloc.lower() not in ("", "localhost") or not url.path.startswith("/"):
        raise FetchError(
            "this does not name a file on this machine",
            subject=source,
            hint="a file address has three slashes and a whole path: file:///home/me/page.html",
        )
    return Path(os.fsdecode(unquote_to_bytes(url.path)))


def _not_a_file(mode: int, source: str) -> FetchError:
    if stat.S_ISDIR(mode):
        return FetchError(
            "this is a folder", subject=source, hint=f"name a file in it: {source.rstrip('/')}/…"
        )
    # A pipe or a device may never end, and opening some of them does something.
    return FetchError(
        "this is a device or a pipe, not a file",
        subject=source,
        hint=f"pass it on standard input: aloud listen - < {source}",
    )


def _guess(source: str) -> str:
    match = _HOST.fullmatch(source.strip())
    if match and (match["rest"] or Path(match["host"]).suffix.lower() not in _FILES):
        return f"did you mean https://{source.strip()} ?"
    return "check the path; a file is looked for from the folder you are in"
