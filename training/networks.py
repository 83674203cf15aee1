"""The networks of a run: the one it begins with, its teacher, and how they compile."""

from typing import Any, cast

import torch
from torch import nn

from model import ModelError, build_network, load_network, variant_named
from model.backends.compile.cache import keep_code_apart
from model.mspfn.fusion import FineFusion
from model.mspfn.video import widened
from training.errors import TrainingError
from training.settings import TrainSettings


def starting_network(settings: TrainSettings) -> nn.Module:
    """Returns a new network, or the trained one that the run begins from.

    Raises:
        TrainingError: The weights to begin from cannot be had, or are another's.
    """
    if not settings.begin_from:
        return build_network(settings.model)
    try:
        network, weights = load_network(settings.begin_from)
    except ModelError as error:
        raise TrainingError(f"begin_from: {error}") from error
    wanted = variant_named(settings.model)
    if wanted.memory and weights.variant.name == wanted.still:
        network = build_network(wanted)
        network.load_state_dict(widened(weights.tensors, network.state_dict()))
        return network
    if weights.variant.name != settings.model:
        raise TrainingError(
            f"begin_from {settings.begin_from!r} holds {weights.variant.name}; "
            f"the model to train is {settings.model}."
        )
    return network.train().requires_grad_(requires_grad=True)


def teacher_network(settings: TrainSettings, device: torch.device) -> nn.Module | None:
    """Returns the trained network that this one learns from too; None without one.

    Raises:
        TrainingError: Its weights cannot be had.
    """
    if not settings.teacher:
        return None
    try:
        network, _ = load_network(settings.teacher)
    except ModelError as error:
        raise TrainingError(f"teacher: {error}") from error
    network = network.eval().requires_grad_(requires_grad=False).to(device)
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # the stub of Module.to lacks it
    return compiled(network, device) if settings.compile else network


def compiled(
    network: nn.Module, device: torch.device, *, backend: Any = "inductor"
) -> nn.Module:
    """Returns the network compiled, once for each size of crops.

    On the CPU as a whole. On a GPU, where a run may last minutes and the first step of
    each crop size waits, only the modules of the fine fusion, most of the work: they
    are alike, so what was compiled for the first serves all ("regional compilation",
    in PyTorch's recipes).
    """
    keep_code_apart()
    parts = [part for part in network.modules() if isinstance(part, FineFusion)]
    if device.type == "cpu" or not parts:
        return cast(nn.Module, torch.compile(network, dynamic=False, backend=backend))
    for part in parts:
        part.compile(dynamic=False, backend=backend)
    return network
