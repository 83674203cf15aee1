"""The run of a file: one thread decodes, one feeds the network, one encodes."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from sinks import Sink, SinkError
from sinks.errors import UndeliveredError, UnplayableError
from sinks.live.sink import LiveSink
from sources.channel import Channel
from sources.frame import Frame, Source
from streamer.network.protocol import Network
from streamer.pipeline.buffers import slot_pool
from streamer.pipeline.gpu.decode import planes_will_do
from streamer.pipeline.output import OutputStage
from streamer.pipeline.report import RunStats, health_of
from streamer.pipeline.runner import Runner
from streamer.pipeline.scheduler import Scheduler
from streamer.pipeline.stats import Durations
from streamer.pipeline.submit import InFlight

_WAITING = 2
"""Items that may wait between two threads: enough to smooth, little to hold."""


class Pipeline(Runner[InFlight]):
    """Reads a source to its end, or to `max_frames`, and loses nothing.

    It closes neither source, network nor sink: whoever opened them does.
    """

    def __init__(
        self,
        source: Source,
        network: Network,
        sink: Sink,
        *,
        compare: bool = False,
        max_frames: int | None = None,
        on_frame: Callable[[int], None] | None = None,
        now_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        """Plans the run; nothing happens before `run`.

        Args:
            source: Read to its end, or to `max_frames`.
            network: Idle.
            sink: Not yet begun.
            compare: Stores before and after in one picture.
            max_frames: Ends the run after so many frames.
            on_frame: Called on the encode thread with the number of frames stored.
            now_ns: The monotonic clock.
        """
        super().__init__(source, network, sink, max_frames=max_frames, now_ns=now_ns)
        self._decoded: Channel[Frame] = Channel(_WAITING)
        self._derained: Channel[InFlight] = Channel(_WAITING)
        self._slots = network.slots + _WAITING + 1
        self._free = slot_pool(self._slots)
        planes = planes_will_do(sink)
        self._scheduler = Scheduler(network, self._free, now_ns, planes=planes)
        self.launcher = self._scheduler.launcher
        self.output = OutputStage(
            sink, source, compare=compare, on_frame=on_frame, now_ns=now_ns
        )
        self._decode_times = Durations()
        self._frames_in = 0
        self._whole = False

    def _stages(self) -> Sequence[Callable[[], None]]:
        return self._decode, self._derain

    def _results(self) -> Channel[InFlight]:
        return self._derained

    def _end_input(self) -> None:
        self._decoded.stop()

    def _release(self) -> None:
        for channel in (self._derained, self._free, self._decoded):
            channel.stop()

    def _decode(self) -> None:
        frames = iter(self._source)
        with self._decoded.feeding():
            while self._max_frames is None or self._frames_in < self._max_frames:
                before_ns = self._now_ns()
                try:
                    frame = next(frames)
                except StopIteration:
                    self._whole = True
                    return
                self._decode_times.add(self._now_ns() - before_ns)
                self._frames_in += 1
                if not frame.arrived_ns:
                    frame = replace(frame, arrived_ns=self._now_ns())
                self._decoded.put(frame)

    def _derain(self) -> None:
        try:
            self._derained.feed(self._scheduler.run(self._decoded))
        finally:
            self._decoded.stop()

    def _store(self, item: InFlight) -> None:
        self.output.take(item)
        self._free.put(item.slot)

    def _is_whole(self) -> bool:
        return self._whole and not self._stopped and self._error is None

    def _with_count(self, error: SinkError) -> SinkError:
        frames = self.output.frames_out
        sent = isinstance(error, UndeliveredError) or isinstance(self._sink, LiveSink)
        if sent or not frames:
            return error
        before = "1 frame" if frames == 1 else f"{frames} frames"
        if isinstance(error, UnplayableError):
            return UnplayableError(f"{error}; {before} came before")
        return SinkError(f"{error}; {before} came before, and what is on disk plays")

    def _stats(self) -> RunStats:
        return RunStats(
            frames_in=self._frames_in,
            problem=health_of(self._source).problem if self._whole else "",
            decode=self._decode_times,
        )
