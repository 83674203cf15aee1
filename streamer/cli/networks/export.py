"""`derain export`: a network as ONNX, for the runtimes of others."""

from pathlib import Path
from typing import Annotated

import typer

from model.export import export_onnx


def export(
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL", help="A name of 'derain models', or a .safetensors file."
        ),
    ],
    out: Annotated[
        Path, typer.Argument(metavar="OUT", help="The .onnx file to write.")
    ],
) -> None:
    """Write a network as ONNX: float32 RGB in [0, 1] in and out, of any size."""
    if out.suffix != ".onnx":
        raise typer.BadParameter(f"OUT must end in .onnx, got {out}.")
    if not out.parent.is_dir():
        raise typer.BadParameter(f"There is no folder {out.parent}.")
    weights = export_onnx(model, out)
    typer.echo(
        f"{out}: {weights.variant.name}, float32 [batch, 3, height, width], "
        "RGB in [0, 1] in and out."
    )
