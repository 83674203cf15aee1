"""What `bench_pieces` runs: films and libraries, in one go, in pieces, on Ray nodes."""

import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import av

from benchmarks.support.drawn_clip import write_clip
from model import WrappedBackend
from sinks.encoding.options import EncodeOptions
from streamer.api import derain_video
from streamer.library.film import Film
from streamer.library.jobs import Stop
from streamer.library.library import film_of, films_of
from streamer.library.local import LocalMakers
from streamer.library.options import LibraryOptions
from streamer.library.work import Work
from streamer.library.workers import DONE, Maker, Workers
from streamer.network.protocol import Network, for_one_stream
from streamer.settings import NetworkOptions

RATE = 25
Load = Callable[[], Network]
OPTIONS = NetworkOptions()


class KeptOpen(WrappedBackend):
    """A loaded network that outlives the run it is given to."""

    def close(self) -> None:
        """Leaves the network open for the next run."""


def drawn(path: Path, seconds: int, size: tuple[int, int], *, times: int = 1) -> Path:
    """Writes a drawn clip; repeated by its packets, since drawing is slow."""
    one = path if times == 1 else path.with_name(f"one-{path.name}")
    write_clip(one, seconds * RATE, size)
    if times > 1:
        _repeat(one, path, times)
        one.unlink()
    return path


def _repeat(one: Path, path: Path, times: int) -> None:
    with av.open(str(path), "w") as output:
        stream, offset = None, 0
        for _ in range(times):
            with av.open(str(one)) as clip:
                video = clip.streams.video[0]
                if stream is None:
                    stream = output.add_stream_from_template(video)
                for packet in clip.demux(video):
                    if packet.dts is None or packet.pts is None:
                        continue
                    packet.pts, packet.dts = packet.pts + offset, packet.dts + offset
                    packet.stream = stream
                    output.mux(packet)
                offset += video.duration or 0


def in_one_go(source: Path, sink: Path, network: Network) -> float:
    """Returns the seconds of a film in one go, with a network that is loaded."""
    alone = for_one_stream(
        network, temporal=OPTIONS.temporal, gate=OPTIONS.gate, still=False
    )
    begun = time.perf_counter()
    derain_video(source, sink, network=alone)
    return time.perf_counter() - begun


def in_pieces(films: Sequence[Film], makers: Sequence[Maker]) -> float:
    """Returns the seconds of films in pieces.

    Raises:
        RuntimeError: One was not made.
    """
    workers = Workers(films, films[0].work.recipe(), stop=Stop())
    begun = time.perf_counter()
    workers.run(makers)
    seconds = time.perf_counter() - begun
    if wrong := [p.error for p in workers.films if p.state != DONE]:
        raise RuntimeError(f"films were not made: {wrong}")
    return seconds


def here(films: Sequence[Film], network: Network, jobs: int) -> float:
    """Returns the seconds of films in pieces on this machine, without Ray."""
    with closing(LocalMakers(lambda _: network, jobs)) as makers:
        return in_pieces(films, makers.makers())


def a_film(source: Path, sink: Path, piece: int) -> Film:
    """Returns a film that is begun anew."""
    return film_of(source, sink, _work(piece))


def library(source: Path, output: Path) -> list[Film]:
    """Returns the films of a folder, begun anew in a folder that is empty."""
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir()
    return films_of(str(source), output, _work(60))


def _work(piece: int) -> Work:
    options = LibraryOptions(restart=True, piece=piece)
    encode = EncodeOptions()
    return Work(network=OPTIONS, encode=encode, options=options, overwrite=True)


@contextmanager
def nodes_here(count: int) -> Iterator[str]:
    """Runs a Ray cluster of nodes with a processor each; gives its address."""
    os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
    from streamer.cli.ray.cluster import load_ray

    load_ray()  # sets what Ray reads when it is imported
    from ray.cluster_utils import Cluster

    cluster: Any = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    try:
        for _ in range(count - 1):
            cluster.add_node(num_cpus=1)
        cluster.wait_for_nodes()
        yield str(cluster.address)
    finally:
        cluster.shutdown()


def on_nodes(count: int, clips: Path, output: Path, runs: int) -> list[float]:
    """Returns the seconds of a library on so many local nodes, once they are warm.

    The first run, which loads the network on each node, is not counted.
    """
    from streamer.cli.ray.pieces import RayMakers

    with (
        nodes_here(count) as address,
        closing(RayMakers(address, OPTIONS, jobs=1)) as makers,
    ):
        found = [
            in_pieces(library(clips, output), makers.makers()) for _ in range(runs + 1)
        ]
    return found[1:]
