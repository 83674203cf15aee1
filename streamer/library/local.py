"""Makers on this machine: one network, loaded when the first piece needs it."""

from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING

from streamer.library.jobs import PieceJob, Stop
from streamer.library.state.manifest import PieceRecord
from streamer.library.workers import FatalError, Maker

if TYPE_CHECKING:
    from streamer.network.protocol import Network
    from streamer.network.shared import Sharing


class LocalMakers:
    """As many makers as there are jobs; they share the network."""

    def __init__(self, load: "Callable[[], Network]", jobs: int) -> None:
        """Loads nothing yet.

        Args:
            load: Returns the network without the memory of a stream.
            jobs: How many pieces are made at once.
        """
        self._load, self._jobs = load, jobs
        self._lock = Lock()
        self._network: Network | None = None
        self._sharing: Sharing | None = None

    def makers(self) -> list[Maker]:
        """Returns them; each for one thread."""
        return [self._make] * self._jobs

    def _make(
        self, job: PieceJob, *, stop: Stop, on_frame: Callable[[int], None]
    ) -> PieceRecord:
        from streamer.library.piece.derain import derain_piece  # loads torch

        with self._lock:
            network = self._part()
        return derain_piece(job, network, stop=stop, on_frame=on_frame)

    def _part(self) -> "Network":
        if self._network is None:
            try:
                self._network = self._load()
            except Exception as error:
                raise FatalError(str(error)) from error
        if self._jobs == 1:
            return self._network
        if self._sharing is None:
            from streamer.network.shared import Sharing

            self._sharing = Sharing(self._network)
        return self._sharing.part()

    def close(self) -> None:
        """Closes the network, if it was loaded; may be called twice."""
        if self._sharing is not None:
            self._sharing.close()
        if self._network is not None:
            self._network.close()
