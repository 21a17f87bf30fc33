"""The program: its name, its options, and how it ends."""

import signal
import sys
from typing import Annotated, NoReturn

import typer

from aloud import __version__
from aloud.cli.options import complain
from aloud.errors import AloudError, UsageError

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


@app.callback(invoke_without_command=True)
def aloud(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", is_eager=True)
    ] = False,
) -> None:
    if version:
        typer.echo(f"aloud {__version__}")
        raise typer.Exit


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
        complain(error)
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
