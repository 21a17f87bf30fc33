"""Options: what several commands take, and what they do with it."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aloud.errors import AloudError, UsageError

if TYPE_CHECKING:
    from aloud.narrate import Narrator

Source = Annotated[str, typer.Argument(help="URL, file, or - for standard input.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
Allow = Annotated[
    list[str] | None,
    typer.Option(
        "--allow",
        metavar="HOST[:PORT]",
        help="Fetch from this host or network although it is not on the public internet.",
    ),
]
Charset = Annotated[
    str | None, typer.Option(help="Read the page in this character set, whatever it says itself.")
]
VoiceName = Annotated[
    str | None, typer.Option("--voice", "-v", help="Who speaks; aloud voices lists them.")
]
Wpm = Annotated[float | None, typer.Option(help="Spoken words a minute, 100 to 550.")]
Speed = Annotated[float | None, typer.Option(help="The same as a factor: 1.25 is 250 WPM.")]
PaceName = Annotated[
    str | None, typer.Option("--pace", metavar="slow|average|fast", help="150, 200 or 250 WPM.")
]


def complain(error: AloudError) -> None:
    """Say what failed, and what to do."""
    typer.echo(f"aloud: {error}", err=True)
    if error.hint:
        typer.echo(f"  {error.hint}", err=True)


def wished(wpm: float | None, speed: float | None, name: str | None) -> float | None:
    """The wished speed in words a minute, however it was said."""
    from aloud import pace

    given = [value for value in (wpm, speed, name) if value is not None]
    if len(given) > 1:
        raise UsageError("more than one speed", hint="give --wpm, --speed or --pace, one of them")
    if name is not None:
        if name.lower() not in pace.PACES:
            known = ", ".join(f"{n} ({pace.label(w)})" for n, w in pace.PACES.items())
            raise UsageError("no such pace", subject=name, hint=f"paces are: {known}")
        return pace.PACES[name.lower()]
    if speed is not None:
        wpm = speed * pace.NORMAL_WPM
    return None if wpm is None else pace.checked(wpm)


@contextmanager
def open_narrator(
    flags: dict[str, Any], allow: list[str] | None = None, charset: str | None = None
) -> Iterator["Narrator"]:
    """A narrator with this command's settings; its notes are shown when it is done."""
    from aloud import settings
    from aloud.narrate import Narrator

    chosen = settings.load({**flags, "fetch_allow": allow or None})
    stdin = sys.stdin.buffer if sys.stdin else None  # a daemon has none
    with Narrator(chosen, stdin=stdin, charset=charset) as narrator:
        yield narrator
    for note in narrator.notes:
        typer.echo(f"note: {note}", err=True)


def print_json(data: object, indent: int | None = 1) -> None:
    """The product of a command with --json."""
    # Several recordings are JSON Lines, one a line.
    print(json.dumps(data, ensure_ascii=False, indent=indent))  # noqa: T201 - the product
