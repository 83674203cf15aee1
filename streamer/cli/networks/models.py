"""`derain models`: the networks, their size beside the paper's, and what ships."""

import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from model import VARIANTS, Variant, parameters_of, shipped_weights


def models(
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON instead of a table.")
    ] = False,
) -> None:
    """List the networks: parameters, the paper's figure, whether weights ship."""
    rows = [_row(variant) for variant in VARIANTS.values()]
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
        return
    console = Console()
    console.print(_table(rows))
    console.print("\nWhere the paper leaves a choice open:")
    for row in rows:
        if row["reading"]:
            console.print(f"  {row['name']}: {row['reading']}.", soft_wrap=True)


def _row(variant: Variant) -> dict[str, Any]:
    return {
        "name": variant.name,
        "parameters": parameters_of(variant),
        "paper_millions": variant.paper_parameters,
        "weights_shipped": shipped_weights(variant.name) is not None,
        "reading": variant.reading,
    }


def _table(rows: list[dict[str, Any]]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("model", no_wrap=True)
    table.add_column("parameters", justify="right", no_wrap=True)
    table.add_column("paper", justify="right", no_wrap=True)
    table.add_column("off", justify="right", no_wrap=True)
    table.add_column("weights", no_wrap=True)
    for row in rows:
        paper = row["paper_millions"]
        off = row["parameters"] / 1e6 / paper - 1 if paper else None
        table.add_row(
            row["name"],
            f"{row['parameters']:,}",
            f"{paper:.2f} M" if paper else "-",
            f"{off:+.1%}" if off is not None else "-",
            "shipped" if row["weights_shipped"] else "-",
        )
    return table
