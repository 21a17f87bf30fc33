"""Assets: scripts, styles and pictures, as the few files that a browser loads.

Each has an address with the digest of all of them in it, so that a browser keeps it for good and
asks anew after an upgrade. Nothing is built: scripts are joined when they are first asked for.
"""

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from aloud.serve.pages.joined import joined

_STATIC = files("aloud.serve.pages").joinpath("static")
_KINDS = {
    "js": "text/javascript",
    "css": "text/css",
    "svg": "image/svg+xml",
    "png": "image/png",
}
# One for each page that has one; without one of its own a page has page.js.
_SCRIPTS = {
    "page.js": "pages/page.js",
    "voices.js": "pages/voices.js",
    "settings.js": "pages/settings.js",
    "lab.js": "pages/lab.js",
    "article.js": "pages/article.js",
    "clips.js": "player/clips.js",
    "kept.js": "pages/kept.js",
    "worker.js": "pages/worker.js",
    "library.js": "pages/library.js",
    "queue.js": "pages/queue.js",
    "feeds.js": "pages/feeds.js",
}
_FILES = {
    "aloud.css": "aloud.css",
    "voices.css": "voices.css",
    "settings.css": "settings.css",
    "lab.css": "lab.css",
    "library.css": "library.css",
    "article.css": "article.css",
    "player.css": "player.css",
    "icon.svg": "icon.svg",
    "icon-192.png": "icon-192.png",
    "icon-512.png": "icon-512.png",
    "maskable-512.png": "maskable-512.png",
}
NAMES = (*_SCRIPTS, *_FILES)


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent."""

    body: bytes
    packed: bytes  # gzip; empty where that makes nothing smaller
    media_type: str


@cache
def asset(name: str) -> Asset:
    """The file of that name in `NAMES`.

    Raises:
        KeyError: there is none.
    """
    media_type = _KINDS[name.rpartition(".")[2]]
    if name in _SCRIPTS:
        body = joined(_STATIC, _SCRIPTS[name]).encode()
    elif name in _FILES:
        body = _STATIC.joinpath(_FILES[name]).read_bytes()
    else:
        raise KeyError(name)
    # mtime: the same file is the same bytes, whenever it was packed.
    packed = b"" if media_type == "image/png" else gzip.compress(body, 9, mtime=0)
    return Asset(body, packed, media_type)


@cache
def version() -> str:
    """The digest of all of them: what changes when any of them does."""
    digest = hashlib.sha256()
    for name in NAMES:
        digest.update(asset(name).body)
    return digest.hexdigest()[:12]


def address(name: str) -> str:
    """Where a page finds the asset of that name."""
    return f"/static/{version()}/{name}"


@cache
def player_words() -> dict[str, str]:
    """Every string of the player in English, by its name: `strings.js` keeps one a line."""
    text = _STATIC.joinpath("player/strings.js").read_text(encoding="utf-8")
    return dict(re.findall(r'^  (\w+): "([^"]*)",$', text, re.MULTILINE))
