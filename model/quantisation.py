"""Scales and zero points of int8: how each convolution's input is quantised.

`derain calibrate` finds them (`training/calibration.py`) and writes them beside the
weights that they are for. Every channel has a scale of its own, after what it holds;
all of a tensor have one zero point. A convolution absorbs its channels' scales into its
weights, so that they cost nothing.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from model.errors import ModelError
from model.whole_file import write_whole

_DIGITS = 5
"""Of each number: far below what quantisation loses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantParams:
    """How one tensor is quantised: value = scale of its channel x (q - zero point)."""

    zero_point: int | None
    """The q, of 0 to 255, that stands for 0; None: q is -127 to 127."""
    scales: tuple[float, ...]
    """One for each channel, positive."""
    means: tuple[float, ...] = ()
    """What each channel holds on average; none: the average loss is not made up for."""
    quantised_means: tuple[float, ...] = ()
    """The same after quantisation: rounding and clipping may lean to one side."""

    @property
    def lowest(self) -> int:
        """The lowest value, in scales."""
        return -127 if self.zero_point is None else -self.zero_point

    @property
    def highest(self) -> int:
        """The highest value, in scales."""
        return 127 if self.zero_point is None else 255 - self.zero_point


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantisation:
    """What is quantised to 8 bits, of one set of weights."""

    weights_sha256: str
    inputs: Mapping[str, QuantParams]
    """By the convolution's name in the network; those not named are not quantised."""


def quantisation_file(weights: Path) -> Path:
    """Returns where the steps for a weights file belong: beside it."""
    return weights.with_suffix(".int8.json")


_OF_ANOTHER_FORM = (
    OSError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    RecursionError,
)
"""What reading a file may raise that is no such JSON."""


def load_quantisation(weights: Path, sha256: str) -> Quantisation | None:
    """Returns the steps for a weights file, None where there are none for its hash.

    Weights that were trained on need steps of their own: those of others are as if
    there were none.

    Raises:
        ModelError: The file of steps cannot be read.
    """
    path = quantisation_file(weights)
    if not path.is_file():
        return None
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        inputs = {
            name: QuantParams(
                zero_point=entry["zero"],
                scales=tuple(entry["steps"]),
                means=tuple(entry["means"]),
                quantised_means=tuple(entry["counted_means"]),
            )
            for name, entry in found["inputs"].items()
        }
        made_for = found["weights_sha256"]
    except _OF_ANOTHER_FORM as error:
        raise ModelError(
            f"{path} cannot be read as int8 steps ({error!r}); 'derain calibrate' "
            "writes it anew."
        ) from error
    if made_for != sha256:
        return None
    return Quantisation(weights_sha256=sha256, inputs=inputs)


def write_quantisation(
    path: Path, quantisation: Quantisation, about: Mapping[str, str]
) -> None:
    """Writes the steps; beside the weights, `quantisation_file` names the place.

    Args:
        path: The file.
        quantisation: The steps.
        about: How they were found; for readers only.
    """
    inputs = {
        name: {
            "zero": steps.zero_point,
            "steps": _short(steps.scales),
            "means": _short(steps.means),
            "counted_means": _short(steps.quantised_means),
        }
        for name, steps in quantisation.inputs.items()
    }
    head = {"weights_sha256": quantisation.weights_sha256, **about}
    lines = ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in inputs.items())
    text = json.dumps(head, indent=1)[:-2] + f',\n "inputs": {{\n{lines}\n}}}}\n'
    write_whole(path, text)


def _short(numbers: tuple[float, ...]) -> list[float]:
    return [float(f"{number:.{_DIGITS}g}") for number in numbers]
