"""The commands that look after what is kept: the library, its listeners, and the shelf."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aloud.cli.app import app
from aloud.cli.options import AsJson, print_json
from aloud.errors import UsageError

if TYPE_CHECKING:
    from aloud.library import Library

ROLES = ("listen", "manage")

library = typer.Typer(help="Look after the library: backup, restore, scrub, tokens.")
shelf = typer.Typer(help="Show what was made and how much room it takes; clear it.")
app.add_typer(library, name="library", no_args_is_help=True)
app.add_typer(shelf, name="shelf")


@library.command()
def backup(file: Annotated[Path, typer.Argument(help="The file to write.")]) -> None:
    """Write everything that listeners have into one file. The service may go on running."""
    with _opened() as opened:
        opened.backup(file)
    typer.echo(f"{file}: the library is saved; recordings lie on the shelf and can be made again")


@library.command()
def restore(
    file: Annotated[Path, typer.Argument(help="What backup wrote.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Give up what the library holds now.")
    ] = False,
) -> None:
    """Bring back what backup wrote, into SQLite or Postgres. All of it, or nothing."""
    with _opened() as opened:
        opened.restore(file, replace=replace)
    typer.echo(f"{file}: the library is back")


@library.command()
def scrub(as_json: AsJson = False) -> None:
    """Read every object on the shelf, find flipped bits, and make again what can be made."""
    from aloud import settings
    from aloud.report import progress
    from aloud.serve.scrub import scrub as scrubbing

    with progress() as show:
        found = scrubbing(settings.load(), show)
    if as_json:
        print_json([{"key": one.key, "state": one.state, "said": one.said} for one in found.bad])
    else:
        for one in found.bad:
            typer.echo(f"{one.state:<8} {one.key}: {one.said}")
        typer.echo(f"{found.looked_at} objects looked at, {len(found.bad)} damaged")
    if found.lost:
        raise typer.Exit(1)


@library.command()
def listeners(as_json: AsJson = False) -> None:
    """List who listens here."""
    with _opened() as opened:
        found = opened.listeners.all()
    if as_json:
        print_json([{"id": one.id, "name": one.name} for one in found])
        return
    for one in found:
        typer.echo(f"{one.name}  since {one.created:%Y-%m-%d}")


@library.command()
def token(
    listener: Annotated[str, typer.Argument(help="Whose it is; made if there is no such one.")],
    role: Annotated[str, typer.Option(metavar="listen|manage", help="What it allows.")] = "listen",
    label: Annotated[str, typer.Option(help="What it is for, for your own memory.")] = "",
) -> None:
    """Make a token for a listener, and show it this once."""
    if role not in ROLES:
        raise UsageError("no such role", subject=role, hint=f"roles are: {', '.join(ROLES)}")
    with _opened() as opened:
        opened.listeners.named(listener)
        typer.echo(
            opened.listeners.issue(listener, "manage" if role == "manage" else "listen", label)
        )


@library.command()
def tokens(as_json: AsJson = False) -> None:
    """List the tokens: whose they are and what they allow, never the secrets themselves."""
    with _opened() as opened:
        found = opened.listeners.tokens()
    if as_json:
        keys = ("id", "listener", "role", "label")
        print_json([{key: getattr(one, key) for key in keys} for one in found])
        return
    for one in found:
        typer.echo(f"{one.id}  {one.listener}  {one.role}  {one.created:%Y-%m-%d}  {one.label}")


@library.command()
def revoke(token_id: Annotated[str, typer.Argument(help="The id that tokens shows.")]) -> None:
    """Make a token worthless, at once."""
    with _opened() as opened:
        opened.listeners.revoke(token_id)


@shelf.callback(invoke_without_command=True)
def show(context: typer.Context, as_json: AsJson = False) -> None:
    if context.invoked_subcommand is not None:
        return
    from aloud import report, settings
    from aloud.shelf import Shelf

    chosen = settings.load()
    with Shelf(chosen.shelf_place, max_bytes=chosen.shelf_max_bytes) as opened:
        usage = opened.usage()
    if as_json:
        print_json([{"kind": u.kind, "count": u.count, "bytes": u.bytes} for u in usage])
    else:
        report.usage([(u.kind, u.count, u.bytes) for u in usage], chosen.shelf_max_bytes)


@shelf.command()
def clear(
    kinds: Annotated[
        list[str] | None, typer.Argument(help="utterances and covers if unsaid; they come again.")
    ] = None,
) -> None:
    """Throw away what can be made again."""
    from aloud import settings
    from aloud.shelf import Shelf

    chosen = settings.load()
    wanted = tuple(kinds or ("utterances", "covers", "samples"))
    if kept := set(wanted) - {"utterances", "covers", "samples"}:
        raise UsageError(
            "this is what listeners have, and is not cleared",
            subject=", ".join(sorted(kept)),
            hint="clear utterances, covers or samples; articles are removed in the library",
        )
    with Shelf(chosen.shelf_place) as opened:
        freed = opened.clear(wanted)
    typer.echo(f"{freed / 1e6:.1f} MB freed")


@contextmanager
def _opened() -> Iterator["Library"]:
    from aloud import settings
    from aloud.library import Library

    chosen = settings.load()
    opened = Library(chosen.library_url)
    try:
        yield opened
    finally:
        opened.close()
