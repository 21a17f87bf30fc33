"""The story: a source goes in, and an article, a script or a recording comes out."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, Self

from aloud import article as articles
from aloud import pace
from aloud import script as scripts
from aloud.adapt import adapt
from aloud.article import Article
from aloud.errors import AloudError, ExtractError, UsageError
from aloud.extract import extract
from aloud.extract.decode import decode
from aloud.fetch import fetch
from aloud.master import FORMATS, Progress, master, to_jpeg
from aloud.page import Page
from aloud.recording import Recording
from aloud.script import Script
from aloud.settings import Settings
from aloud.speech import Voice
from aloud.voice import Booth, find_voice, voices

_LONGEST_NAME = 60  # characters of a file name; four bytes each still fit into 255
_NOUNS: dict[str, Callable[[Any], Article | Script]] = {
    "article": articles.from_json,
    "script": scripts.from_json,
}


class Narrator:
    """Takes articles all the way. It keeps its engine between them: close it, or use ``with``."""

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        stdin: BinaryIO | None = None,
        charset: str | None = None,
        progress: Progress = lambda what, done, total: None,
    ) -> None:
        self.settings = settings or Settings()
        self.notes: list[str] = []  # what the listener should know though nothing failed
        self._stdin, self._charset, self._progress = stdin, charset, progress
        self._booth = Booth()
        self._online = False  # whether what was received last came over the network

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        """End the engine's process."""
        self._booth.close()

    def receive(self, source: str) -> Page | Article | Script:
        """What ``source`` holds: a page, or an article or a script that Aloud wrote before."""
        self._progress("fetching", 0, 1)
        page = fetch(source, self.settings, stdin=self._stdin, charset=self._charset)
        received = _noun(page)
        # What Aloud wrote before is as the page was that it came from.
        self._online = _on_the_web(page.url if isinstance(received, Page) else _url(received))
        return received

    def read(self, source: str) -> Article:
        """The article that ``source`` (URL, file or "-") holds."""
        received = self.receive(source)
        if isinstance(received, Script):
            return received.article
        return received if isinstance(received, Article) else extract(received)

    def write(self, source: str) -> Script:
        """The script of what ``source`` holds."""
        received = self.receive(source)
        if isinstance(received, Script):
            return received
        return adapt(received if isinstance(received, Article) else extract(received))

    def text(self, text: str, language: str) -> Script:
        """The script of a text that is to be said as it stands; "-" reads text, or a noun as JSON,
        from standard input."""
        if text == "-":
            received = self.receive("-")
            if isinstance(received, Script):
                return received
            if isinstance(received, Article):
                return adapt(received)
            text = decode(received).text
        return adapt(articles.plain(text, language))

    def listen(self, source: str, folder: Path) -> tuple[Recording, Script]:
        """The recording of what ``source`` holds, its captions and data beside it in ``folder``,
        named after the headline."""
        self._checked_format(self.settings.format)
        script = self.write(source)
        path = folder / f"{_free_stem(script.article, folder)}.{self.settings.format}"
        return self.say(script, path), script

    def say(self, script: Script, path: Path, *, captions: bool = True) -> Recording:
        """The recording of a script, as ``path``, whose suffix is the format."""
        self._checked_format(path.suffix.removeprefix("."))
        wish = pace.checked(pace.NORMAL_WPM if self.settings.wpm is None else self.settings.wpm)
        voice = find_voice(self.settings.voice, script.language, self._booth)
        made = master(
            script,
            self._booth.speak(script, voice),
            voice,
            path,
            wpm=wish,
            cover=self._cover(script.article),
            captions=captions,
            progress=self._progress,
        )
        if abs(made.wpm / wish - 1) > 0.01:
            self.notes.append(
                f"{wish:g} WPM is out of reach of this recording; "
                f"the nearest speed is {pace.label(made.wpm)}"
            )
        return made

    def voices(self) -> tuple[Voice, ...]:
        """Every voice that can be chosen."""
        return voices(self._booth)

    def _cover(self, article: Article) -> bytes:
        """The article's picture as JPEG. A recording without one is better than none at all."""
        image = article.image or ""
        # A saved page is narrated without asking the network for anything.
        if not (image.startswith("file:") or (_on_the_web(image) and self._online)):
            return b""
        try:
            return to_jpeg(fetch(image, self.settings).body)
        except AloudError as error:
            self.notes.append(f"no cover picture ({error})")
            return b""

    @staticmethod
    def _checked_format(name: str) -> None:
        if name not in FORMATS:
            known = ", ".join(FORMATS)
            raise UsageError(
                "no such audio format", subject=name or "(none)", hint=f"formats are: {known}"
            )


def _on_the_web(url: str) -> bool:
    return url.startswith(("http:", "https:"))


def _url(noun: Article | Script) -> str:
    return noun.article.url if isinstance(noun, Script) else noun.url


def _noun(page: Page) -> Page | Article | Script:
    """The noun that the page is the JSON of, or the page itself."""
    if page.body.lstrip()[:1] != b"{":
        return page
    try:
        data: Any = json.loads(page.body)
    except (ValueError, RecursionError):
        return page
    kind = data.get("aloud") if isinstance(data, dict) else None
    if kind is None:
        return page
    hint = "give what aloud article --json or aloud script --json wrote, whole and unchanged"
    if not isinstance(kind, str) or kind not in _NOUNS or data.get("version") != 1:
        said = f"this is a {kind} of version {data.get('version')}, which cannot be read here"
        raise ExtractError(said, subject=page.url, hint=hint)
    try:
        return _NOUNS[kind](data)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        said = f"the {kind} is not whole ({error!r})"
        raise ExtractError(said, subject=page.url, hint=hint) from error


def _free_stem(article: Article, folder: Path) -> str:
    """A file name from the headline. Another article's files are never written over."""
    title = article.headline or article.clean_text[:_LONGEST_NAME]
    words = re.findall(r"\w+", title.replace("’", "").replace("'", "").lower())
    stem = words.pop(0) if words else "article"
    for word in words:
        if len(stem) + len(word) >= _LONGEST_NAME:
            break
        stem += f"-{word}"
    # Three bytes a character in most scripts, and Chinese has no spaces to stop at.
    stem = stem[:_LONGEST_NAME]
    number, name = 1, stem
    while not _same_article(folder / f"{name}.json", article):
        number += 1
        name = f"{stem}-{number}"
    return name


def _same_article(sidecar: Path, article: Article) -> bool:
    """Whether the files of this name are this article's, or there are none."""
    try:
        there = json.loads(sidecar.read_text(encoding="utf-8"))["article"]
        return bool(there["url"] == article.url and there["headline"] == article.headline) and (
            bool(article.url) or articles.from_json(there).clean_text == article.clean_text
        )
    except OSError:
        return not any(sidecar.parent.glob(f"{sidecar.stem}.*"))
    except (ValueError, KeyError, TypeError):
        return False
