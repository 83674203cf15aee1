"""The run of a live source: always fresh, never waiting, up while the source is away.

Three threads as for files, with other rules between them: the reader drains the source
and keeps only the newest frame; what is older than the latency budget is dropped
before the network, not behind it; results leave the moment they are there.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sinks.live.sink import LiveSink
from sinks.live.tap import PacketTap
from sinks.sink import Sink
from sources.frame import Source
from streamer.errors import StreamerError
from streamer.live.audio import join_audio
from streamer.live.fit import Fit, size_in
from streamer.live.fitting.fitting import Fitting
from streamer.live.fitting.places import Places
from streamer.live.freeze import HoldingSink
from streamer.live.metrics.counters import (
    OVERLOAD,
    Connects,
    LiveCounts,
    LiveSnapshot,
    snapshot_of,
)
from streamer.live.pace import PaceWatch
from streamer.live.reader import LatestFrameReader
from streamer.live.still import StillWatch
from streamer.network.protocol import Network
from streamer.network.rotated import RotatingNetwork
from streamer.pipeline.buffers import Slot
from streamer.pipeline.channel import Channel
from streamer.pipeline.gpu.decode import planes_will_do
from streamer.pipeline.output import OutputStage
from streamer.pipeline.report import RunStats
from streamer.pipeline.runner import Runner
from streamer.pipeline.submit import InFlight, Launcher
from streamer.settings import DEFAULTS, LiveOptions


@dataclass(frozen=True, slots=True)
class SignalLost:
    """Stands in the place of a frame while the source is away."""

    since: datetime


class LivePipeline(Runner[InFlight | SignalLost]):
    """Shows the newest frame of a source until it ends, which most never do.

    It closes neither network nor sink: whoever opened them does.
    """

    def __init__(
        self,
        source: Source,
        network: Network,
        sink: Sink,
        *,
        compare: bool = False,
        max_frames: int | None = None,
        live: LiveOptions = DEFAULTS.live,
        on_frame: Callable[[int], None] | None = None,
        now_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        """Plans the run; nothing happens before `run`.

        Args:
            source: Read until it ends.
            network: Idle.
            sink: Not yet begun.
            compare: Sends before and after in one picture.
            max_frames: Ends the run after so many frames.
            live: Which frames are too old, and what to do while the source is away.
            on_frame: Called on the encode thread with the number of frames sent.
            now_ns: The monotonic clock.

        Raises:
            StreamerError: The network needs frames that have not come yet.
        """
        if network.delay:
            raise StreamerError(
                "temporal centred waits for later frames, which a live source must "
                "not do; causal looks at earlier ones only"
            )
        size = size_in(live.size) if live.size else None
        self._holding = HoldingSink(
            sink, now_ns, lambda: size or _announced_size(source)
        )
        self._fitting = Fitting(network, wanted=live.fit == "auto", now_ns=now_ns)
        network = self._fitting.network
        super().__init__(
            source,
            network,
            self._holding,
            max_frames=max_frames,
            now_ns=now_ns,
        )
        self._bare_sink = sink
        self.counts = LiveCounts(now_ns)
        name = getattr(source, "name", "live")
        most = self._fitting.most_under_way
        self._flights: Channel[InFlight | SignalLost] = Channel(most + 1)
        self._fit = Fit(
            name,
            size,
            live.rate,
            on_drop=lambda: self.counts.drop("rate"),
        )
        self._still = StillWatch(name, now_ns)
        self._pace = PaceWatch(name, network, now_ns)
        self._reader = LatestFrameReader(
            source,
            self.counts,
            live=live,
            fit=self._fit,
            on_missing=self._lose,
            on_frame=self._fitting.control.came,
            room=self._fitting.room,
            now_ns=now_ns,
        )
        self._places = Places()
        self._most_ns = live.max_latency * 1_000_000
        self._network_ns = 0
        """What the newest frame spent in the network, its wait included."""
        self._spare: list[Slot] = []
        self._turning = RotatingNetwork(network)
        self._launcher = Launcher(self._turning, now_ns, planes=planes_will_do(sink))
        self._output = OutputStage(
            self._holding, source, compare=compare, on_frame=on_frame, now_ns=now_ns
        )

    @property
    def launcher(self) -> Launcher:
        """What starts frames on their way through the network."""
        return self._launcher

    @property
    def output(self) -> OutputStage:
        """What sends results."""
        return self._output

    def tap_video(self, tap: PacketTap) -> None:
        """Lets what is encoded be watched at `tap`, where the sink encodes live."""
        if isinstance(self._bare_sink, LiveSink):
            self._bare_sink.tap = tap

    def run(self) -> None:
        """As `Runner.run`; closes the source, which may be blocked in a read."""
        try:
            super().run()
        finally:
            self._source.close()

    def _stages(self) -> Sequence[Callable[[], None]]:
        return self._reader.read, self._derain

    def _results(self) -> Channel[InFlight | SignalLost]:
        return self._flights

    def _end_input(self) -> None:
        self._reader.stop()

    def _release(self) -> None:
        self._flights.stop()
        self._reader.stop()
        self._fitting.stop()
        self._places.open()

    def _derain(self) -> None:
        try:
            self._flights.feed(self._started())
        finally:
            self._reader.stop()
            self._fitting.flush()

    def _lose(self, since: datetime) -> None:
        """The source is away: what waits for its next pictures must not."""
        self._fitting.flush()
        self._flights.put(SignalLost(since))

    def _started(self) -> Iterator[InFlight]:
        """Yields fresh frames on their way, as many as may be at a time."""
        sent = 0
        while self._max_frames is None or sent < self._max_frames:
            self._fitting.prepare()
            self._wait_for_network()
            frame = self._reader.fresh(newest=not self._fitting.active)
            frame = self._fit.fitted(frame)
            self._still.take(frame)
            self._turning.rotation = frame.rotation
            self._fitting.hurry(self._reader.waiting)
            slot = self._spare.pop() if self._spare else Slot()
            yield self._launcher.start(frame, slot)
            sent += 1

    def _wait_for_network(self) -> None:
        """Waits until one more frame may start.

        A device that alone takes longer than a frame may be old gets one at a time: a
        second one would wait for the first, and come out twice as old. On a CPU each
        has cores of its own.
        """
        late = self._network_ns > self._most_ns and not self._fitting.active
        alone = late and self.network.device != "cpu"
        self._places.take(1 if alone else self._fitting.under_way)

    def _store(self, item: InFlight | SignalLost) -> None:
        if isinstance(item, SignalLost):
            self._holding.hold(item.since)
            return
        item.pending.wait()
        self._places.give()
        item.stamps.derained_ns = self._now_ns()
        self._fitting.rest(item.frame.arrived_ns)
        if not self._output.frames_out:
            join_audio(self._source, self._bare_sink)
        self._output.take(item)
        self._spare.append(item.slot)
        if self._arrives():
            self.counts.left(item.frame.arrived_ns)
            self._look_at_pace()
        else:
            self.counts.drop("output away")
        self._network_ns = item.stamps.derained_ns - item.stamps.started_ns

    def _look_at_pace(self) -> None:
        drops, made = self.counts.drops(), self._fitting.control.others
        came = self.counts.frames_in - drops["rate"]
        self._pace.look(came=came, missed=drops[OVERLOAD] + made)

    def _arrives(self) -> bool:
        """Whether what is sent arrives; a file is asked by its errors alone."""
        sink = self._bare_sink
        return sink.connected if isinstance(sink, Connects) else True

    def snapshot(self) -> LiveSnapshot:
        """Returns what goes on; for any thread."""
        return snapshot_of(
            self._source,
            self._bare_sink,
            self.counts,
            held=self._holding.held,
            still_seconds=self._still.seconds,
            coverage=self._output.coverage,
            fit=self._fitting.status,
            now_ns=self._now_ns,
        )

    def _stats(self) -> RunStats:
        now = self.snapshot()
        said = f"{now.held} pictures were repeated while the source was away"
        return RunStats(
            frames_in=now.frames_in,
            problem=self._reader.problem,
            dropped=now.dropped,
            reconnects=now.reconnects,
            notes=(
                *self._fit.notes,
                *self._fitting.notes,
                *((said,) if now.held else ()),
            ),
        )


def _announced_size(source: Source) -> tuple[int, int] | None:
    """Returns what a source that has connected says, before its first picture."""
    info = source.info
    return (info.width, info.height) if info.width and info.height else None
