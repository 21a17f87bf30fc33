"""The doctor: whether everything Aloud needs is on this machine and works."""

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from aloud import __version__
from aloud.errors import AloudError

_ROOM = 2 * 4 * 22_050 * 3600  # bytes: an hour of speech in both spools, float32
_NEEDED_CODECS = ("aac", "libmp3lame", "libopus", "pcm_s16le", "mjpeg")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    what: str
    well: bool
    said: str  # what was seen
    hint: str = ""  # what to do, where it is not well


def examine(service: str | None = None) -> tuple[Finding, ...]:
    """Try every part that a recording needs, each on its own, and what the service stands on.
    ``service`` is the address of one that has to be running; otherwise those of the data folder
    are looked at that are."""
    checks: tuple[Callable[[], Finding], ...] = (
        _program, _settings, _codecs, _voice, _room, _all, _library, _shelf,
    )  # fmt: skip
    return (*(_tried(check) for check in checks), *_services(service))


def _tried(check: Callable[[], Finding]) -> Finding:
    """What a check finds; that a part does not even load is a finding too."""
    try:
        return check()
    except AloudError as error:
        return Finding(check.__name__.strip("_<>"), False, str(error), error.hint)
    except (ImportError, OSError) as error:
        hint = "install Aloud again in an empty environment: make clean, then make listen"
        return Finding(check.__name__.strip("_<>"), False, str(error), hint)


def to_json(finding: Finding) -> dict[str, Any]:
    return asdict(finding)


def _program() -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    return Finding(
        "program",
        sys.version_info >= (3, 11),
        f"aloud {__version__} on Python {version}",
        "install Python 3.11 or newer",
    )


def _settings() -> Finding:
    from aloud import settings

    try:
        chosen = settings.load()
    except AloudError as error:
        return Finding("settings", False, str(error), error.hint)
    allowed = ", ".join(chosen.fetch_allow) or "none"
    return Finding("settings", True, f"read; private hosts that may be fetched: {allowed}")


def _codecs() -> Finding:
    import av
    from av.codec import Codec

    missing = []
    for name in _NEEDED_CODECS:
        try:
            Codec(name, "w")
        except ValueError:
            missing.append(name)
    said = f"missing: {', '.join(missing)}" if missing else f"PyAV {av.__version__}, all encoders"
    return Finding("audio", not missing, said, "install the PyAV wheel: pip install --force av")


def _voice() -> Finding:
    from aloud.voice import Booth
    from aloud.voice.engine import engine_names

    try:
        with Booth() as booth:
            engines = [f"{n} {booth.version(n)} ({len(booth.voices(n))})" for n in engine_names()]
    except AloudError as error:
        return Finding("voice", False, str(error), error.hint)
    return Finding("voice", True, f"engines and their voices: {', '.join(engines)}")


def _room() -> Finding:
    folder = tempfile.gettempdir()
    free = shutil.disk_usage(folder).free
    return Finding(
        "disk",
        free >= _ROOM,
        f"{free / 1e9:.1f} GB free for temporary files in {folder}",
        "free some space, or set TMPDIR to a folder on a larger disk",
    )


def _all() -> Finding:
    from aloud import article, settings
    from aloud.adapt import adapt
    from aloud.narrate import Narrator

    script = adapt(article.plain("Everything works. You can listen now."))
    try:
        with tempfile.TemporaryDirectory() as folder, Narrator(settings.Settings()) as narrator:
            made = narrator.say(script, Path(folder) / "check.m4a")
    except AloudError as error:
        return Finding("narration", False, str(error), error.hint)
    return Finding("narration", True, f"a sentence of {made.duration:.1f} s was narrated")


def _library() -> Finding:
    from aloud import settings
    from aloud.library import Library
    from aloud.library.records import UNFINISHED

    chosen = settings.load()
    if chosen.database_url is None and not chosen.data_folder.exists():
        return Finding("library", True, "none yet: aloud serve makes one")
    try:
        opened = Library(chosen.library_url)
        try:
            opened.check()
            counts = dict(opened.narrations.counts())
            waiting = sum(counts[state] for state in UNFINISHED)
        finally:
            opened.close()
    except AloudError as error:
        return Finding("library", False, str(error), error.hint)
    kind = "Postgres" if chosen.database_url else "SQLite"
    return Finding("library", True, f"{kind} can be read and written; {waiting} narrations wait")


def _shelf() -> Finding:
    from aloud import settings
    from aloud.shelf import Shelf

    chosen = settings.load()
    if chosen.shelf_url is None and not chosen.data_folder.exists():
        return Finding("shelf", True, "none yet: aloud serve makes one")
    try:
        with Shelf(chosen.shelf_place) as opened:
            opened.check()
            size = sum(kind.bytes for kind in opened.usage())
    except AloudError as error:
        return Finding("shelf", False, str(error), error.hint)
    return Finding("shelf", True, f"can be read and written; {size / 1e6:.1f} MB")


def _services(named: str | None) -> Iterator[Finding]:
    from aloud import settings
    from aloud.doctor.presence import addresses

    try:
        running = (named,) if named else addresses(settings.load().data_folder)
    except (AloudError, OSError) as error:
        yield Finding("service", False, str(error), getattr(error, "hint", ""))
        return
    for url in running:

        def service(url: str = url) -> Finding:
            return _service(url)

        yield _tried(service)
    if not running:
        yield Finding("service", True, "not running: aloud serve")


def _service(url: str) -> Finding:
    """A service that runs, or that was named."""
    import httpx

    hint = "start it: aloud serve; or check the address"
    try:
        answer = httpx.get(f"{url.rstrip('/')}/healthz", timeout=5, trust_env=False)
        data = answer.json()
        said = ", ".join(f"{name} {state}" for name, state in data["checks"].items())
        version, well = data["version"], data["status"] == "ok"
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return Finding("service", False, f"nobody answers at {url} ({error})", hint)
    except (ValueError, KeyError, TypeError, AttributeError):
        return Finding("service", False, f"something else answers at {url}", hint)
    hint = "see what its log says (aloud serve writes it to standard error)"
    return Finding("service", well, f"aloud {version} at {url}: {said}", hint)
