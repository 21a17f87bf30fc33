"""Fetch: an address, a file or standard input becomes a Page.

It fetches what it was asked for and nothing else, never from a network nobody allowed, never more
than the limits, and never half a page: a page that was cut on its way is a failure.
"""

import re
from typing import BinaryIO

from aloud.errors import FetchError, UsageError
from aloud.fetch.charset import is_charset
from aloud.fetch.local import read_file, read_stdin
from aloud.page import Page
from aloud.settings import Settings

__all__ = ["fetch"]

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]+):", re.IGNORECASE)


def fetch(
    source: str,
    settings: Settings,
    *,
    previous: Page | None = None,
    stdin: BinaryIO | None = None,
    charset: str | None = None,
) -> Page:
    """The page at an http(s) address, in a file (path or ``file:`` URL) or, for ``-``, on stdin.

    ``previous`` is what an address gave the last time: where it has not changed, its bytes are
    used again. ``charset`` overrides whatever the page says of itself.

    A file is read with the rights of this process: an edge that takes addresses from strangers
    calls ``aloud.fetch.http.fetch_url``, which knows no files.

    Raises:
        AddressRefused: the address is not globally reachable and not in ``settings.fetch_allow``.
        TooLarge: more than ``settings.fetch_max_bytes``.
        FetchError: the page could not be had, or not all of it.
        UsageError: no charset of that name, or an entry of ``fetch_allow`` means nothing.
    """
    if charset is not None and not is_charset(charset):
        raise UsageError(
            "there is no charset of that name",
            subject=charset,
            hint="for example utf-8, windows-1252, shift_jis",
        )
    if source == "-":
        return read_stdin(stdin, settings, charset)
    match = _SCHEME.match(source.strip())
    scheme = match[1].lower() if match else ""
    if scheme in ("http", "https"):
        # httpx is a sixth of a second to import: reading a file must not pay for it.
        from aloud.fetch.http import fetch_url

        return fetch_url(source.strip(), settings, previous=previous, charset=charset)
    if match and "://" in source and scheme != "file":
        raise FetchError(
            f"{scheme} addresses cannot be fetched",
            subject=source,
            hint="give an http or https address, a file, or - for standard input",
        )
    return read_file(source, settings, charset)
