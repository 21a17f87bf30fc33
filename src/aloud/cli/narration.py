"""The commands that narrate, and those that show what a narration is made of."""

from pathlib import Path
from typing import Annotated

import typer

from aloud.cli.app import app
from aloud.cli.options import (
    Allow,
    AsJson,
    Charset,
    PaceName,
    Source,
    Speed,
    VoiceName,
    Wpm,
    complain,
    open_narrator,
    print_json,
    wished,
)
from aloud.errors import AloudError, UsageError


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

    flags = {"voice": voice, "wpm": wished(wpm, speed, pace_name), "format": format}
    failed: list[AloudError] = []
    with open_narrator(flags, allow, charset) as narrator:
        for source in sources:
            try:
                with report.progress() as narrator.progress:
                    made, script = narrator.listen(source, out)
            except AloudError as error:
                if len(sources) == 1:
                    raise
                failed.append(error)
                complain(error)
                continue
            if as_json:
                print_json(recording.to_json(made, script), indent=None)
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

    with open_narrator({}, allow, charset) as narrator, report.progress() as narrator.progress:
        read = narrator.read(source)
    if as_json:
        print_json(articles.to_json(read))
    else:
        report.article(read)


@app.command()
def script(
    source: Source, as_json: AsJson = False, allow: Allow = None, charset: Charset = None
) -> None:
    """Show what will be said, a sentence a line."""
    from aloud import report
    from aloud import script as scripts

    with open_narrator({}, allow, charset) as narrator, report.progress() as narrator.progress:
        written = narrator.write(source)
    if as_json:
        print_json(scripts.to_json(written))
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

    flags = {"voice": voice, "wpm": wished(wpm, speed, pace_name)}
    with open_narrator(flags) as narrator, report.progress() as narrator.progress:
        spoken = narrator.text(text, language)
        made = narrator.say(spoken, out, captions=captions)
    if as_json:
        print_json(recording.to_json(made, spoken))
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

    with open_narrator({}) as narrator:
        found = narrator.voices()
    if language:
        wanted = language.lower()
        found = tuple(v for v in found if f"{v.language.lower()}-".startswith(f"{wanted}-"))
        if not found:
            raise UsageError("no voice speaks it", subject=language, hint="see all: aloud voices")
    if as_json:
        print_json([voice_to_json(voice) for voice in found])
    else:
        report.voices(found)
