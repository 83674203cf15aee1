"""Real cameras on a Ray cluster of two nodes: one dies, its streams move."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
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
PASSWORD = "rainy-day-19"  # noqa: S105 - of a camera that is a test's own


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    """Lets go of Ray's leavings while their warnings are not heard."""
    yield
    gc.collect()


@contextmanager
def kept(cluster: Any, settings: FleetSettings) -> Iterator[Any]:
    """A fleet that runs on a cluster; gives it and its file."""
    with spread_on(cluster.address, settings.streams) as (spread, file):
        thread = Thread(target=spread.run, daemon=True)
        thread.start()
        yield spread, file
        spread.stop()
        thread.join(PATIENCE_SECONDS)
        assert not thread.is_alive()


def test_streams_of_a_node_that_dies_move_and_others_go_on(
    start_peer: StartPeer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAIN_TEST_PASSWORD", PASSWORD)
    # On a busy machine one node may be ready long before the other.
    monkeypatch.setattr(spread_of_streams, "_TOGETHER_NS", 10**12)
    guarded = ("--auth", "digest", "--user", "viewer", "--password", PASSWORD)
    cameras = {name: start_peer(*guarded) for name in ("gate", "yard", "roof")}
    entry = '[[stream]]\nname = "{}"\nsource = "{}"\nsink = "null:"\n'
    head = f'model = "{written_onnx(tmp_path / "dim.onnx")}"\ndevice = "cpu"\n'
    tables = {
        name: entry.format(name, camera.url(login="viewer:${RAIN_TEST_PASSWORD}"))
        for name, camera in cameras.items()
    }
    path = tmp_path / "cameras.toml"

    def load(*names: str) -> FleetSettings:
        path.write_text(head + "".join(tables[name] for name in names))
        settings = fleet_in(path, DEFAULTS.changed({"gate": "off"}), {})
        check_for_ray(settings.streams)
        return settings

    def frames(spread: SpreadFleet, name: str) -> int:
        return spread.snapshots()[name].frames_out

    def runs_on(spread: SpreadFleet, name: str, more: int = 20) -> None:
        before = frames(spread, name)
        eventually(lambda: frames(spread, name) > before + more, what=name)

    with nodes_here(2) as cluster, kept(cluster, load("gate", "yard")) as fleet:
        spread: SpreadFleet = fleet[0]
        file: RunningFile = fleet[1]
        eventually(lambda: len(set(spread.places.values()) - {""}) == 2)
        runs_on(spread, "gate")
        runs_on(spread, "yard")
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
        done = file.apply(load("gate", "yard", "roof"))
        runs_on(spread, "roof")

        assert done["added"] == ["roof"]
        assert spread.places[other] == before[other]
        assert spread.snapshots()[other].reconnects == 0
        assert not spread.errors
