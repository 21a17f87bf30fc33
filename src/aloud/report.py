"""What the command line shows a person: articles, tables, and how far the work has come."""

import sys
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from aloud import pace
from aloud.article import Article, Role, State
from aloud.doctor import Finding
from aloud.script import Script

if TYPE_CHECKING:  # their samples are numpy's, which `aloud article` has no need of
    from aloud.recording import Recording
    from aloud.speech import Voice

_WIDTH = 92  # characters of a line of text: as wide as prose is pleasant to read


def article(read: Article) -> None:
    """The clean article as text, then what was left out."""
    width = min(_WIDTH, Console().width)
    lead = {Role.KEY_POINT: "• ", Role.ITEM: "• ", Role.QUOTE: "> ", Role.HEADING: "## "}
    for block in read.kept:
        before = "# " if block.role is Role.HEADLINE else lead.get(block.role, "")
        indent = " " * len(before)
        if block.role in (Role.CODE, Role.TABLE):
            print(block.text)
        else:
            print(textwrap.fill(block.text, width, initial_indent=before, subsequent_indent=indent))
        print()
    minutes = f"{read.reading_minutes} min read"
    comments = f" · {read.comment_count} comments" if read.comment_count is not None else ""
    _aside(f"{minutes}{comments} · left out: {left_out(read)}")


def script(written: Script) -> None:
    """What will be said, a sentence a line, a blank line between blocks."""
    blocks = [list(group) for _, group in groupby(written.utterances, lambda u: u.block)]
    print("\n\n".join("\n".join(u.text for u in block) for block in blocks))


def recording(made: "Recording", script: Script) -> None:
    """The short table that `aloud listen` ends with."""
    read = script.article
    rows = [
        ("title", read.headline or read.clean_text[:60]),
        ("publisher", read.publisher or "not stated"),
        ("reading time", f"{read.reading_minutes} min"),
        ("listening time", clock(made.duration)),
        ("words", f"{made.words:.0f} spoken"),
        ("speed", f"{pace.label(made.wpm)} (measured {made.wpm:.1f})"),
        ("voice", f"{made.voice.name}, {made.voice.id}"),
        ("left out", left_out(read)),
        *(("file", path) for path in files(made)),
    ]
    for name, value in rows:
        print(f"{name:<15} {value}")
    if made.wpm > pace.HARD_TO_FOLLOW_WPM:
        _aside(f"above {pace.HARD_TO_FOLLOW_WPM} WPM most people begin to understand less")


def voices(found: "Sequence[Voice]") -> None:
    """The voices, a line each."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("voice", "name", "language"):
        table.add_column(column, no_wrap=True)
    table.add_column("natural WPM", justify="right")
    table.add_column("licence")
    for voice in found:
        row = (voice.id, voice.name, voice.language, f"{voice.natural_wpm:.0f}", voice.licence)
        table.add_row(*(Text(cell) for cell in row))
    # A pipe has no width: cutting ids to 80 columns would make them useless to scripts.
    Console(width=None if sys.stdout.isatty() else 200).print(table)


def usage(kinds: Sequence[tuple[str, int, int]], most: int) -> None:
    """The shelf's kinds of objects: how many there are, and how many bytes."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("kind")
    table.add_column("objects", justify="right")
    table.add_column("MB", justify="right")
    for kind, count, size in kinds:
        table.add_row(kind, str(count), f"{size / 1e6:.1f}")
    Console().print(table)
    _aside(f"utterances are kept up to {most / 1e6:.0f} MB, the last used longest")


def findings(found: Sequence[Finding]) -> None:
    """What the doctor found, a line each, advice under what is not well."""
    for finding in found:
        print(f"{'ok  ' if finding.well else 'BAD '} {finding.what}: {finding.said}")
        if not finding.well:
            print(f"     {finding.hint}")


def left_out(read: Article) -> str:
    """Removed lines by reason, the commonest first: "4 advertisement, 1 trust-line"."""
    reasons = Counter(block.reason for block in read.blocks if block.state is State.REMOVED)
    return ", ".join(f"{count} {reason}" for reason, count in reasons.most_common()) or "nothing"


def files(made: "Recording") -> list[str]:
    """The recording's files, those that are there."""
    beside = (made.path, *(made.path.with_suffix(s) for s in (".vtt", ".srt", ".json")))
    return [str(path) for path in beside if path.exists()]


def clock(seconds: float) -> str:
    """Minutes and seconds, hours where there are any.

    >>> clock(3725)
    '1:02:05'
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """Shows work as it goes on: a bar on a terminal, a line for each step elsewhere."""
    if sys.stderr is None:  # closed by whoever started us
        yield lambda what, done, total: None
        return
    if not sys.stderr.isatty():
        yield _plain_lines()
        return
    bar = Progress(
        TextColumn("{task.description:<9}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        # Products go to standard output while the bar is on standard error.
        redirect_stdout=False,
    )
    with bar:
        task = bar.add_task("", total=None)
        yield lambda what, done, total: bar.update(
            task, description=what, completed=done, total=total
        )


def _plain_lines() -> Callable[[str, int, int], None]:
    last = ""

    def show(what: str, done: int, total: int) -> None:
        nonlocal last
        if what != last:
            print(f"{what} …", file=sys.stderr, flush=True)
            last = what

    return show


def _aside(text: str) -> None:
    print(text, file=sys.stderr)
