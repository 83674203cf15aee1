"""Makes pieces on the nodes of a Ray cluster.

Each maker prefers one node, so that a film's pieces stay where the file is in memory. A
piece whose worker dies is tried on another node, once: what fails on two nodes would
fail on all of them.
"""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import Any

from model.cores import hold_to
from sinks.errors import SinkError
from sources.errors import SourceError
from streamer.cli.ray.cluster import (
    Node,
    check_device,
    connected,
    first_line,
    nodes_of,
    on_node,
    with_whole_path,
)
from streamer.errors import StreamerError
from streamer.library.jobs import Interrupted, PieceJob, Stop
from streamer.library.local import LocalMakers
from streamer.library.state.disk import NoRoomError, lies_with_the_disk
from streamer.library.state.engine import open_as
from streamer.library.state.identity import difference, program_version, weights_sha256
from streamer.library.state.manifest import PieceRecord
from streamer.library.workers import Maker
from streamer.settings import NetworkOptions

_LOOK_SECONDS = 0.2
_ANSWER_SECONDS = 120.0
"""Under load a node takes long to start the process that answers."""
_NODES_TO_TRY = 2
_FOR_GOOD = (SourceError, SinkError, StreamerError)
"""What another node would only say again."""
_loaded: dict[NetworkOptions, LocalMakers] = {}
"""Of a worker process, which makes one piece after the other."""


class PoisonError(StreamerError):
    """A piece failed on two nodes and is not tried again."""


class RayMakers:
    """Makers on a cluster: so many a node, or one for each of its GPUs."""

    def __init__(self, address: str, network: NetworkOptions, jobs: int) -> None:
        """Connects.

        Args:
            address: Of the cluster, or `local`.
            network: That all nodes load.
            jobs: Pieces that a node makes at once, at least; each GPU makes one.

        Raises:
            StreamerError: No cluster, its nodes differ in version or weights, or the
                device is none that Ray counts.
        """
        check_device(network.device)
        self._stack = ExitStack()
        self._ray = self._stack.enter_context(connected(address))
        self._jobs = jobs
        self._on_gpu = network.device != "cpu"
        self._make = self._ray.remote(max_retries=0)(make_there)
        try:
            self._refuse_mixed(network)
        except BaseException:
            self.close()
            raise

    def _refuse_mixed(self, network: NetworkOptions) -> None:
        """Asks every node what it would work with."""
        ask = self._ray.remote(max_retries=0, num_cpus=0)(recipe_there)
        model = with_whole_path(network).named
        here = recipe_there(model)
        for node in nodes_of(self._ray):
            asked = ask.options(**on_node(node)).remote(model)
            try:
                there = self._ray.get(asked, timeout=_ANSWER_SECONDS)
            except self._ray.exceptions.RayError:
                continue  # it is gone, or will be; a piece asks again where it is made
            if change := difference(here, there):
                raise StreamerError(f"node {node.name} differs from here: its {change}")

    def makers(self) -> list[Maker]:
        """Returns one for each piece that the cluster makes at once."""
        return [
            _NodeMaker(self, node)
            for node in nodes_of(self._ray)
            for _ in range(max(self._jobs, node.gpus if self._on_gpu else 0))
        ]

    def close(self) -> None:
        """Leaves the cluster, or ends it if it was only for this run."""
        self._stack.close()

    def try_on(self, node: Node, job: PieceJob, stop: Stop) -> PieceRecord:
        """Makes a piece on a node.

        Raises:
            Interrupted: The run was told to stop.
            Exception: What went wrong there, or that it is gone.
        """
        job = _with_whole_paths(job)
        on_gpu = self._on_gpu and node.gpus
        share = max(node.cpus // self._jobs, 1)
        needs = {"num_gpus": 1} if on_gpu else {"num_cpus": share}
        task = self._make.options(**needs, **on_node(node))
        cpus = needs.get("num_cpus")
        reference = task.remote(job, recipe_there(job.network.named), cpus)
        while not stop.stopped:
            ready, _ = self._ray.wait([reference], timeout=_LOOK_SECONDS)
            if ready:
                return self._result(reference)
        self._ray.cancel(reference)
        raise Interrupted

    def _result(self, reference: Any) -> PieceRecord:
        try:
            piece: PieceRecord = self._ray.get(reference)
        except self._ray.exceptions.RayTaskError as error:
            raise error.cause or error from None
        return piece

    def living(self, wanted: Node) -> Node:
        """Returns the node if it is alive, or another one in its place."""
        alive = nodes_of(self._ray)
        return wanted if wanted in alive else self.other_than(wanted)

    def other_than(self, tried: Node) -> Node:
        """Returns a node that is alive, another one if there is any."""
        alive = nodes_of(self._ray)
        others = [node for node in alive if node.id != tried.id]
        return (others or alive)[0]


class _NodeMaker:
    """Makes pieces, on its node if it can."""

    def __init__(self, cluster: RayMakers, node: Node) -> None:
        self._cluster, self._node = cluster, node

    def __call__(
        self, job: PieceJob, *, stop: Stop, on_frame: Callable[[int], None]
    ) -> PieceRecord:
        """Returns when the piece is on the disk that all nodes share."""
        node = self._node = self._cluster.living(self._node)
        causes: list[str] = []
        while True:
            try:
                return self._cluster.try_on(node, job, stop)
            except (Interrupted, *_FOR_GOOD):
                raise
            except Exception as error:  # noqa: BLE001 - told below, if it stays
                causes.append(f"{node.name}: {first_line(error)}")
            if len(causes) == _NODES_TO_TRY:
                raise PoisonError(
                    f"piece {job.number} failed twice and is not tried again "
                    f"({'; '.join(causes)})"
                )
            node = self._node = self._cluster.other_than(node)


def _with_whole_paths(job: PieceJob) -> PieceJob:
    """Returns a job for a worker, which stands in another folder."""
    return replace(
        job,
        source=job.source.absolute(),
        folder=job.folder.absolute(),
        network=with_whole_path(job.network),
    )


def recipe_there(model: str) -> dict[str, str]:
    """Returns what a process works with: all nodes must agree."""
    return {
        "version": program_version(),
        "weights": weights_sha256(model),
        "fusion": weights_sha256("temporal-fusion"),
    }


def make_there(
    job: PieceJob, recipe: Mapping[str, str], cpus: int | None
) -> PieceRecord:
    """Makes a piece; in a worker of the cluster.

    Args:
        job: Which one, and how.
        recipe: What the others work with.
        cpus: Processors of this node that are the worker's; None: it has a GPU.

    Raises:
        StreamerError: This node has another version or other weights.
        EngineError: It cannot compute as the film's other pieces were computed.
        NoRoomError: The disk is full.
    """
    if change := difference(recipe, recipe_there(job.network.named)):
        raise StreamerError(f"a node differs from the others: its {change}")
    if cpus is not None:  # Ray tells PyTorch, but not OpenVINO
        hold_to(cpus)
    if job.network not in _loaded:
        _loaded[job.network] = LocalMakers(partial(open_as, job.network), jobs=1)
    [maker] = _loaded[job.network].makers()
    try:
        return maker(job, stop=Stop(), on_frame=lambda _frames: None)
    except Exception as error:
        if lies_with_the_disk(error):
            raise NoRoomError(str(error)) from None
        raise
