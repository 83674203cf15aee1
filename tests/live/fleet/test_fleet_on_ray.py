"""Real cameras on a Ray cluster of two nodes: one dies, its streams move."""

import gc
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from streamer.cli.ray.fleet import RunningFile, check_for_ray, spread_on
from streamer.live.fleet import spread as spread_of_streams
from streamer.live.fleet.settings import FleetSettings, fleet_in
from streamer.live.fleet.spread import SpreadFleet
from streamer.settings import DEFAULTS
from tests.live.conftest import StartPeer
from tests.support.networks.onnx_network import written_onnx
from tests.support.patience import PATIENCE_SECONDS, eventually
from tests.support.runs.ray_cluster import nodes_here

pytestmark = [
    pytest.mark.slow,
    # Ray leaves the processes that it has started and ended to the garbage.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
_ACTOR = b"ray::StationActor"
PASSWORD = "rainy-day-19"  # noqa: S105 - of a camera that is a test's own


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    """Lets go of Ray's leavings while their warnings are not heard."""
    yield
    gc.collect()


@contextmanager
def kept(
    cluster: Any, settings: FleetSettings
) -> Iterator[tuple[SpreadFleet, RunningFile]]:
    """A fleet that runs on a cluster; gives it and its file."""
    with spread_on(cluster.address, settings.streams) as (spread, file):
        thread = Thread(target=spread.run, daemon=True)
        thread.start()
        yield spread, file
        spread.stop()
        thread.join(PATIENCE_SECONDS)
        assert not thread.is_alive()


class Cameras:
    """Three cameras with a password, and the file that names some of them."""

    def __init__(self, start_peer: StartPeer, folder: Path) -> None:
        guarded = ("--auth", "digest", "--user", "viewer", "--password", PASSWORD)
        entry = '[[stream]]\nname = "{}"\nsource = "{}"\nsink = "null:"\n'
        self._file = folder / "cameras.toml"
        self._head = f'model = "{written_onnx(folder / "dim.onnx")}"\ndevice = "cpu"\n'
        self._tables = {
            name: entry.format(
                name, start_peer(*guarded).url(login="viewer:${RAIN_TEST_PASSWORD}")
            )
            for name in ("gate", "yard", "roof")
        }

    def load(self, *names: str) -> FleetSettings:
        """Writes the file with these cameras, and reads it."""
        tables = "".join(self._tables[name] for name in names)
        self._file.write_text(self._head + tables)
        settings = fleet_in(self._file, DEFAULTS.changed({"gate": "off"}), {})
        check_for_ray(settings.streams)
        return settings


@pytest.fixture
def cameras(
    start_peer: StartPeer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Cameras:
    monkeypatch.setenv("RAIN_TEST_PASSWORD", PASSWORD)
    # On a busy machine one node may be ready long before the other.
    monkeypatch.setattr(spread_of_streams, "_TOGETHER_NS", 10**12)
    return Cameras(start_peer, tmp_path)


def frames(spread: SpreadFleet, name: str) -> int:
    return spread.snapshots()[name].frames_out


def runs_on(spread: SpreadFleet, name: str, more: int = 20) -> None:
    before = frames(spread, name)
    eventually(lambda: frames(spread, name) > before + more, what=name)


def each_has_its_own_place(spread: SpreadFleet) -> None:
    eventually(lambda: len(set(spread.places.values()) - {""}) == 2)
    for name in spread.places:
        runs_on(spread, name)


def actors(cluster: Any) -> dict[str, int]:
    """The process of each place, by the beginning of its node's name."""
    nodes = {
        node.all_processes["raylet"][0].process.pid: node.node_id[:6]
        for node in cluster.list_all_nodes()
    }
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            is_ours = entry.joinpath("cmdline").read_bytes().startswith(_ACTOR)
            parent = entry.joinpath("stat").read_text().rpartition(")")[2].split()[1]
            if is_ours and int(parent) in nodes:
                found[nodes[int(parent)]] = int(entry.name)
    return found


def test_a_place_that_freezes_loses_its_stream_and_all_that_are_killed_come_back(
    cameras: Cameras,
) -> None:
    settings = cameras.load("gate", "yard")

    with nodes_here(2) as cluster, kept(cluster, settings) as (spread, _file):
        each_has_its_own_place(spread)
        frozen, other = "gate", "yard"
        before = spread.places
        begun = actors(cluster)
        stopped = next(pid for node, pid in begun.items() if node in before[frozen])

        os.kill(stopped, signal.SIGSTOP)
        eventually(lambda: spread.places[frozen] == before[other], what="it moved")
        runs_on(spread, frozen)
        runs_on(spread, other)
        untouched = spread.snapshots()[other].reconnects
        old = {*begun.values(), *actors(cluster).values()}
        for pid in old:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        eventually(lambda: bool({*actors(cluster).values()} - old), what="a new place")
        eventually(lambda: "" not in spread.places.values(), what="places")
        runs_on(spread, frozen)
        runs_on(spread, other)

        assert untouched == 0
        assert not spread.errors


def test_streams_of_a_node_that_dies_move_and_others_go_on(cameras: Cameras) -> None:
    settings = cameras.load("gate", "yard")

    with nodes_here(2) as cluster, kept(cluster, settings) as (spread, file):
        each_has_its_own_place(spread)
        second = cluster.others[0].node_id[:6]
        lost, other = sorted(
            spread.places, key=lambda name: second not in spread.places[name]
        )
        before = spread.places
        assert second in before[lost]

        cluster.remove_node(cluster.others[0], allow_graceful=False)
        eventually(lambda: spread.places[lost] == before[other], what="it moved")
        eventually(lambda: spread.snapshots()[lost].healthy, what="it is healthy")
        runs_on(spread, lost)
        runs_on(spread, other)
        done = file.apply(cameras.load("gate", "yard", "roof"))
        runs_on(spread, "roof")

        assert done["added"] == ["roof"]
        assert spread.places[other] == before[other]
        assert spread.snapshots()[other].reconnects == 0
        assert not spread.errors
