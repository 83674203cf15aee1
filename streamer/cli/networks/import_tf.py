"""`derain import-tf`: the authors' TensorFlow checkpoints as this program's weights."""

from pathlib import Path
from typing import Annotated

import typer

from model import write_weights
from model.mspfn.tensorflow_import import read_checkpoint, translate


def import_tf(
    checkpoint: Annotated[
        Path,
        typer.Argument(
            metavar="CHECKPOINT",
            help="The beginning of its files' names, or its .index.",
        ),
    ],
    out: Annotated[
        Path, typer.Argument(metavar="OUT", help="The .safetensors file to write.")
    ],
) -> None:
    """Convert a checkpoint of the authors' test or retraining graph."""
    if out.suffix != ".safetensors":
        raise typer.BadParameter(f"OUT must end in .safetensors, got {out}.")
    if not out.parent.is_dir():
        raise typer.BadParameter(f"There is no folder {out.parent}.")
    variant, weights = translate(read_checkpoint(checkpoint))
    header = {"model": variant.name, "source": f"TensorFlow: {checkpoint.name}"}
    write_weights(out, weights, header)
    count = sum(value.numel() for value in weights.values())
    typer.echo(f"{out}: {variant.name}, {count:,} numbers.")
