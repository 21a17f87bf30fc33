"""The command line. Products go to standard output or into files, progress to standard error.

Nothing heavy is imported here before a command needs it: ``aloud --help`` loads no engine.
"""

import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from aloud import __version__
from aloud.errors import AloudError, UsageError

if TYPE_CHECKING:
    from aloud.narrate import Narrator

# Typer carries its own copy of click and does not export the base of its usage errors.
_UsageErrors: type[Exception] = next(
    kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException"
)
# Exit codes: sysexits.h; 128 + the signal, as a shell has it.
OUR_BUG = 70
HUNG_UP, INTERRUPTED, READER_GONE, TERMINATED = 129, 130, 141, 143

app = typer.Typer(
    name="aloud",
    help="Turn any news article into something you can listen to.",
    epilog="SOURCE is a URL, a file or - for standard input. Start with: aloud listen URL",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

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


@app.callback(invoke_without_command=True)
def aloud(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", is_eager=True)
    ] = False,
) -> None:
    if version:
        typer.echo(f"aloud {__version__}")
        raise typer.Exit


@app.command()
def listen(
    sources: Annotated[
        list[str], typer.Argument(metavar="SOURCE", help="URLs, files, or - for stdin.")
    ],
    out: Annotated[Path, typer.Option("-o", "--out", help="The folder for the files.")] = Path(),
    voice: VoiceName = None,
    wpm: Wpm = None,
    speed: Speed = None,
    pace_name: PaceName = None,
    format: Annotated[
        str | None,
        typer.Option("--format", "-f", metavar="m4a|mp3|opus|wav", help="m4a if unsaid."),
    ] = None,
    allow: Allow = None,
    charset: Charset = None,
    as_json: AsJson = False,
) -> None:
    """Narrate articles: audio, captions (.vtt, .srt) and word times (.json)."""
    from aloud import recording, report

    flags = {"voice": voice, "wpm": _wish(wpm, speed, pace_name), "format": format}
    failed: list[AloudError] = []
    with _narrator(flags, allow, charset) as narrator:
        for source in sources:
            try:
                with report.progress() as narrator.progress:
                    made, script = narrator.listen(source, out)
            except AloudError as error:
                if len(sources) == 1:
                    raise
                failed.append(error)
                _complain(error)
                continue
            if as_json:
                _print_json(recording.to_json(made, script), indent=None)
            else:
                report.recording(made, script)
    if failed:
        raise typer.Exit(failed[0].exit_code)


@app.command()
def article(
    source: Source, as_json: AsJson = False, allow: Allow = None, charset: Charset = None
) -> None:
    """Show the clean article, and what was left out."""
    from aloud import article as articles
    from aloud import report

    with _narrator({}, allow, charset) as narrator, report.progress() as narrator.progress:
        read = narrator.read(source)
    if as_json:
        _print_json(articles.to_json(read))
    else:
        report.article(read)


@app.command()
def script(
    source: Source, as_json: AsJson = False, allow: Allow = None, charset: Charset = None
) -> None:
    """Show what will be said, a sentence a line."""
    from aloud import report
    from aloud import script as scripts

    with _narrator({}, allow, charset) as narrator, report.progress() as narrator.progress:
        written = narrator.write(source)
    if as_json:
        _print_json(scripts.to_json(written))
    else:
        report.script(written)


@app.command()
def say(
    text: Annotated[str, typer.Argument(help="The text, or - for text or a script on stdin.")],
    out: Annotated[
        Path, typer.Option("-o", "--out", help="The audio file: .m4a, .mp3, .opus or .wav.")
    ] = Path("speech.m4a"),
    voice: VoiceName = None,
    wpm: Wpm = None,
    speed: Speed = None,
    pace_name: PaceName = None,
    language: Annotated[
        str, typer.Option(help="Language of plain text, as in en or pt-BR.")
    ] = "en",
    captions: Annotated[
        bool, typer.Option("--captions", help="Write .vtt, .srt and .json beside the audio too.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Speak a text as it stands, or a script from: aloud script --json."""
    from aloud import recording, report

    flags = {"voice": voice, "wpm": _wish(wpm, speed, pace_name)}
    with _narrator(flags) as narrator, report.progress() as narrator.progress:
        spoken = narrator.text(text, language)
        made = narrator.say(spoken, out, captions=captions)
    if as_json:
        _print_json(recording.to_json(made, spoken))
    else:
        report.recording(made, spoken)


@app.command()
def voices(
    language: Annotated[str | None, typer.Option(help="Only this language: en, pt-BR.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the voices, their languages and their natural speed."""
    from aloud import report
    from aloud.speech import voice_to_json

    with _narrator({}) as narrator:
        found = narrator.voices()
    if language:
        wanted = language.lower()
        found = tuple(v for v in found if f"{v.language.lower()}-".startswith(f"{wanted}-"))
        if not found:
            raise UsageError("no voice speaks it", subject=language, hint="see all: aloud voices")
    if as_json:
        _print_json([voice_to_json(voice) for voice in found])
    else:
        report.voices(found)


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Check that everything Aloud needs is here and works."""
    from aloud import doctor as doctors
    from aloud import report

    findings = doctors.examine()
    if as_json:
        _print_json([doctors.to_json(finding) for finding in findings])
    else:
        report.findings(findings)
    if not all(finding.well for finding in findings):
        raise typer.Exit(1)


@app.command()
def serve() -> None:
    """Open the listening page (in a later version)."""
    raise UsageError(
        "the listening page is not part of this version yet",
        hint="aloud listen makes files that any player opens",
    )


def main() -> None:
    """The program: runs a command and turns failures into advice and an exit code."""
    for ending in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(ending) is signal.SIG_DFL:  # nohup has it ignored, and so do we
            signal.signal(ending, _ended)
    try:
        code = app(standalone_mode=False)
        if sys.stdout:
            sys.stdout.flush()  # a reader that has gone is met here, not when Python has ended
    except AloudError as error:
        _complain(error)
        sys.exit(error.exit_code)
    except _UsageErrors as error:
        error.show()  # type: ignore[attr-defined]
        sys.exit(UsageError.exit_code)
    except (typer.Abort, KeyboardInterrupt):
        code = INTERRUPTED
    except SystemExit as end:
        # Typer and rich end with 1 when the reader has enough (aloud script … | head).
        code = READER_GONE if end.code == 1 else end.code
    except BrokenPipeError:
        code = READER_GONE
    except Exception:  # noqa: BLE001 - the edge of the program: everything else is our own bug
        import traceback

        traceback.print_exc()
        typer.echo("aloud: this is a bug of ours; please report it with the lines above", err=True)
        sys.exit(OUR_BUG)
    if code in (HUNG_UP, INTERRUPTED, TERMINATED):
        typer.echo("aloud: stopped; no half file was left", err=True)
    if code == READER_GONE:
        sys.stdout = None  # nothing more may be written, nor flushed
    sys.exit(code or 0)


def _ended(signum: int, frame: object) -> NoReturn:
    # An exception, so that every half-made file is taken away on the way out.
    sys.exit(128 + signum)


def _complain(error: AloudError) -> None:
    typer.echo(f"aloud: {error}", err=True)
    if error.hint:
        typer.echo(f"  {error.hint}", err=True)


def _wish(wpm: float | None, speed: float | None, name: str | None) -> float | None:
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
def _narrator(
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


def _print_json(data: object, indent: int | None = 1) -> None:
    # Several recordings are JSON Lines, one a line.
    print(json.dumps(data, ensure_ascii=False, indent=indent))  # noqa: T201 - the product
