"""Where a run gets its network: the role is `model.backends.base.Backend`."""

from pathlib import Path

from model.backends.base import Backend
from model.backends.tiling import checked_tile
from model.cores import ThreadLayout
from model.mspfn.variants import VARIANTS, no_network_named
from streamer.errors import StreamerError
from streamer.settings import NetworkOptions

Network = Backend
"""The role, by the name that a run gives it."""


def check_network(options: NetworkOptions) -> None:
    """Refuses what `open_network` would refuse, as far as it can be told at once.

    Raises:
        StreamerError: There is no such network or file.
        ModelError: Its tiles are too small.
    """
    name = options.named
    variant = VARIANTS.get(name)
    if variant is None and Path(name).suffix not in {".safetensors", ".onnx"}:
        raise StreamerError(no_network_named(name, or_file=True))
    if variant is None and not Path(name).is_file():
        raise StreamerError(f"{name}: there is no such file")
    if variant is not None and options.tile is not None:
        checked_tile(options.tile, variant.multiple)


def open_network(options: NetworkOptions, *, still: bool = False) -> Network:
    """Loads a network by name or from a weights file, for one stream.

    Args:
        options: Which one, where it runs, and what it remembers of its stream.
        still: The pictures are no stream: the gate judges each by itself.

    Raises:
        model.ModelError: No such model, file or device.
    """
    return for_one_stream(
        open_alone(options),
        temporal=options.temporal,
        gate=options.gate,
        still=still,
    )


def open_alone(
    options: NetworkOptions,
    *,
    low_latency: bool = False,
    layout: ThreadLayout | None = None,
) -> Network:
    """Loads a network without the memory of a stream, so that several can share it.

    Args:
        options: Which one, and where it runs.
        low_latency: One picture at a time, on all cores.
        layout: How threads of the CPU share pictures; None: the fastest, measured.

    Raises:
        model.ModelError: No such model, file or device.
    """
    from model import Derainer  # a second of imports: only for a run

    return Derainer(
        options.named,
        device=options.device,
        backend=options.backend,
        precision=options.precision,
        tile=options.tile,
        low_latency=low_latency,
        layout=layout,
    )


def for_one_stream(
    network: Network, *, temporal: str, gate: str, still: bool, fit: bool = False
) -> Network:
    """Returns the network with the memory that the temporal step and the gate need.

    With `fit` it is one that need not take every picture of a live source.
    """
    if fit:
        from model.temporal.sparse import SparseStream

        return SparseStream(network, temporal=temporal, gate=gate)
    if temporal == "off" and gate == "off":
        return network
    from model.temporal.stream import TemporalStream

    return TemporalStream(network, temporal=temporal, gate=gate, still=still)
