"""What the pipeline asks of a network, and where it gets one."""

from typing import Protocol

from sources.frame import RgbArray


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


def open_network(
    model: str, *, device: str, backend: str, precision: str, tile: int | None
) -> Network:
    """Loads a network by name or from a weights file.

    Raises:
        model.ModelError: No such model, file or device.
    """
    from model import Derainer  # loads torch or OpenVINO: seconds, so only for a run

    network: Network = Derainer(
        model, device=device, backend=backend, precision=precision, tile=tile
    )
    return network
