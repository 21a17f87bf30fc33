"""Naming: recordings that are kept are files called like their articles.

Their addresses are named by content and mean the same for ever. What a file shall be called is said
beside that, in the query, by whoever links to it.
"""

import re
from collections.abc import Iterable
from urllib.parse import parse_qs, quote

_LONGEST = 80  # characters: 240 bytes of any common script, where most file systems take 255
# What some file system does not take in a name, what would end a header, and what turns text round.
_UNWRITABLE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]|[\"*/:<>?\\|]"
)
_BEYOND_ASCII = re.compile(r"[^ -~]|[%;]")
_DISPOSITION = b"content-disposition"


def download(url: str, title: str) -> str:
    """The address at which a recording comes as a file that is called like its article.

    >>> download("/media/0f3c.m4a", "Is it over?")
    '/media/0f3c.m4a?name=Is%20it%20over'
    """
    name = _file_name(title)
    return f"{url}?name={quote(name, safe='')}" if name else url


def named(
    headers: Iterable[tuple[bytes, bytes]], query: bytes, suffix: str
) -> list[tuple[bytes, bytes]]:
    """A recording's headers, for a request with this query: asked for by ``name`` it is to be
    kept, under that name and its own suffix. Nobody is handed a program by a link to a recording.

    Source: RFC 6266; browsers take ``filename*``, older programs the other.
    """
    kept = list(headers)
    name = _file_name(parse_qs(query.decode("latin-1")).get("name", [""])[0])
    if not name:
        return kept
    plain = _BEYOND_ASCII.sub("_", name)
    whole = quote(f"{name}.{suffix}", safe="")
    said = f"attachment; filename=\"{plain}.{suffix}\"; filename*=UTF-8''{whole}"
    return [*(pair for pair in kept if pair[0] != _DISPOSITION), (_DISPOSITION, said.encode())]


def _file_name(title: str) -> str:
    words = " ".join(_UNWRITABLE.sub(" ", title).split())
    return words[:_LONGEST].strip(" .")
