"""A whole run of a live source: a real camera, a network and a sink."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from threading import Thread

import av
import pytest

from sinks import open_sink
from sinks.sink import Sink
from sources.frame import RgbArray
from sources.live.disconnect import DisconnectedError
from sources.live.opener import open_live
from sources.live.reconnect import State
from streamer.cli.run.live.line import line_for
from streamer.live.pipeline import LivePipeline
from streamer.live.still import FROZEN_SECONDS
from streamer.settings import LiveOptions
from tests.live.conftest import StartPeer
from tests.support.fakes import PassThrough
from tests.support.probe import look_at
from tests.support.servers.peers import PATIENCE_SECONDS, eventually, free_port

pytestmark = pytest.mark.slow


class Run:
    """A live run on a thread of its own."""

    def __init__(
        self,
        url: str,
        sink: Sink,
        *,
        seconds: float = 0,
        network: PassThrough | None = None,
        **options: object,
    ) -> None:
        self.source = open_live(url)
        self.error: BaseException | None = None
        self.pipeline = LivePipeline(
            self.source,
            network or PassThrough(seconds=seconds),
            sink,
            **options,  # type: ignore[arg-type] # a test names them
        )
        self.thread = Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        try:
            self.pipeline.run()
        except BaseException as error:  # noqa: BLE001 - looked at by the test
            self.error = error

    @property
    def frames_out(self) -> int:
        return self.pipeline.counts.frames_out

    def wait_for(self, frames: int) -> None:
        target = self.frames_out + frames
        eventually(lambda: self.frames_out >= target, what=f"{frames} frames")

    def stop(self) -> None:
        self.pipeline.stop()
        self.thread.join(PATIENCE_SECONDS)
        assert not self.thread.is_alive()


@contextmanager
def running(url: str, sink: str | Path, **options: object) -> Iterator[Run]:
    output = open_sink(str(sink))
    run = Run(url, output, **options)  # type: ignore[arg-type] # a test names them
    try:
        yield run
    finally:
        run.stop()
        output.close()


def test_a_camera_becomes_a_file_that_plays(
    start_peer: StartPeer, tmp_path: Path
) -> None:
    sink = tmp_path / "out.mp4"

    with running(start_peer().url(), sink) as run:
        run.wait_for(40)

    seen = look_at(sink)
    assert len(seen.times) == run.frames_out >= 40
    assert all(a < b for a, b in pairwise(seen.times))
    report = run.pipeline.report("camera", str(sink))
    assert report.interrupted
    assert report.problem == ""
    assert report.latency_ms.p50_ms > 0


def test_a_slow_network_drops_frames_instead_of_falling_behind(
    start_peer: StartPeer,
) -> None:
    with running(start_peer().url(), "null:", seconds=0.15) as run:
        run.wait_for(20)

    report = run.pipeline.report("camera", "null:")
    assert report.dropped["overload"] > 10


class Counting(PassThrough):
    """Counts the pictures that are under way together."""

    def __init__(self, device: str) -> None:
        super().__init__(seconds=0.15)
        self.device = device
        self.together: list[int] = []
        self._now = 0
        self._guard = threading.Lock()

    def _fill(self, picture: RgbArray, out: RgbArray) -> None:
        with self._guard:
            self._now += 1
            self.together.append(self._now)
        super()._fill(picture, out)
        with self._guard:
            self._now -= 1


@pytest.mark.parametrize(("device", "most"), [("cpu", 2), ("cuda:0", 1)])
def test_pictures_wait_for_one_another_on_a_slow_card_but_not_on_cores(
    start_peer: StartPeer, device: str, most: int
) -> None:
    network, live = Counting(device), LiveOptions(max_latency=100)

    with running(start_peer().url(), "null:", network=network, live=live) as run:
        run.wait_for(10)

    assert max(network.together[4:]) == most  # the first ones told how slow it is


def test_a_network_too_slow_for_the_camera_still_gets_every_picture_out(
    start_peer: StartPeer, tmp_path: Path
) -> None:
    # So few pictures that a busy machine can make them all; the network still cannot.
    sink, peer = tmp_path / "out.mp4", start_peer("--rate", "8")

    with running(peer.url(), sink, seconds=0.6, live=LiveOptions(fit="auto")) as run:
        eventually(lambda: 0 < run.pipeline.snapshot().fit.share < 0.5)
        before = run.pipeline.snapshot()
        run.wait_for(30)
        after = run.pipeline.snapshot()
        peer.kill()
        eventually(lambda: run.pipeline.snapshot().held >= 2)

    came = after.frames_in - before.frames_in
    assert after.frames_out - before.frames_out >= 0.7 * came
    assert after.fit.text.startswith("network on ")
    seen = look_at(sink)
    assert len(seen.times) == run.frames_out + run.pipeline.snapshot().held
    assert all(a < b for a, b in pairwise(seen.times))
    (note,) = (
        note
        for note in run.pipeline.report("camera", str(sink)).notes
        if "too slow" in note
    )
    assert "all others were made from their neighbours" in note


def test_the_file_goes_on_while_the_camera_is_away(
    start_peer: StartPeer, tmp_path: Path
) -> None:
    sink = tmp_path / "out.mp4"
    peer = start_peer()

    with running(peer.url(), sink) as run:
        run.wait_for(20)
        peer.kill()
        eventually(lambda: run.pipeline.snapshot().held >= 5)
        peer.start("--size", "224x128")
        run.wait_for(20)

    seen = look_at(sink)
    report = run.pipeline.report("camera", str(sink))
    assert report.reconnects == 1
    assert len(seen.times) == run.frames_out + run.pipeline.snapshot().held
    assert all(a < b for a, b in pairwise(seen.times))
    assert seen.sizes == {(160, 96)}
    assert any("224x128" in note for note in report.notes)


def test_a_camera_that_changes_its_size_gets_bars_and_is_told_at_once(
    start_peer: StartPeer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sink = tmp_path / "out.mp4"
    peer = start_peer()

    with running(peer.url(), sink) as run:
        run.wait_for(20)
        peer.kill()
        peer.start("--still", "--size", "96x160")
        run.wait_for(20)
        eventually(lambda: "the picture size is 96x160 now" in caplog.text)

    with av.open(str(sink)) as stored:
        *_, last = stored.decode(video=0)
    luma = last.to_ndarray(format="gray")
    assert (last.width, last.height) == (160, 96)
    assert luma[:, 80].min() > 200  # white, as the camera is
    assert luma[:, :40].max() < 40


def test_a_camera_whose_picture_never_changes_is_told_and_healthy(
    start_peer: StartPeer,
) -> None:
    still, moving = start_peer("--still"), start_peer()

    with running(still.url(), "null:") as one, running(moving.url(), "null:") as other:
        eventually(lambda: one.pipeline.snapshot().still_seconds > 3)
        eventually(lambda: other.pipeline.snapshot().frames_out > 50)
        shot, moved = one.pipeline.snapshot(), other.pipeline.snapshot()

    assert moved.still_seconds < shot.still_seconds
    # A busy machine drops frames of its own, which is not what this is about.
    calm = replace(shot, overloaded=False, fresh_ago_seconds=0.0)
    frozen = replace(calm, still_seconds=FROZEN_SECONDS + 1)
    assert (frozen.warning, frozen.healthy) == ("frozen picture", True)
    assert "frozen picture" in line_for(frozen, shot)


def test_on_loss_end_ends_the_run_and_says_why(
    start_peer: StartPeer, tmp_path: Path
) -> None:
    peer = start_peer()

    with running(
        peer.url(), tmp_path / "out.mp4", live=LiveOptions(on_loss="end")
    ) as run:
        run.wait_for(10)
        peer.kill()
        run.thread.join(PATIENCE_SECONDS)
        assert not run.thread.is_alive()

    report = run.pipeline.report("camera", "file")
    assert report.problem.startswith("the source went away (")
    assert len(look_at(tmp_path / "out.mp4").times) >= 10


def test_a_wrong_path_ends_the_run_and_leaves_no_file(
    start_peer: StartPeer, tmp_path: Path
) -> None:
    sink = tmp_path / "out.mp4"

    with running(start_peer().url("/nothing"), sink) as run:
        run.thread.join(PATIENCE_SECONDS)

    assert isinstance(run.error, DisconnectedError)
    assert not sink.exists()


@pytest.mark.parametrize("state", ["waiting", "streaming", "stalled"])
def test_a_run_can_be_stopped_in_every_state(
    start_peer: StartPeer, tmp_path: Path, state: str
) -> None:
    peer = start_peer()
    url = peer.url() if state != "waiting" else f"rtsp://127.0.0.1:{free_port()}/x"
    before = threading.active_count()

    with running(url, tmp_path / "out.mp4") as run:
        if state == "waiting":
            eventually(lambda: run.source.link.status.cause is not None)
        else:
            run.wait_for(5)
        if state == "stalled":
            peer.freeze()
            status = run.source.link
            eventually(lambda: status.status.state is State.STALLED)

    peer.thaw()
    assert run.error is None
    eventually(lambda: threading.active_count() <= before)


def test_max_frames_ends_the_run(start_peer: StartPeer) -> None:
    with running(start_peer().url(), "null:", max_frames=15) as run:
        run.thread.join(PATIENCE_SECONDS)
        assert not run.thread.is_alive()
        report = run.pipeline.report("camera", "null:")

    assert report.frames_out == 15
    assert not report.interrupted
