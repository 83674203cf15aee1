"""Pieces on a Ray cluster of this machine: workers and nodes die, films do not."""

import gc
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from model.backends.openvino.processor import cpu_precisions
from sources.errors import SourceError
from streamer.cli.ray import pieces
from streamer.cli.ray.cluster import LOCAL, Node
from streamer.cli.ray.pieces import PoisonError, RayMakers
from streamer.errors import StreamerError
from streamer.library.film import Film
from streamer.library.jobs import PieceJob, Stop
from streamer.library.library import film_of
from streamer.library.options import LibraryOptions
from streamer.library.piece.derain import derain_piece
from streamer.library.state.engine import Engine, open_as
from streamer.library.workers import DONE, FAILED, FilmProgress, Workers
from streamer.network.protocol import open_alone
from streamer.settings import NetworkOptions
from tests.conftest import MakeClip
from tests.support.networks.onnx_network import written_onnx
from tests.support.runs.pieces import a_work, frames_of, make
from tests.support.runs.ray_cluster import nodes_here, ray_or_skip

pytestmark = [
    pytest.mark.slow,
    # Ray leaves the processes that it has started and ended to the garbage.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
NODES = [
    Node(id="1", name="one", gpus=0, cpus=1),
    Node(id="2", name="two", gpus=0, cpus=1),
]


@pytest.fixture
def options(tmp_path: Path) -> NetworkOptions:
    """Of a network whose pictures are the same on every machine, to the bit."""
    path = written_onnx(tmp_path / "dim.onnx")
    return NetworkOptions(model=str(path), gate="off", device="cpu")


def a_film(source: Path, name: str, options: NetworkOptions) -> Film:
    work = a_work(options, LibraryOptions(piece=1))
    return film_of(source, source.with_name(name), work)


def alone(source: Path, options: NetworkOptions) -> Film:
    film = a_film(source, "alone.mp4", options)
    make([film], network=lambda: open_alone(options))
    return film


def on(
    address: str, film: Film, during: Callable[[], None] | None = None
) -> FilmProgress:
    """Makes a film on a cluster, and does something meanwhile."""
    workers = Workers([film], film.work.recipe(), stop=Stop())
    makers = RayMakers(address, film.work.network, jobs=1)
    disturbance = Thread(target=during, daemon=True) if during else None
    if disturbance:
        disturbance.start()
    try:
        workers.run(makers.makers())
    finally:
        makers.close()
    if disturbance:
        disturbance.join(60)
    [progress] = workers.films
    return progress


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    """Lets go of Ray's leavings while their warnings are not heard."""
    yield
    gc.collect()


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    with nodes_here(2) as cluster:
        yield cluster


def at_work(film: Film, number: str = "*") -> Iterator[int]:
    """Yields the processes that make pieces of a film, as they come."""
    while True:
        for part in film.folder.glob(f"{number}.*.part*"):
            yield int(part.name.split(".part")[0].rpartition("-")[2])
        time.sleep(0.005)


def parent_of(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def one_thread() -> Engine:
    return Engine(
        kind="cpu",
        backend="openvino",
        precision=cpu_precisions()[0],
        runtime=f"openvino {version('openvino')}",
        streams=1,
        threads=1,
    )


def test_a_film_made_by_ray_is_the_film_made_here_and_goes_on_as_it_was_begun(
    make_clip: MakeClip, options: NetworkOptions
) -> None:
    ray_or_skip()
    source = make_clip(frames=75, options={"g": "20"}, audio=True)
    film = a_film(source, "ray.mp4", options)
    film.prepare(film.work.recipe())
    job = film.next_job()
    assert job is not None
    with closing(open_as(options, one_thread())) as network:
        film.take(derain_piece(job, network, stop=Stop()))

    progress = on(LOCAL, film)
    engines = {piece.engine for piece in film.manifest.pieces.values()}

    assert progress.state == DONE, progress.error
    assert film.count > 1
    assert engines == {one_thread()}
    assert frames_of(film.output) == frames_of(alone(source, options).output)


def test_a_worker_that_is_killed_costs_no_frame(
    make_clip: MakeClip,
    cluster: Any,
    options: NetworkOptions,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = make_clip(frames=240, size=(320, 240), options={"g": "20"})
    monkeypatch.chdir(whole.parent)  # the cluster's processes stand elsewhere
    source = Path(whole.name)
    film = a_film(source, "ray.mp4", replace(options, model="dim.onnx"))
    killed: list[int] = []

    def kill() -> None:
        killed.append(next(at_work(film)))
        os.kill(killed[0], signal.SIGKILL)

    progress = on(cluster.address, film, kill)

    assert killed
    assert progress.state == DONE, progress.error
    assert frames_of(film.output) == frames_of(alone(source, options).output)


def test_a_node_that_is_lost_costs_no_frame(
    make_clip: MakeClip, cluster: Any, options: NetworkOptions
) -> None:
    source = make_clip(frames=400, size=(320, 240), options={"g": "20"})
    film = a_film(source, "ray.mp4", options)
    node = cluster.add_node(num_cpus=1)
    raylet = node.all_processes["raylet"][0].process.pid
    lost: list[int] = []

    def lose() -> None:
        lost.append(next(pid for pid in at_work(film) if parent_of(pid) == raylet))
        cluster.remove_node(node, allow_graceful=False)

    progress = on(cluster.address, film, lose)

    assert lost
    assert progress.state == DONE, progress.error
    assert frames_of(film.output) == frames_of(alone(source, options).output)


def test_a_piece_that_kills_its_worker_on_two_nodes_is_given_up(
    make_clip: MakeClip, cluster: Any, options: NetworkOptions
) -> None:
    source = make_clip(frames=200, size=(320, 240), options={"g": "20"})
    film = a_film(source, "ray.mp4", options)
    killed: set[int] = set()

    def kill() -> None:
        for pid in at_work(film, "00001"):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            killed.add(pid)
            if len(killed) == 2:
                return

    progress = on(cluster.address, film, kill)

    assert len(killed) == 2
    assert progress.state == FAILED
    assert isinstance(progress.error, PoisonError)
    assert "piece 1 failed twice and is not tried again" in str(progress.error)
    assert 1 not in film.manifest.pieces


def test_nodes_with_another_version_are_refused(
    monkeypatch: pytest.MonkeyPatch, options: NetworkOptions
) -> None:
    ray_or_skip()
    monkeypatch.setattr(pieces, "program_version", lambda: "0.0.1")

    with pytest.raises(StreamerError, match="differs from here: its version was"):
        RayMakers(LOCAL, options, jobs=1)


class Cluster:
    """Stands for a cluster whose workers fail as they are told."""

    def __init__(self, error: Exception, alive: Sequence[Node] = NODES) -> None:
        self.error, self.alive = error, alive
        self.tried: list[str] = []

    def try_on(self, node: Node, job: PieceJob, stop: Stop) -> Any:
        self.tried.append(node.name)
        raise self.error

    def living(self, wanted: Node) -> Node:
        return wanted if wanted in self.alive else self.other_than(wanted)

    def other_than(self, tried: Node) -> Node:
        return next(node for node in self.alive if node != tried)


def told(cluster: Cluster, film: Film) -> None:
    film.prepare(film.work.recipe())
    job = film.next_job()
    assert job is not None
    maker = pieces._NodeMaker(cluster, NODES[0])  # type: ignore[arg-type] # a stand-in
    maker(job, stop=Stop(), on_frame=lambda _: None)


def test_a_piece_that_fails_on_two_nodes_is_not_tried_again(
    make_clip: MakeClip, options: NetworkOptions
) -> None:
    film = a_film(make_clip(frames=40, options={"g": "20"}), "ray.mp4", options)
    cluster = Cluster(RuntimeError("the worker died\nof something"))

    with pytest.raises(PoisonError, match=r"failed twice .*one: the worker died; two"):
        told(cluster, film)
    assert cluster.tried == ["one", "two"]


def test_what_lies_with_the_film_is_not_tried_elsewhere(
    make_clip: MakeClip, options: NetworkOptions
) -> None:
    film = a_film(make_clip(frames=40, options={"g": "20"}), "ray.mp4", options)
    cluster = Cluster(SourceError("it cannot be read"))

    with pytest.raises(SourceError):
        told(cluster, film)
    assert cluster.tried == ["one"]


def test_a_piece_goes_to_a_node_that_is_alive(
    make_clip: MakeClip, options: NetworkOptions
) -> None:
    film = a_film(make_clip(frames=40, options={"g": "20"}), "ray.mp4", options)
    cluster = Cluster(SourceError("it cannot be read"), alive=NODES[1:])

    with pytest.raises(SourceError):
        told(cluster, film)
    assert cluster.tried == ["two"]
