"""`derain calibrate`: finds the scales with which a network is quantised to 8 bits."""

import tempfile
from functools import partial
from pathlib import Path
from typing import Annotated

import torch
import typer

from model.mspfn.variant import check_no_memory
from model.mspfn.variants import VARIANTS
from model.quantisation import Quantisation, quantisation_file, write_quantisation
from model.weights.header import weights_file
from model.weights.tensors import load_network
from training.calibration import described, found_params, rainy_pictures
from training.data.pictures import CleanPictures
from training.rain.streaks import STYLES

_PICTURES = 8 * len(STYLES)
"""Eight of each style: with three of the heaviest their largest values were cut off."""
_SIZE = 256


def calibrate(
    pictures: Annotated[
        Path,
        typer.Argument(metavar="PICTURES", help="A folder of pictures without rain."),
    ],
    model: Annotated[
        str, typer.Option(help="A name of 'derain models', or a .safetensors file.")
    ] = "mspfn-lite",
    output: Annotated[
        Path | None,
        typer.Option(help="Where to write; needed for a network that ships."),
    ] = None,
) -> None:
    """Find the int8 steps of a network, and write them beside its weights or elsewhere.

    Rain is made on the pictures. Takes about a minute; to be done again whenever the
    weights change, which leaves the steps of others unused.
    """
    target = _target(model, output)
    network, weights = load_network(model)
    check_no_memory(weights.variant)
    multiple = weights.variant.multiple
    clean = CleanPictures([pictures], torch.device("cpu"))
    size = min(_SIZE, clean.smallest_side) // multiple * multiple
    generator = torch.Generator().manual_seed(0)
    typer.echo(f"making rain on {_PICTURES} pictures", err=True)
    rainy = rainy_pictures(clean.crops(_PICTURES, size, generator))
    inputs = found_params(network, rainy, on_picture=partial(_show, len(rainy)))
    found = Quantisation(weights_sha256=weights.sha256, inputs=inputs)
    write_quantisation(target, found, described(rainy))
    typer.echo(f"{target}: {len(inputs)} convolutions, {described(rainy)['found_on']}.")


def _target(model: str, output: Path | None) -> Path:
    """Returns the file to write; that of an installed network stays as it is.

    Raises:
        BadParameter: It could not be written after the work.
    """
    if output is None and model in VARIANTS:
        raise typer.BadParameter(
            f"The steps of {model} come with it; --output says where to write others."
        )
    target = output or quantisation_file(weights_file(model))
    if not target.parent.is_dir():
        raise typer.BadParameter(f"There is no folder {target.parent}.")
    if target.is_dir():
        raise typer.BadParameter(f"Expected a file to write, got the folder {target}.")
    try:
        tempfile.TemporaryFile(dir=target.parent).close()
    except OSError as error:
        told = f"{target} cannot be written: {error.strerror}."
        raise typer.BadParameter(told) from None
    return target


def _show(count: int, number: int) -> None:
    """Tells how far it is, on stderr."""
    typer.echo(f"picture {number} of {count}", err=True)
