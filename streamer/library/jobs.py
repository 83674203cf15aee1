"""The work on one piece, as a value that travels to whoever does it, and its stop."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Lock
from typing import TYPE_CHECKING

from sinks.encoding.options import EncodeOptions
from sinks.files.piece import PIECE_SUFFIX
from sources.files.part import Span
from streamer.library.state.engine import Engine
from streamer.settings import NetworkOptions

if TYPE_CHECKING:
    from streamer.pipeline.file import Pipeline

GateValues = tuple[bool, int, int]
"""What a rain gate remembers, as `GateState` of the model, without loading torch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceJob:
    """All that a worker needs to know; paths only, so that it travels anywhere."""

    number: int
    source: Path
    folder: Path
    """Of the pieces."""
    film_suffix: str
    span: Span | None
    """None: the film as a whole, with its sound and all else."""
    network: NetworkOptions
    encode: EncodeOptions
    compare: bool = False
    require_gpu_decode: bool = False
    engine: Engine | None = None
    """What made the film's other pieces; None: this is the first."""
    gate: GateValues | None = None
    """After the frame before the piece."""
    lumas: str = ""
    """File of what the causal step remembers of the frames before."""
    lead_ins: tuple[Span, ...] = ()
    """Stretches to find the gate's state by, shortest first; none: it is known."""

    @property
    def name(self) -> str:
        """Of the piece's file."""
        suffix = PIECE_SUFFIX if self.span else self.film_suffix
        return f"{self.number:05d}{suffix}"


class Interrupted(Exception):  # noqa: N818 - nothing went wrong
    """The piece was given up because the run was told to stop."""


@dataclass(slots=True)
class Stop:
    """Tells the runs of all pieces to end; from any thread or a signal."""

    _event: Event = field(default_factory=Event)
    _lock: Lock = field(default_factory=Lock)
    _running: "list[Pipeline]" = field(default_factory=list)

    @property
    def stopped(self) -> bool:
        """Whether they were told."""
        return self._event.is_set()

    def stop(self) -> None:
        """Ends what runs, and what would begin."""
        self._event.set()
        for pipeline in list(self._running):
            pipeline.stop()

    @contextmanager
    def watching(self, pipeline: "Pipeline") -> Iterator[None]:
        """Ends `pipeline`, too, while the block runs.

        Raises:
            Interrupted: It was ended.
        """
        with self._lock:
            self._running.append(pipeline)
        if self.stopped:
            pipeline.stop()
        try:
            yield
        finally:
            with self._lock:
                self._running.remove(pipeline)
        if self.stopped:
            raise Interrupted
