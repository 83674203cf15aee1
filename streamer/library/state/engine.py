"""What computed a film's first pieces, which is what has to compute the others.

A network gives other values in other numbers, in another library, or where threads add
in another order: mostly a level in some thousand values. A film that goes on after a
crash, or on another machine, is the one of an undisturbed run only if that stays.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from importlib.metadata import PackageNotFoundError, version

from model.cores import ThreadLayout
from streamer.errors import StreamerError
from streamer.library.state.identity import difference
from streamer.network.protocol import Network, open_alone
from streamer.settings import NetworkOptions

_PACKAGES = {"openvino": "openvino", "triton": "triton"}
"""Whose version decides, by the backend; of all others PyTorch's."""


class EngineError(StreamerError):
    """What made a film's first pieces is not here; it may be elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """What computes, as far as it decides on values and can be chosen.

    Not the processor or the GPU itself: the film's notes name them where they differ.
    """

    kind: str
    """`cpu` or `cuda`."""
    backend: str
    precision: str
    runtime: str
    """The library that computes, with its version."""
    streams: int = 0
    threads: int = 0
    """As in `ThreadLayout`; both are 0 where they change no value."""

    def __str__(self) -> str:
        """Returns it in one line."""
        layout = f", {self.layout}" if self.layout else ""
        return f"{self.runtime} on {self.kind} in {self.precision}{layout}"

    @property
    def layout(self) -> ThreadLayout | None:
        """How threads share pictures, if that changes values."""
        return ThreadLayout(self.streams, self.threads) if self.threads else None

    def differs(self, other: "Engine") -> str:
        """Returns the first difference in one line; empty: values are the same."""
        return difference(asdict(self), asdict(other))


Load = Callable[[Engine | None], Network]
"""Opens the network of a run as an engine does it; None: the fastest way here."""


def engine_of(network: Network) -> Engine:
    """Returns what computes in a network."""
    layout = network.layout or ThreadLayout(0, 0)
    return Engine(
        kind=network.device.partition(":")[0],
        backend=network.backend,
        precision=network.precision,
        runtime=_runtime(network.backend),
        streams=layout.streams,
        threads=layout.threads,
    )


def _runtime(backend: str) -> str:
    package = _PACKAGES.get(backend.partition("-")[0], "torch")
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return package


def open_as(options: NetworkOptions, engine: Engine | None) -> Network:
    """Loads a network without the memory of a stream, to compute as an engine does.

    Raises:
        model.ModelError: No such model, file or device, or too few cores.
    """
    if engine is None:
        return open_alone(options)
    device = engine.kind if options.device == "auto" else options.device
    alike = replace(
        options, device=device, backend=engine.backend, precision=engine.precision
    )
    return open_alone(alike, layout=engine.layout)
