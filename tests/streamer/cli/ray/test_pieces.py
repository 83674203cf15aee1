"""Pieces on a Ray cluster of this machine: workers and nodes die, films do not."""

import gc
import os
import signal
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from sources.errors import SourceError
from streamer.cli.ray import pieces
from streamer.cli.ray.cluster import LOCAL, Node, load_ray
from streamer.cli.ray.pieces import PoisonError, RayMakers
from streamer.errors import StreamerError
from streamer.library.film import Film
from streamer.library.jobs import PieceJob, Stop
from streamer.library.library import film_of
from streamer.library.options import LibraryOptions
from streamer.library.workers import DONE, Workers
from streamer.network.protocol import open_alone
from streamer.settings import NetworkOptions
from tests.conftest import MakeClip
from tests.support.pieces import a_work, frames_of, make

pytestmark = [
    pytest.mark.slow,
    # Ray leaves the processes that it has started and ended to the garbage.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
OPTIONS = NetworkOptions(gate="off", backend="torch", device="cpu")
NODES = [
    Node(id="1", name="one", gpus=0, cpus=1),
    Node(id="2", name="two", gpus=0, cpus=1),
]


def ray_or_skip() -> None:
    """Ray reads what it needs of the environment when it is imported."""
    os.environ["RAY_AUTH_TOKEN"] = "no-secret-" * 4
    if find_spec("ray") is None:
        pytest.skip("the extra derain[ray] is not installed: pip install 'derain[ray]'")
    load_ray()


def a_film(source: Path, name: str, *, restart: bool = False) -> Film:
    options = LibraryOptions(piece=1, restart=restart)
    return film_of(source, source.with_name(name), a_work(OPTIONS, options))


def alone(source: Path) -> Film:
    film = a_film(source, "alone.mp4")
    make([film], network=lambda: open_alone(OPTIONS))
    return film


def on(address: str, film: Film, during: Callable[[], None] | None = None) -> Workers:
    """Makes a film on a cluster, and does something meanwhile."""
    workers = Workers([film], film.work.recipe(), stop=Stop())
    makers = RayMakers(address, OPTIONS, jobs=1)
    disturbance = Thread(target=during, daemon=True) if during else None
    if disturbance:
        disturbance.start()
    try:
        workers.run(makers.makers())
    finally:
        makers.close()
    if disturbance:
        disturbance.join(60)
    return workers


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    """Lets go of Ray's leavings while their warnings are not heard."""
    yield
    gc.collect()


@pytest.fixture
def two_nodes() -> Iterator[Any]:
    """A cluster of two nodes, both on this machine."""
    ray_or_skip()
    from ray.cluster_utils import Cluster

    cluster: Any = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    cluster.second = cluster.add_node(num_cpus=1)
    cluster.wait_for_nodes()
    yield cluster
    cluster.shutdown()


def pid_at_work(film: Film, *, besides: frozenset[int] = frozenset()) -> int:
    """Waits for a piece under way, and returns the process that makes it."""
    while True:
        for part in film.folder.glob("*.part*"):
            pid = int(part.name.split(".part")[0].rpartition("-")[2])
            if pid not in besides and part.stat().st_size:
                return pid
        time.sleep(0.02)


def test_a_film_made_by_ray_is_the_film_made_here(make_clip: MakeClip) -> None:
    ray_or_skip()
    source = make_clip(frames=75, options={"g": "20"}, audio=True)
    film = a_film(source, "ray.mp4")

    [progress] = on(LOCAL, film).films

    assert progress.state == DONE, progress.error
    assert film.count > 1
    assert frames_of(film.output) == frames_of(alone(source).output)


def test_a_worker_that_is_killed_costs_no_frame(
    make_clip: MakeClip, two_nodes: Any
) -> None:
    source = make_clip(frames=100, size=(320, 240), options={"g": "20"})
    film = a_film(source, "ray.mp4")

    [progress] = on(
        two_nodes.address, film, lambda: os.kill(pid_at_work(film), signal.SIGKILL)
    ).films

    assert progress.state == DONE, progress.error
    assert frames_of(film.output) == frames_of(alone(source).output)


def test_nodes_with_other_weights_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    ray_or_skip()
    there = pieces.recipe_there

    def here(model: str) -> dict[str, str]:
        return {**there(model), "version": "0.0.1"}

    monkeypatch.setattr(pieces, "_here", here)

    with pytest.raises(StreamerError, match="differs from here: its version was"):
        RayMakers(LOCAL, OPTIONS, jobs=1)


class Cluster:
    """Stands for a cluster whose workers fail as they are told."""

    def __init__(self, error: Exception) -> None:
        self.error = error
        self.tried: list[str] = []

    def try_on(self, node: Node, job: PieceJob, stop: Stop) -> Any:
        self.tried.append(node.name)
        raise self.error

    def other_than(self, tried: Node) -> Node:
        return next(node for node in NODES if node != tried)


def told(cluster: Cluster, film: Film) -> None:
    film.prepare(film.work.recipe())
    job = film.next_job()
    assert job is not None
    maker = pieces._NodeMaker(cluster, NODES[0])  # type: ignore[arg-type] # a stand-in
    maker(job, stop=Stop(), on_frame=lambda _: None)


def test_a_piece_that_fails_on_two_nodes_is_not_tried_again(
    make_clip: MakeClip,
) -> None:
    film = a_film(make_clip(frames=40, options={"g": "20"}), "ray.mp4")
    cluster = Cluster(RuntimeError("the worker died\nof something"))

    with pytest.raises(PoisonError, match=r"failed twice .*one: the worker died; two"):
        told(cluster, film)
    assert cluster.tried == ["one", "two"]


def test_what_lies_with_the_film_is_not_tried_elsewhere(make_clip: MakeClip) -> None:
    film = a_film(make_clip(frames=40, options={"g": "20"}), "ray.mp4")
    cluster = Cluster(SourceError("it cannot be read"))

    with pytest.raises(SourceError):
        told(cluster, film)
    assert cluster.tried == ["one"]
