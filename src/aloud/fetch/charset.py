"""Charset: what the sender, or a byte order mark, says of how the text was written.

What a page says inside its own markup (``<meta charset>``) is for the reader of that markup.
"""

import codecs
import re

# UTF-32 before UTF-16: the little-endian mark of the one begins with that of the other.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_PARAMETER = re.compile(r";\s*charset\s*=\s*[\"']?([^\s\"';]+)", re.IGNORECASE)


def is_charset(name: str) -> bool:
    """Whether bytes can be decoded with a charset of that name.

    >>> is_charset("Windows-1252"), is_charset("utf-9"), is_charset("zlib")
    (True, False, False)
    """
    try:
        # One byte, since an empty string decodes with anything, "zlib" included.
        b"a".decode(name, "ignore")
    except (LookupError, ValueError):
        return False
    return True


def charset_of(body: bytes, content_type: str = "") -> str | None:
    """The charset by byte order mark, else by Content-Type, else None.

    The mark comes first, as in browsers: the author's editor wrote it, and a server's
    configuration often knows nothing of the file. A declared name that means nothing is None.

    Source: https://encoding.spec.whatwg.org/#decode
    """
    for mark, name in _MARKS:
        if body.startswith(mark):
            return name
    match = _PARAMETER.search(content_type)
    return match[1].lower() if match and is_charset(match[1]) else None
