"""Several streams on one port of `serve://`, with real cameras and viewers."""

from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from itertools import islice
from pathlib import Path
from threading import Event, Thread

import av
import pytest

from sinks.errors import SinkError
from sinks.live.opener import open_live_sink
from sinks.live.serving.ports import ServedPorts
from sources.live.disconnect import DisconnectedError
from sources.live.opener import open_live
from streamer.cli.run.live.fleet import RunningFile
from streamer.cli.run.live.reload import Reloader
from streamer.cli.run.page import no_tap
from streamer.live.fleet.settings import FleetSettings, fleet_in
from streamer.live.fleet.supervisor import Fleet
from streamer.settings import DEFAULTS
from tests.live.conftest import StartPeer
from tests.support.fakes import PassThrough
from tests.support.servers.feeder import Feeder, children
from tests.support.servers.peers import PATIENCE_SECONDS, eventually, free_port
from tests.support.viewing.viewers import first_pictures_or_none

pytestmark = pytest.mark.slow

Entries = Callable[..., None]


class Viewer:
    """Watches until it is sent away, over one connection."""

    def __init__(self, url: str) -> None:
        self.sizes: set[tuple[int, int]] = set()
        self.pictures = 0
        self._leaving = Event()
        self._thread = Thread(target=self._watch, args=(url,), daemon=True)
        self._thread.start()

    @property
    def watches(self) -> bool:
        return self._thread.is_alive()

    def _watch(self, url: str) -> None:
        options = {"rtsp_transport": "tcp"}
        try:
            with av.open(url, options=options, timeout=(60, 60)) as stream:
                for picture in stream.decode(video=0):
                    self.sizes.add((picture.width, picture.height))
                    self.pictures += 1
                    if self._leaving.is_set():
                        return
        except av.FFmpegError:
            return

    def leave(self) -> None:
        self._leaving.set()
        self._thread.join(PATIENCE_SECONDS)


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def entries(
    start_peer: StartPeer, tmp_path: Path, port: int
) -> Iterator[tuple[Entries, Fleet]]:
    """Cameras of two sizes and rates on one port; a call changes the file."""
    cameras = {
        "gate": start_peer(),
        "yard": start_peer("--size", "224x128", "--rate", "10"),
    }
    path = tmp_path / "cameras.toml"

    def write(**lines: str) -> None:
        path.write_text(
            "\n".join(
                f'[[stream]]\nname = "{name}"\nsource = "{cameras[name].url()}"\n'
                f'sink = "serve://127.0.0.1:{port}/{name}"\n{line}'
                for name, line in lines.items()
            )
        )

    def load() -> FleetSettings:
        return fleet_in(path, DEFAULTS.changed({"gate": "off"}), {})

    write(gate="", yard="")
    fleet = Fleet(PassThrough(slots=2))
    file = RunningFile(fleet, load())
    thread = Thread(target=file.run, args=(no_tap,), daemon=True)
    thread.start()
    watch = Reloader(path, load, file.apply)

    def change(**lines: str) -> None:
        write(**lines)
        watch.look()

    yield change, fleet
    fleet.stop()
    thread.join(PATIENCE_SECONDS)
    assert not thread.is_alive()


def test_streams_of_one_port_come_and_go_without_touching_one_another(
    entries: tuple[Entries, Fleet], port: int
) -> None:
    change, fleet = entries
    gate, yard = f"rtsp://127.0.0.1:{port}/gate", f"rtsp://127.0.0.1:{port}/yard"
    eventually(lambda: first_pictures_or_none(gate) and first_pictures_or_none(yard))
    at_gate, at_yard = Viewer(gate), Viewer(yard)
    eventually(lambda: at_gate.pictures > 20 and at_yard.pictures > 10)
    shots = fleet.snapshots()
    assert [len(children("worker/rtsp_server")), fleet.errors] == [1, {}]
    assert [shots[name].outputs[0].viewers for name in ("gate", "yard")] == [1, 1]

    change(gate="", yard="quality = 30")  # it restarts
    eventually(lambda: not at_yard.watches)
    eventually(lambda: first_pictures_or_none(yard))
    change(gate="")
    eventually(lambda: not first_pictures_or_none(yard))
    seen = at_gate.pictures
    eventually(lambda: at_gate.pictures > seen + 25)

    assert at_gate.watches
    assert at_gate.sizes == {(160, 96)}
    assert at_yard.sizes == {(224, 128)}
    at_gate.leave()
    assert fleet.snapshots()["gate"].outputs[0].replaced == 0
    assert not fleet.errors


def test_each_login_of_a_port_sees_its_own_streams(
    gstreamer: None, feed: type[Feeder], port: int
) -> None:
    ports, at = ServedPorts(), f"127.0.0.1:{port}"
    for login, path in (("ann:right", "gate"), ("bob:other", "yard")):
        sink = open_live_sink(f"serve://{login}@{at}/{path}", ports=ports)
        eventually(partial(getattr, feed(sink).sink, "connected"))

    def sees(login: str, path: str) -> bool:
        with closing(open_live(f"rtsp://{login}@{at}/{path}")) as stream:
            try:
                return len(list(islice(stream, 3))) == 3
            except DisconnectedError:
                return False

    assert sees("ann:right", "gate")
    assert sees("bob:other", "yard")
    assert not sees("ann:right", "yard")
    assert not sees("bob:right", "gate")


def test_a_path_that_another_stream_has_is_refused_at_the_start(
    gstreamer: None, port: int
) -> None:
    ports = ServedPorts()
    first = open_live_sink(f"serve://127.0.0.1:{port}/gate", ports=ports)
    with pytest.raises(SinkError, match=f"both are to be /gate on port {port}"):
        open_live_sink(f"serve://127.0.0.1:{port}/gate", ports=ports)

    first.close()

    open_live_sink(f"serve://127.0.0.1:{port}/gate", ports=ports).close()
