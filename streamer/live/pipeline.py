"""The run of a live source: always fresh, never waiting, up while the source is away.

Three threads as for files, with other rules between them: the reader drains the source
and keeps only the newest frame; what is older than the latency budget is dropped
before the network, not behind it; results leave the moment they are there.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sinks.live.sink import LiveSink
from sinks.live.tap import PacketTap
from sinks.sink import Sink
from sources.channel import Channel
from sources.frame import Source
from streamer.errors import StreamerError
from streamer.live.audio import join_audio
from streamer.live.fitting.fitting import Fitting
from streamer.live.freeze import HoldingSink
from streamer.live.letterbox import Letterbox, size_in
from streamer.live.metrics.counters import (
    OVERLOAD,
    Connects,
    LiveCounts,
    LiveSnapshot,
    snapshot_of,
)
from streamer.live.pace import PaceWatch
from streamer.live.reader import LatestFrameReader
from streamer.live.scheduler import LiveScheduler
from streamer.live.still import StillWatch
from streamer.network.protocol import Network
from streamer.pipeline.gpu.decode import planes_will_do
from streamer.pipeline.output import OutputStage
from streamer.pipeline.report import RunStats
from streamer.pipeline.runner import Runner
from streamer.pipeline.submit import InFlight
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
        _refuse_delay(network)
        size = size_in(live.size) if live.size else None
        name, planes = getattr(source, "name", "live"), planes_will_do(sink)
        self._fitting = Fitting(network, wanted=live.fit == "auto", now_ns=now_ns)
        self._holding = HoldingSink(
            sink, now_ns, lambda: size or _announced_size(source)
        )
        self._bare_sink, network, sink = sink, self._fitting.network, self._holding
        super().__init__(source, network, sink, max_frames=max_frames, now_ns=now_ns)
        self.counts = LiveCounts(now_ns)
        most = self._fitting.most_under_way
        self._flights: Channel[InFlight | SignalLost] = Channel(most + 1)
        self._letterbox = Letterbox(name, size)
        self._still = StillWatch(name, now_ns)
        self._pace, self._rate = PaceWatch(name, network, now_ns), live.rate
        self._reader = LatestFrameReader(
            source,
            self.counts,
            live=live,
            on_missing=self._lose,
            on_frame=self._came,
            room=self._fitting.room,
            now_ns=now_ns,
        )
        self._scheduler = LiveScheduler(
            self._reader,
            self._fitting,
            letterbox=self._letterbox,
            still=self._still,
            most_ms=live.max_latency,
            planes=planes,
            now_ns=now_ns,
        )
        self.launcher = self._scheduler.launcher
        self.output = OutputStage(
            sink, source, compare=compare, on_frame=on_frame, now_ns=now_ns
        )

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
        self._scheduler.stop()

    def _derain(self) -> None:
        try:
            with self._flights.feeding():
                sent = 0
                while self._max_frames is None or sent < self._max_frames:
                    self._flights.put(self._scheduler.start_next())
                    sent += 1
        finally:
            self._reader.stop()
            self._fitting.flush()

    def _came(self) -> None:
        """A picture came that should leave; on the reader's thread."""
        self._pace.expect(self._source.info.frame_rate, self._rate)
        self._fitting.control.came()

    def _lose(self, since: datetime) -> None:
        """The source is away: what waits for its next pictures must not."""
        self._fitting.flush()
        self._flights.put(SignalLost(since))

    def _store(self, item: InFlight | SignalLost) -> None:
        if isinstance(item, SignalLost):
            self._holding.hold(item.since)
            return
        item.pending.wait()
        self._scheduler.landed()
        item.stamps.derained_ns = self._now_ns()
        self._fitting.rest(item.frame.arrived_ns)
        if not self.output.frames_out:
            join_audio(self._source, self._bare_sink)
        self.output.take(item)
        took_ns = item.stamps.derained_ns - item.stamps.started_ns
        self._scheduler.give_back(item.slot, network_ns=took_ns)
        if self._arrives():
            self.counts.left(item.frame.arrived_ns)
            self._look_at_pace()
        else:
            self.counts.drop("output away")

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
            coverage=self.output.coverage,
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
                *self._letterbox.notes,
                *self._fitting.notes,
                *((said,) if now.held else ()),
            ),
        )


def _refuse_delay(network: Network) -> None:
    if network.delay:
        raise StreamerError(
            "temporal centred waits for later frames, which a live source must "
            "not do; causal looks at earlier ones only"
        )


def _announced_size(source: Source) -> tuple[int, int] | None:
    """Returns what a source that has connected says, before its first picture."""
    info = source.info
    return (info.width, info.height) if info.width and info.height else None
