"""Several real cameras in one process."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Thread

import pytest

from streamer.cli.run.live.fleet import RunningFile
from streamer.cli.run.live.reload import Reloader
from streamer.cli.run.page import no_tap
from streamer.live.fleet.hours import ActiveHours
from streamer.live.fleet.settings import FleetSettings, fleet_in
from streamer.live.fleet.supervisor import Fleet
from streamer.live.metrics.counters import LiveSnapshot
from streamer.live.open import opened_live
from streamer.live.pipeline import LivePipeline
from streamer.network.protocol import Network
from streamer.settings import DEFAULTS
from tests.live.conftest import StartPeer
from tests.support.fakes import InBatches, PassThrough
from tests.support.probe import look_at
from tests.support.servers.peers import PATIENCE_SECONDS, eventually

pytestmark = pytest.mark.slow


def opener(
    source: str, sink: Path | str
) -> Callable[[Callable[[], Network]], AbstractContextManager[LivePipeline]]:
    return lambda network: opened_live(source, str(sink), network=network)


def test_one_stream_that_fails_stops_no_other(
    start_peer: StartPeer, tmp_path: Path
) -> None:
    gate, yard = start_peer(), start_peer("--size", "224x128")
    openers = {
        "gate": opener(gate.url(), tmp_path / "gate.mp4"),
        "yard": opener(yard.url(), tmp_path / "yard.mp4"),
        "nowhere": opener(gate.url("/nothing"), "null:"),
        "no folder": opener(gate.url(), "/dev/null/x.mp4"),
    }
    fleet = Fleet(PassThrough(slots=2))
    thread = Thread(target=fleet.run, args=(openers,), daemon=True)
    thread.start()

    def frames(name: str) -> int:
        shots = fleet.snapshots()
        return shots[name].frames_out if name in shots else 0

    eventually(lambda: frames("gate") > 20 and frames("yard") > 20)
    gate.kill()
    before = frames("yard")
    eventually(lambda: frames("yard") > before + 50)
    eventually(partial(lambda: not fleet.snapshots()["gate"].healthy))

    eventually(lambda: fleet.snapshots()["yard"].healthy)
    assert "not found" in fleet.errors["nowhere"]
    assert "is no folder" in fleet.errors["no folder"]
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
    openers = {name: opener(camera.url(), "null:") for name, camera in cameras.items()}
    fleet = Fleet(network)
    thread = Thread(target=fleet.run, args=(openers,), daemon=True)
    thread.start()

    def least() -> int:
        shots = fleet.snapshots().values()
        return min((shot.frames_out for shot in shots), default=0)

    eventually(lambda: least() > 5)
    before = fleet.snapshots()
    frames = {name: shot.frames_out for name, shot in before.items()}
    eventually(lambda: least() > 25 + max(frames.values()))
    after = fleet.snapshots()
    # Of what each camera sent: on a busy machine they do not send alike.
    shares = [
        (after[name].frames_out - before[name].frames_out)
        / (after[name].frames_in - before[name].frames_in)
        for name in cameras
    ]

    fleet.stop()
    thread.join(PATIENCE_SECONDS)
    assert not thread.is_alive()
    assert not fleet.errors
    assert max(shares) < 2 * min(shares)
    ends = fleet.snapshots().values()
    assert {end.state for end in ends} == {"ended"}
    assert all(end.frames_out > 25 for end in ends)


@pytest.mark.parametrize("what", ["added", "removed", "changed"])
def test_a_changed_file_leaves_other_streams_alone(
    start_peer: StartPeer, tmp_path: Path, what: str
) -> None:
    gate, yard = start_peer(), start_peer("--size", "224x128")
    entry = '[[stream]]\nname = "{}"\nsource = "{}"\nsink = "{}"\n'
    gates = entry.format("gate", gate.url(), "null:")
    first = entry.format("yard", yard.url(), tmp_path / "1.mp4")
    second = entry.format("yard", yard.url(), tmp_path / "2.mp4")
    before, after = {
        "added": (gates, gates + second),
        "removed": (gates + first, gates),
        "changed": (gates + first, gates + second),
    }[what]
    path = tmp_path / "cameras.toml"
    path.write_text(before, encoding="utf-8")

    def load() -> FleetSettings:
        return fleet_in(path, DEFAULTS.changed({"gate": "off"}), {})

    fleet = Fleet(PassThrough(slots=2))
    file = RunningFile(fleet, load())
    thread = Thread(target=file.run, args=(no_tap,), daemon=True)
    thread.start()

    def shot(name: str) -> LiveSnapshot | None:
        return fleet.snapshots().get(name)

    def frames(name: str) -> int:
        found = shot(name)
        return found.frames_out if found else 0

    eventually(lambda: frames("gate") > 20)
    if what != "added":
        eventually(lambda: frames("yard") > 10)
    watch = Reloader(path, load, file.apply)
    path.write_text(after, encoding="utf-8")
    watch.look()
    count = frames("gate")
    eventually(lambda: frames("gate") > count + 20)
    if what != "removed":
        eventually(lambda: frames("yard") > 10)
    untouched = shot("gate")
    fleet.stop()
    thread.join(PATIENCE_SECONDS)

    assert not thread.is_alive()
    assert untouched is not None
    assert untouched.reconnects == 0
    assert (
        untouched.frames_in - untouched.frames_out - sum(untouched.dropped.values())
        <= 4
    )  # those under way
    assert (shot("yard") is None) == (what == "removed")
    for name in ("1", "2"):
        if (tmp_path / f"{name}.mp4").exists():
            assert len(look_at(tmp_path / f"{name}.mp4").times) > 10


def test_a_stream_is_parked_outside_its_hours(start_peer: StartPeer) -> None:
    gate = start_peer()
    moment = datetime(2026, 11, 27, 21, 59).astimezone()
    fleet = Fleet(PassThrough(slots=2))
    hours = {"gate": ActiveHours.of("06:00-22:00", lambda: moment)}
    openers = {"gate": opener(gate.url(), "null:")}
    thread = Thread(target=fleet.run, args=(openers, hours), daemon=True)
    thread.start()

    def state() -> str:
        found = fleet.snapshots().get("gate")
        return found.state if found else ""

    eventually(lambda: state() == "streaming")
    moment += timedelta(minutes=1)
    eventually(lambda: state() == "parked")
    moment += timedelta(hours=8)
    eventually(lambda: state() == "streaming")

    fleet.stop()
    thread.join(PATIENCE_SECONDS)
    assert not thread.is_alive()
    assert not fleet.errors
