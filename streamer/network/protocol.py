"""What the pipeline asks of a network, and where it gets one."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, TypeGuard, runtime_checkable

from sources.frame import RgbArray
from streamer.settings import NetworkOptions

if TYPE_CHECKING:  # loads torch
    from model.planes import PlaneForm, Planes


class Pending(Protocol):
    """One picture on its way through the network."""

    def wait(self) -> None:
        """Returns when the result is there; raises what went wrong."""


class Network(Protocol):
    """Pictures in, pictures of the same shape and type out; several at a time.

    A picture is RGB [height, width, 3], C-contiguous, uint8 or uint16 (full scale).
    """

    @property
    def slots(self) -> int:
        """How many pictures may be on their way at once; at least 1."""

    @property
    def model(self) -> str:
        """Name of the network."""

    @property
    def device(self) -> str:
        """Where it runs."""

    @property
    def backend(self) -> str:
        """What runs it."""

    @property
    def precision(self) -> str:
        """In which numbers."""

    def start(self, picture: RgbArray, out: RgbArray) -> Pending:
        """Begins to fill `out`; neither may be touched before `wait` returns."""

    def close(self) -> None:
        """Frees the device."""


@runtime_checkable
class OfOneStream(Protocol):
    """A network with the memory of the one stream that it is used for."""

    @property
    def delay(self) -> int:
        """How many frames more must be started before one can be waited for."""

    @property
    def inner(self) -> Network:
        """The network by itself."""


@runtime_checkable
class Batching(Protocol):
    """A network that may do several pictures of one size in less time than in turn.

    A batch takes one of its `slots`, however many pictures it holds.
    """

    @property
    def batch(self) -> int:
        """How many pictures gain from going together, at most; 1 where none do."""

    def start_many(
        self, pictures: Sequence[RgbArray], outs: Sequence[RgbArray]
    ) -> Pending:
        """Begins to fill all `outs` with what becomes of `pictures`.

        All are of one shape and type, and at most `batch`. Whatever fails, fails for
        them all.
        """


@runtime_checkable
class TakesPlanes(Protocol):
    """A network on a device that converts colours itself."""

    @property
    def takes_planes(self) -> bool:
        """Whether `start_planes` is worth a try."""

    def start_planes(
        self, planes: "Planes", form: "PlaneForm", out: "Planes", out_form: "PlaneForm"
    ) -> Pending | None:
        """Begins to fill `out`; None: use `start` (`model.backends.planes_backend`)."""


@runtime_checkable
class HasNotes(Protocol):
    """A network that has something to say of how it ran."""

    @property
    def notes(self) -> list[str]:
        """What a user should know, a line each."""


@runtime_checkable
class MayBeUntouched(Protocol):
    """A pending picture that knows whether it had any rain."""

    @property
    def untouched(self) -> bool:
        """After `wait`: whether the result is the picture, bit for bit."""


def batch_of(network: Network) -> int:
    """Returns how many pictures gain from going together, at most; 1 where none do."""
    return network.batch if isinstance(network, Batching) else 1


def takes_planes(network: Network) -> TypeGuard[TakesPlanes]:
    """Returns whether the network takes luma and chroma as they were decoded."""
    return isinstance(network, TakesPlanes) and network.takes_planes


def notes_of(network: Network) -> list[str]:
    """Returns what the network has to say of how it ran, a line each."""
    if isinstance(network, OfOneStream):
        network = network.inner
    return network.notes if isinstance(network, HasNotes) else []


def delay_of(network: Network) -> int:
    """Returns how many frames more must be started before one can be waited for."""
    return network.delay if isinstance(network, OfOneStream) else 0


def is_untouched(pending: Pending) -> bool:
    """Returns whether the result is the picture, bit for bit; after `wait`."""
    return isinstance(pending, MayBeUntouched) and pending.untouched


def alone(network: Network) -> Network:
    """Returns the network without what it remembers of a stream."""
    return network.inner if isinstance(network, OfOneStream) else network


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


def open_alone(options: NetworkOptions) -> Network:
    """Loads a network without the memory of a stream, so that several can share it.

    Raises:
        model.ModelError: No such model, file or device.
    """
    from model import Derainer  # loads torch or OpenVINO: seconds, so only for a run

    network: Network = Derainer(
        options.model,
        device=options.device,
        backend=options.backend,
        precision=options.precision,
        tile=options.tile,
    )
    return network


def for_one_stream(
    network: Network, *, temporal: str, gate: str, still: bool
) -> Network:
    """Returns the network with the memory that the temporal step and the gate need."""
    if temporal == "off" and gate == "off":
        return network
    from model.temporal.stream import TemporalStream  # loads torch

    stream: Network = TemporalStream(network, temporal=temporal, gate=gate, still=still)
    return stream
