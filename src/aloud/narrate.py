"""The story: a source goes in, and an article, a script or a recording comes out."""

import codecs
import glob
import json
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Self

from aloud import article as articles
from aloud import pace
from aloud import script as scripts
from aloud.adapt import adapt
from aloud.article import Article
from aloud.errors import AloudError, ExtractError, MasterError, Unsayable, UsageError
from aloud.extract import extract
from aloud.extract.decode import decode
from aloud.fetch import fetch
from aloud.page import Page
from aloud.script import Script, Utterance
from aloud.settings import Settings

if TYPE_CHECKING:  # numpy and PyAV load when something is spoken: `aloud article` needs neither
    from aloud.master import Progress
    from aloud.recording import Recording
    from aloud.speech import Speech, Voice
    from aloud.voice import Booth

_BEGINS_A_NOUN = re.compile(rb'\{\s*"aloud"\s*:')
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
        progress: "Progress" = lambda what, done, total: None,
    ) -> None:
        self.settings = settings or Settings()
        self.progress = progress
        self.notes: list[str] = []  # what the listener should know though nothing failed
        self._stdin, self._charset = stdin, charset
        self._opened: Booth | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        """End the engine's process."""
        if self._opened is not None:
            self._opened.close()

    def receive(self, source: str) -> Page | Article | Script:
        """What ``source`` holds: a page, or an article or a script that Aloud wrote before."""
        self.progress("fetching", 0, 1)
        return _noun(fetch(source, self.settings, stdin=self._stdin, charset=self._charset))

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
        _check_encodable(text)
        return adapt(articles.plain(text, language))

    def listen(self, source: str, folder: Path) -> "tuple[Recording, Script]":
        """The recording of what ``source`` holds, its captions and data beside it in ``folder``,
        named after the headline."""
        self._checked_format(self.settings.format)
        script = self.write(source)
        path = _free_path(script.article, folder, self.settings.format)
        return self.say(script, path), script

    def say(self, script: Script, path: Path, *, captions: bool = True) -> "Recording":
        """The recording of a script, as ``path``, whose suffix is the format."""
        from aloud.master import master
        from aloud.speech import silence
        from aloud.voice import find_voice

        self._checked_format(path.suffix.removeprefix("."))
        if not script.utterances:
            raise MasterError("there is nothing to say", hint="give a text with words in it")
        wish = pace.checked(pace.NORMAL_WPM if self.settings.wpm is None else self.settings.wpm)
        voice = find_voice(self.settings.voice, script.language, self._booth)
        silent: list[Utterance] = []

        def pause(utterance: Utterance, error: Unsayable) -> "Speech":
            """A lone line in another script must not cost an article."""
            silent.append(utterance)
            if len(silent) == len(script.utterances):
                raise error
            return silence(len(utterance.tokens), voice.sample_rate)

        made = master(
            script,
            self._booth.speak(script, voice, pause),
            voice,
            path,
            wpm=wish,
            cover=self._cover(script.article),
            captions=captions,
            progress=self.progress,
        )
        if silent:
            self.notes.append(
                f"{len(silent)} of its sentences have no sound in this voice; "
                "to hear them, choose another one from: aloud voices"
            )
        if abs(made.wpm / wish - 1) > 0.01:
            self.notes.append(
                f"{wish:g} WPM is out of reach of this recording; "
                f"the nearest speed is {pace.label(made.wpm)}"
            )
        return made

    def voices(self) -> "tuple[Voice, ...]":
        """Every voice that can be chosen."""
        from aloud.voice import voices

        return voices(self._booth)

    @property
    def _booth(self) -> "Booth":
        """Where engines speak: opened when something is to be spoken, and kept."""
        from aloud.voice import Booth

        if self._opened is None:
            self._opened = Booth()
        return self._opened

    def _cover(self, article: Article) -> bytes:
        """The article's picture as JPEG. A recording without one is better than none at all."""
        from aloud.master import to_jpeg

        image = article.image or ""
        if not image.startswith(("http:", "https:", "file:")):
            return b""
        try:
            return to_jpeg(fetch(image, self.settings).body)
        except AloudError as error:
            self.notes.append(f"no cover picture ({error})")
            return b""

    @staticmethod
    def _checked_format(name: str) -> None:
        from aloud.master import FORMATS

        if name not in FORMATS:
            known = ", ".join(FORMATS)
            said = f"no such audio format as {name!r}" if name else "the file's name has no format"
            raise UsageError(said, hint=f"end it in one of: {known}")


def _check_encodable(text: str) -> None:
    """Refuse half characters, which a shell makes of bytes that are not its own charset."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise UsageError(
            "the text holds bytes that are not UTF-8",
            hint="give it as a file or through a pipe: aloud say - < file",
        ) from error


def _noun(page: Page) -> Page | Article | Script:
    """The noun that the page is the JSON of, or the page itself."""
    body = page.body.removeprefix(codecs.BOM_UTF8).strip()
    if not body.startswith(b"{"):
        return page
    hint = "give what aloud article --json or aloud script --json wrote, whole and unchanged"
    try:
        data: Any = json.loads(body)
    except (ValueError, RecursionError) as error:
        if _BEGINS_A_NOUN.match(body):
            said = "this was cut off: it is only the beginning of an article or a script"
            raise ExtractError(said, subject=page.url, hint=hint) from error
        return page
    kind = data.get("aloud") if isinstance(data, dict) else None
    if kind is None:
        return page
    if not isinstance(kind, str) or kind not in _NOUNS or data.get("version") != 1:
        said = f"this is a {kind} of version {data.get('version')}, which cannot be read here"
        raise ExtractError(said, subject=page.url, hint=hint)
    try:
        return _NOUNS[kind](data)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        said = f"the {kind} is not whole ({error!r})"
        raise ExtractError(said, subject=page.url, hint=hint) from error


def _free_path(article: Article, folder: Path, suffix: str) -> Path:
    """A file named after the headline. Only this article's own recording in the same format is
    written over, and then with all that stands beside it."""
    title = article.headline or article.clean_text[:_LONGEST_NAME]
    words = _plain(title.replace("’", "").replace("'", "").lower()).split()
    stem = words.pop(0) if words else "article"
    for word in words:
        if len(stem) + len(word) >= _LONGEST_NAME:
            break
        stem += f"-{word}"
    stem = stem[:_LONGEST_NAME]  # Chinese has no spaces to stop at
    number, path = 1, folder / f"{stem}.{suffix}"
    while not _may_write(path, article):
        number += 1
        path = folder / f"{stem}-{number}.{suffix}"
    return path


def _plain(text: str) -> str:
    """Letters, with the marks that belong to them, and digits; spaces for all the rest."""
    return "".join(c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in text)


def _may_write(path: Path, article: Article) -> bool:
    """Whether the files of this name are this article's in this format, or there are none."""
    try:
        beside = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        there = beside["article"]
        same = there["url"] == article.url and there["headline"] == article.headline
        if not same or beside["file"] != path.name:
            return False
        return bool(article.url) or articles.from_json(there).clean_text == article.clean_text
    except OSError:
        return not any(path.parent.glob(f"{glob.escape(path.stem)}.*"))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return False
