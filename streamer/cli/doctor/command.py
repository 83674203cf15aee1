"""`derain doctor`: what this machine can do, and why not the rest."""

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from streamer.cli.doctor.checks import Finding, examine


def doctor(
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the findings as JSON.")
    ] = False,
) -> None:
    """Say what this machine can decode, run and encode with, and why not.

    Every codec and device is tried, not just looked up.
    """
    findings = list(examine())
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
        return
    Console().print(_table(findings))


def _table(findings: list[Finding]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for heading in ("", "", "works", "what was found"):
        table.add_column(heading, overflow="fold")
    group = ""
    for finding in findings:
        if finding.group != group and group:
            table.add_row()
        shown = finding.group if finding.group != group else ""
        group = finding.group
        works = "yes" if finding.works else "no"
        table.add_row(shown, finding.name, works, finding.detail)
    return table
