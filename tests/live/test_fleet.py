"""Several real cameras in one process."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from threading import Thread

import pytest

from streamer.live.open import opened_live
from streamer.live.pipeline import LivePipeline
from streamer.live.supervisor import Fleet
from streamer.network.protocol import Network
from tests.live.conftest import StartPeer
from tests.support.fakes import InBatches, PassThrough
from tests.support.peers import PATIENCE_SECONDS, eventually
from tests.support.probe import look_at

pytestmark = pytest.mark.slow


def opener(
    source: str, sink: Path | str
) -> Callable[[Callable[[], Network]], AbstractContextManager[LivePipeline]]:
    return lambda network: opened_live(source, str(sink), network=network)


def test_one_stream_that_fails_stops_no_other(
    start_peer: StartPeer, tmp_path: Path
) -> None:
    gate, yard = start_peer(), start_peer("--size", "224x128")
    fleet = Fleet(
        {
            "gate": opener(gate.url(), tmp_path / "gate.mp4"),
            "yard": opener(yard.url(), tmp_path / "yard.mp4"),
            "nowhere": opener(gate.url("/nothing"), "null:"),
            "no folder": opener(gate.url(), tmp_path / "none" / "x.mp4"),
        },
        PassThrough(slots=2),
    )
    thread = Thread(target=fleet.run, daemon=True)
    thread.start()

    def frames(name: str) -> int:
        return fleet.snapshots()[name].frames_out

    eventually(lambda: frames("gate") > 20 and frames("yard") > 20)
    gate.kill()
    before = frames("yard")
    eventually(lambda: frames("yard") > before + 50)
    eventually(partial(lambda: not fleet.snapshots()["gate"].healthy))

    assert fleet.snapshots()["yard"].healthy
    assert "not found" in fleet.faults["nowhere"]
    assert "no such folder" in fleet.faults["no folder"]
    assert not fleet.snapshots()["nowhere"].healthy
    fleet.stop()
    thread.join(PATIENCE_SECONDS)
    assert not thread.is_alive()
    assert look_at(tmp_path / "yard.mp4").sizes == {(224, 128)}
    assert len(look_at(tmp_path / "gate.mp4").times) > 20


def test_cameras_of_one_size_share_batches_while_another_goes_alone(
    start_peer: StartPeer,
) -> None:
    gate, yard, roof = start_peer(), start_peer(), start_peer("--size", "224x128")
    network = InBatches(seconds=0.05)
    cameras = {"gate": gate, "yard": yard, "roof": roof}
    fleet = Fleet({n: opener(c.url(), "null:") for n, c in cameras.items()}, network)
    thread = Thread(target=fleet.run, daemon=True)
    thread.start()

    def least() -> int:
        return min(state.frames_out for state in fleet.snapshots().values())

    eventually(lambda: least() > 25 and len(network.groups) > 20)

    fleet.stop()
    thread.join(PATIENCE_SECONDS)
    assert not thread.is_alive()
    assert not fleet.faults
    frames = [state.frames_out for state in fleet.snapshots().values()]
    assert max(frames) < 2 * min(frames)
