"""Settings: built once at the edge from defaults, file, environment and flags, in that order.

No other module reads the environment or the settings file.
"""

import contextlib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from aloud.errors import UsageError

MIB = 1024 * 1024
GIB = 1024 * MIB
_LISTS = {"fetch_allow", "serve_names"}
_MOST = 1e12  # of any number: what is more was not meant, and overflows clocks
_NUMBERS = {
    "fetch_timeout": float,
    "fetch_max_bytes": int,
    "wpm": float,
    "shelf_max_bytes": int,
    "serve_port": int,
}


@dataclass(frozen=True, slots=True)
class Settings:
    """What the owner of this machine has decided."""

    # host:port, host or network ("127.0.0.1:8000", "10.1.0.0/16") that may be fetched although it
    # is not globally reachable. Set by the owner of the machine only, never by a page.
    fetch_allow: tuple[str, ...] = ()
    fetch_timeout: float = 20.0  # seconds for the whole of one page, redirects included
    fetch_max_bytes: int = 15 * MIB  # of the decoded body
    voice: str | None = None  # "engine/name"; None: the embedded voice of the article's language
    wpm: float | None = None  # spoken words a minute; None: 1.00x
    format: str = "m4a"
    # The service.
    data: str = "~/.local/share/aloud"  # folder of library and shelf
    database_url: str | None = None  # postgresql://…; None: SQLite in the data folder
    shelf_url: str | None = None  # a folder, or s3://bucket/prefix; None: in the data folder
    shelf_max_bytes: int = 4 * GIB  # of utterances; the least recently used go first
    serve_host: str = "127.0.0.1"
    serve_port: int = 8008
    serve_names: tuple[str, ...] = ()  # other host names by which browsers know the service
    serve_accel: str = ""  # path prefix that nginx serves the shelf's recordings under

    @property
    def data_folder(self) -> Path:
        return Path(self.data).expanduser()

    @property
    def library_url(self) -> str:
        """The library's database, as SQLAlchemy writes such addresses."""
        return self.database_url or f"sqlite:///{self.data_folder / 'library.sqlite'}"

    @property
    def shelf_place(self) -> str:
        """The shelf's folder or s3:// address."""
        return self.shelf_url or str(self.data_folder / "shelf")


def load(
    flags: Mapping[str, Any] | None = None,
    environment: Mapping[str, str] | None = None,
    file: Path | None = None,
) -> Settings:
    """Settings from defaults < file < environment (``ALOUD_FETCH_ALLOW`` …) < flags.

    A flag that is None was not given. The file is ``$ALOUD_SETTINGS`` or
    ``~/.config/aloud/settings.toml``; the second may be missing.

    Raises:
        UsageError: a name or a value that means nothing, or a file that cannot be read.
    """
    environment = os.environ if environment is None else environment
    named = _named_file(environment)
    chosen = _from_file(file or named or _usual_file(environment), may_miss=not named)
    for field in fields(Settings):
        name = f"ALOUD_{field.name.upper()}"
        text = environment.get(name)
        # An empty variable says nothing, but for a list: an empty list is one.
        if text or (text is not None and field.name in _LISTS):
            chosen[field.name] = _from_text(field.name, text, subject=name)
    for name, value in (flags or {}).items():
        if value is not None and not _fits(name, value):
            raise UsageError(f"{name} cannot be {value!r}", hint="see: aloud listen --help")
        if value is not None:
            chosen[name] = value
    for name in _LISTS & chosen.keys():
        chosen[name] = tuple(chosen[name])
    return Settings(**chosen)


def _named_file(environment: Mapping[str, str]) -> Path | None:
    name = environment.get("ALOUD_SETTINGS")
    return Path(name) if name else None


def _usual_file(environment: Mapping[str, str]) -> Path:
    home = environment.get("XDG_CONFIG_HOME") or "~/.config"
    with contextlib.suppress(RuntimeError):  # a user without a home, as in containers
        home = str(Path(home).expanduser())
    return Path(home) / "aloud" / "settings.toml"


def _from_file(path: Path, *, may_miss: bool) -> dict[str, Any]:
    if may_miss and not path.exists():
        return {}
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(
            f"the settings file cannot be read ({error})",
            subject=str(path),
            hint="mend it, or move it away to go on with the defaults",
        ) from error
    known = {field.name for field in fields(Settings)}
    for name, value in data.items():
        if name not in known or not _fits(name, value):
            raise UsageError(
                f"the setting {name!r} is not known or of the wrong kind",
                subject=str(path),
                hint="settings are: " + ", ".join(sorted(known)),
            )
    return data


def _fits(name: str, value: object) -> bool:
    if name in _LISTS:
        return isinstance(value, list | tuple) and all(isinstance(part, str) for part in value)
    if name not in _NUMBERS:
        return isinstance(value, str)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return 0 < value < _MOST and (isinstance(value, int) or _NUMBERS[name] is float)


def _from_text(name: str, text: str, subject: str) -> Any:
    if name in _LISTS:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    if name not in _NUMBERS:
        return text
    kind = "a whole number" if _NUMBERS[name] is int else "a number"
    wrong = UsageError(
        f"{text!r} is not {kind} above 0", subject=subject, hint=f"for example: {subject}=200"
    )
    try:
        number = _NUMBERS[name](text)
    except ValueError as error:
        raise wrong from error
    if not _fits(name, number):
        raise wrong
    return number
