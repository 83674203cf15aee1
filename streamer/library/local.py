"""Makers on this machine: one network, loaded when the first piece needs it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from streamer.library.jobs import PieceJob, Stop
from streamer.library.state.engine import Engine, EngineError, Load, engine_of
from streamer.library.state.manifest import PieceRecord
from streamer.library.workers import FatalError, Maker

if TYPE_CHECKING:
    from streamer.network.protocol import Network
    from streamer.network.shared import Sharing


@dataclass(slots=True)
class _Opened:
    """A network, and who works with it."""

    network: "Network"
    engine: Engine
    chosen: bool
    """Whether it is the fastest here, and not what an earlier run has had."""
    sharing: "Sharing | None" = None
    users: int = 0

    def serves(self, engine: Engine | None) -> bool:
        if engine is None:
            return self.chosen
        return not engine.differs(self.engine)

    def close(self) -> None:
        if self.sharing is not None:
            self.sharing.close()
        self.network.close()


class LocalMakers:
    """As many makers as there are jobs; they share the network.

    A film that an earlier run has begun with another engine gets a network of its own.
    One that nobody works with is closed before another one is opened.
    """

    def __init__(self, load: Load, jobs: int) -> None:
        """Loads nothing yet.

        Args:
            load: Returns the network without the memory of a stream.
            jobs: How many pieces are made at once.
        """
        self._load, self._jobs = load, jobs
        self._lock = Lock()
        self._opened: list[_Opened] = []

    def makers(self) -> list[Maker]:
        """Returns them; each for one thread."""
        return [self._make] * self._jobs

    def _make(
        self, job: PieceJob, *, stop: Stop, on_frame: Callable[[int], None]
    ) -> PieceRecord:
        from streamer.library.piece.derain import derain_piece  # loads torch

        with self._network_for(job) as network:
            return derain_piece(job, network, stop=stop, on_frame=on_frame)

    @contextmanager
    def _network_for(self, job: PieceJob) -> "Iterator[Network]":
        with self._lock:
            opened = self._opened_for(job)
            opened.users += 1
            network = opened.sharing.part() if opened.sharing else opened.network
        try:
            yield network
        finally:
            with self._lock:
                opened.users -= 1
            if opened.sharing:
                network.close()

    def _opened_for(self, job: PieceJob) -> _Opened:
        for opened in self._opened:
            if opened.serves(job.engine):
                return opened
        self._close_idle()
        network = self._loaded(job)
        opened = _Opened(network, engine_of(network), chosen=job.engine is None)
        self._opened.append(opened)
        if self._jobs > 1:
            from streamer.network.shared import Sharing

            opened.sharing = Sharing(network)
        if job.engine and (change := job.engine.differs(opened.engine)):
            raise _not_here(job, job.engine, f"its {change}")
        return opened

    def _loaded(self, job: PieceJob) -> "Network":
        try:
            return self._load(job.engine)
        except Exception as error:
            if job.engine is None:
                raise FatalError(str(error)) from error
            raise _not_here(job, job.engine, str(error)) from error

    def _close_idle(self) -> None:
        for opened in [opened for opened in self._opened if not opened.users]:
            self._opened.remove(opened)
            opened.close()

    def close(self) -> None:
        """Closes the networks that were loaded; may be called twice."""
        for opened in self._opened:
            opened.close()


def _not_here(job: PieceJob, engine: Engine, reason: str) -> EngineError:
    return EngineError(
        f"{job.source} was begun with {engine}, which cannot be had here "
        f"({reason.removesuffix('.')}); "
        "--restart begins anew"
    )
