"""`derain calibrate`: finds in which steps a network may be counted in 8 bits."""

from pathlib import Path
from typing import Annotated

import torch
import typer

from model.quantisation import Quantisation, write_quantisation
from model.weights import load_network, weights_file
from training.calibration import described, found_steps, rainy_pictures
from training.data.pictures import CleanPictures

_PICTURES = 18
_SIZE = 256


def calibrate(
    pictures: Annotated[
        Path,
        typer.Argument(metavar="PICTURES", help="A folder of pictures without rain."),
    ],
    model: Annotated[
        str, typer.Option(help="A name of 'derain models', or a .safetensors file.")
    ] = "mspfn-lite",
) -> None:
    """Find the int8 steps of a network, and write them beside its weights.

    Rain is made on the pictures. Takes about a minute; to be done again whenever the
    weights change, which leaves the steps of others unused.
    """
    network, weights = load_network(model)
    multiple = weights.variant.multiple
    clean = CleanPictures([pictures], torch.device("cpu"))
    size = min(_SIZE, clean.smallest_side) // multiple * multiple
    generator = torch.Generator().manual_seed(0)
    rainy = rainy_pictures(clean.crops(_PICTURES, size, generator))
    inputs = found_steps(network, rainy)
    found = Quantisation(weights_sha256=weights.sha256, inputs=inputs)
    path = write_quantisation(weights_file(model), found, described(rainy))
    typer.echo(f"{path}: {len(inputs)} convolutions, {described(rainy)['found_on']}.")
