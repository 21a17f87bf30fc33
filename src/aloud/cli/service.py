"""The commands of the service: start it, and see whether it and this machine are well."""

from typing import Annotated

import typer

from aloud.cli.app import app
from aloud.cli.options import Allow, AsJson, VoiceName, print_json


@app.command()
def serve(
    host: Annotated[
        str | None, typer.Option(help="The address to listen at; 127.0.0.1 if unsaid.")
    ] = None,
    port: Annotated[int | None, typer.Option(help="The port; 8008 if unsaid.")] = None,
    token: Annotated[
        bool, typer.Option("--token", help="Make a token that allows everything, and show it.")
    ] = False,
    name: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A host name by which browsers know the service."),
    ] = None,
    voice: VoiceName = None,
    allow: Allow = None,
    open_page: Annotated[
        bool, typer.Option("--open", help="Open the page in the browser of this machine.")
    ] = False,
) -> None:
    """Keep a library, narrate it, and serve it to browsers and programs."""
    from aloud import settings
    from aloud.serve.program import run

    flags = {
        "serve_host": host,
        "serve_port": port,
        "serve_names": name,
        "voice": voice,
        "fetch_allow": allow,
    }
    run(settings.load(flags), new_token=token, open_page=open_page)


@app.command()
def doctor(
    as_json: AsJson = False,
    service: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="Look at the service at this address, wherever its data lie."
        ),
    ] = None,
) -> None:
    """Check that everything Aloud needs is here and works."""
    from aloud import doctor as doctors
    from aloud import report

    findings = doctors.examine(service)
    if as_json:
        print_json([doctors.to_json(finding) for finding in findings])
    else:
        report.findings(findings)
    if not all(finding.well for finding in findings):
        raise typer.Exit(1)
