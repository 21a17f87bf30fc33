"""Covers: the pictures of articles, as their recordings carry them."""

import hashlib

from aloud.article import Article
from aloud.errors import AloudError, ShelfError
from aloud.fetch.http import fetch_url
from aloud.master import to_jpeg
from aloud.settings import Settings
from aloud.shelf import Shelf

KIND = "covers"  # on the shelf


def cover(article: Article, shelf: Shelf, settings: Settings) -> bytes:
    """The article's picture as JPEG, or b"": a recording without one is better than none.

    Raises:
        ShelfError: it can be neither looked up nor kept.
    """
    image = article.image or ""
    if not image.startswith(("http:", "https:")):
        return b""
    key = cover_key(image)
    try:
        there = shelf.get(key)
        if there is None:
            there = to_jpeg(fetch_url(image, settings).body)
            shelf.put(key, there)
    except ShelfError:
        raise
    except AloudError:
        return b""
    return there


def cover_key(image: str) -> str:
    """Where the picture at an address is kept."""
    digest = hashlib.sha256(image.encode()).hexdigest()
    return f"{KIND}/{digest[:2]}/{digest}"
