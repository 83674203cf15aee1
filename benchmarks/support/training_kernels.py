"""The training's own kernels without a GPU: counted, and compiled for four cards."""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from types import ModuleType
from typing import Any
from unittest.mock import patch

import torch

from benchmarks.support.triton_ahead import compiled_kernel
from model.backends.triton.planning.launches import Launch
from training.device.fused_prelu import ROWS, RUN

CAPABILITIES = (80, 86, 89, 90)
CHANNELS = 32
_KERNELS = {
    "prelu_kernels": ("forwards", "backwards", "finish"),
    "sum_kernels": ("add", "add_back", "weigh", "weights_back", "weigh_back"),
}
"""By module of `training.device`."""
_OF_SUMS = ({"TWO": 0, "KEEP": 0}, {"TWO": 1, "KEEP": 0}, {"TWO": 0, "KEEP": 1})
_FLAGS: dict[str, tuple[dict[str, int], ...]] = {"add": _OF_SUMS, "add_back": _OF_SUMS}
_SIZES = {"pixels", "pitch", "pitch_kept", "rows"}


class _Noted:
    """A kernel that is counted instead of started."""

    def __init__(self, name: str, counts: Counter[str]) -> None:
        self._name, self._counts = name, counts

    def __getitem__(self, grid: tuple[int, ...]) -> Any:
        return self._note

    def _note(self, *arguments: Any, **constants: Any) -> None:
        self._counts[self._name] += 1


@contextmanager
def noted(counts: Counter[str]) -> Iterator[None]:
    """Counts the kernels instead of starting them; what they would fill stays as it is.

    So steps can be counted on the CPU, and say nothing but how many launches they take.
    """
    with ExitStack() as stack:
        for module in _modules():
            for name in _KERNELS[_short(module)]:
                kernel = _Noted(f"{_short(module)}.{name}", counts)
                stack.enter_context(patch.object(module, name, kernel))
        yield


def _modules() -> tuple[ModuleType, ...]:
    from training.device import prelu_kernels, sum_kernels  # loads Triton

    return prelu_kernels, sum_kernels


def _short(module: ModuleType) -> str:
    return module.__name__.rpartition(".")[2]


def forms(kind: torch.dtype) -> dict[str, Launch]:
    """Returns every compiled form of the kernels by its name; loads Triton."""
    return {
        " ".join([name, *(f"{flag}=1" for flag, on in flags.items() if on)]): _launch(
            name, getattr(module, name).arg_names, kind, flags
        )
        for module in _modules()
        for name in _KERNELS[_short(module)]
        for flags in _FLAGS.get(name, ({},))
    }


def _launch(
    name: str, arguments: list[str], kind: torch.dtype, flags: dict[str, int]
) -> Launch:
    """Returns a start with numbers of a kind; all that is added up is float32."""
    constants = {"HAS": CHANNELS, "RUN": RUN, "ROWS": ROWS, **flags}
    x = torch.empty(1, CHANNELS, 8, 8, dtype=kind, device="meta")
    sums = torch.empty(1, 1, CHANNELS, device="meta")
    return Launch(
        kernel=name,
        grid=(1, 1),
        tensors={
            one: sums if one == "sums" else x
            for one in arguments
            if one not in _SIZES and not one.isupper()
        },
        sizes={one: CHANNELS for one in arguments if one in _SIZES},
        constants={one: constants[one] for one in arguments if one.isupper()},
    )


def compiled_ahead(kind: torch.dtype) -> dict[str, Any]:
    """Returns what each form takes of each card."""
    kernels = {
        name: getattr(module, name)
        for module in _modules()
        for name in _KERNELS[_short(module)]
    }
    return {
        form: {
            f"sm_{card}": asdict(compiled_kernel(kernels[launch.kernel], launch, card))
            for card in CAPABILITIES
        }
        for form, launch in forms(kind).items()
    }
