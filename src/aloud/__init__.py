"""Aloud turns any news article into something you can listen to.

>>> import aloud
>>> article = aloud.read("samples/harbour.html")  # doctest: +SKIP
>>> recording = aloud.listen("samples/harbour.html", wpm=250)  # doctest: +SKIP
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aloud.article import Article
    from aloud.recording import Recording

__version__ = "0.1.0"
__all__ = ["__version__", "listen", "read"]


def read(source: str, *, allow: Sequence[str] = ()) -> "Article":
    """The article that ``source`` holds: a URL, a file, or "-" for standard input.

    ``allow`` names hosts or networks that may be fetched although they are not on the public
    internet, for example ``["127.0.0.1:8000"]``.

    Raises:
        AloudError: what failed, on what, and what to do; FetchError and ExtractError here.
    """
    from aloud import settings
    from aloud.narrate import Narrator

    with Narrator(settings.load({"fetch_allow": allow or None})) as narrator:
        return narrator.read(source)


def listen(
    source: str,
    *,
    voice: str | None = None,
    wpm: float | None = None,
    folder: str | Path = ".",
    format: str | None = None,
    allow: Sequence[str] = (),
) -> "Recording":
    """The recording of what ``source`` holds, made in ``folder`` with its captions beside it.

    ``voice`` is an id from ``aloud voices``; without one, the embedded voice of the article's
    language speaks. ``wpm`` is spoken words a minute, 100 to 550; 200 where nothing is said.
    ``format`` is m4a, mp3, opus or wav.

    Raises:
        AloudError: what failed, on what, and what to do.
    """
    from aloud import settings
    from aloud.narrate import Narrator

    flags = {"fetch_allow": allow or None, "voice": voice, "wpm": wpm, "format": format}
    with Narrator(settings.load(flags)) as narrator:
        recording, _ = narrator.listen(source, Path(folder))
        return recording
