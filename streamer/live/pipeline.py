"""The run of a live source: always fresh, never waiting, up while the source is away.

Three threads as for files, with other rules between them: the reader drains the source
and keeps only the newest frame; what is older than the latency budget is dropped
before the network, not behind it; results leave the moment they are there.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from threading import Semaphore, Thread

from sinks.sink import Sink
from sources.frame import Source
from streamer.errors import StreamerError
from streamer.live.audio import join_audio
from streamer.live.counters import LiveCounts, LiveSnapshot
from streamer.live.freeze import HoldingSink
from streamer.live.reader import LatestFrameReader
from streamer.live.snapshot import snapshot_of
from streamer.network.protocol import Network, delay_of
from streamer.network.rotated import RotatingNetwork
from streamer.pipeline.buffers import slot_pool
from streamer.pipeline.channel import Channel, Stopped
from streamer.pipeline.output import OutputStage
from streamer.pipeline.report import Report, RunStats, report_of
from streamer.pipeline.stats import Durations
from streamer.pipeline.submit import InFlight, Launcher
from streamer.settings import DEFAULTS

_LAST_WORDS_SECONDS = 1.5


@dataclass(frozen=True, slots=True)
class SignalLost:
    """Stands in the place of a frame while the source is away."""

    since: datetime


class LivePipeline:
    """One run from a live source through a network into a sink; used once.

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
        max_latency_ms: float = DEFAULTS.live.max_latency,
        on_loss: str = DEFAULTS.live.on_loss,
        on_frame: Callable[[int], None] | None = None,
        now_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        """Plans the run; nothing happens before `run`.

        Args:
            source: Read until it ends, which most never do.
            network: Idle.
            sink: Not yet begun.
            compare: Sends before and after in one picture.
            max_frames: Ends the run after so many frames.
            max_latency_ms: Age at which a frame is dropped instead of derained.
            on_loss: `hold` repeats the last picture, `end` ends the run.
            on_frame: Called on the encode thread with the number of frames sent.
            now_ns: The monotonic clock.

        Raises:
            StreamerError: The network needs frames that have not come yet.
        """
        if delay_of(network):
            raise StreamerError(
                "temporal centred waits for later frames, which a live source must "
                "not do; causal looks at earlier ones only"
            )
        self.counts = LiveCounts(now_ns)
        self._source, self._network, self._bare_sink = source, network, sink
        self._sink = HoldingSink(sink, now_ns)
        self._compare, self._max_frames = compare, max_frames
        self._on_frame, self._now_ns = on_frame, now_ns
        self._flights: Channel[InFlight | SignalLost] = Channel(network.slots + 1)
        self._inlet = LatestFrameReader(
            source,
            self.counts,
            max_latency_ms=max_latency_ms,
            on_loss=on_loss,
            on_missing=lambda since: self._flights.put(SignalLost(since)),
            now_ns=now_ns,
        )
        self._in_flight = Semaphore(network.slots)
        self._free = slot_pool(network.slots + 1)
        self._turning = RotatingNetwork(network)
        self._launcher = Launcher(self._turning, now_ns, planes=not compare)
        self._network_times = Durations()
        self._outlet: OutputStage | None = None
        self._stopped = False
        self._error: BaseException | None = None
        self._begun_ns = self._ended_ns = now_ns()

    @property
    def frames_expected(self) -> int | None:
        """How many frames the run will send; None: it goes on until it is stopped."""
        return self._max_frames

    @property
    def stopped(self) -> bool:
        """Whether the run was told to end early."""
        return self._stopped

    def stop(self) -> None:
        """Ends the run after the frames in flight; from any thread or a signal."""
        self._stopped = True
        self._inlet.stop()

    def run(self) -> None:
        """Runs to the end of the source, a stop or an error.

        Raises:
            Exception: The first error of any thread, as it was raised there.
            KeyboardInterrupt: Came while running; the output is complete.
        """
        stages = (self._inlet.read, self._derain, self._encode)
        threads = [
            Thread(target=self._guard, args=(stage,), name=stage.__name__, daemon=True)
            for stage in stages
        ]
        self._begun_ns = self._now_ns()
        for thread in threads:
            thread.start()
        try:
            self._wait(threads)
        except KeyboardInterrupt:
            self.stop()
            self._wait(threads)
            raise
        finally:
            self._source.close()
        if self._error is not None:
            raise self._error

    def _wait(self, threads: list[Thread]) -> None:
        """Waits for the encoder; the reader may be blocked in a read for seconds."""
        encode = threads[-1]
        while encode.is_alive() and self._error is None:
            encode.join(0.1)
        encode.join(_LAST_WORDS_SECONDS if self._error else None)
        for thread in threads[:-1]:
            thread.join(0.2)

    def _guard(self, stage: Callable[[], None]) -> None:
        try:
            stage()
        except Stopped:
            return
        except BaseException as error:  # noqa: BLE001 - carried to the caller of run
            self._error = self._error or error

    def _derain(self) -> None:
        sent = 0
        try:
            while self._max_frames is None or sent < self._max_frames:
                self._in_flight.acquire()
                slot = self._free.get()
                frame = self._inlet.fresh()
                self._turning.rotation = frame.rotation
                self._flights.put(self._launcher.start(frame, slot))
                sent += 1
            self._flights.end()
        except Stopped:
            self._flights.end()
        except BaseException as error:
            self._flights.fail(error)
            raise
        finally:
            self._inlet.stop()

    def _encode(self) -> None:
        try:
            for item in self._results():
                if isinstance(item, SignalLost):
                    self._sink.hold(item.since)
                else:
                    self._land(item)
            self._sink.finish(whole=False)
        except BaseException:
            self._sink.close()
            raise
        finally:
            self._ended_ns = self._now_ns()
            self._flights.stop()
            self._free.stop()
            self._inlet.stop()
            self._in_flight.release()

    def _results(self) -> Iterator[InFlight | SignalLost]:
        try:
            yield from self._flights
        except Exception as error:  # noqa: BLE001 - raised by run, not here
            self._error = self._error or error

    def _land(self, flight: InFlight) -> None:
        flight.pending.wait()
        self._in_flight.release()
        self._network_times.add(self._now_ns() - flight.started_ns)
        if self._outlet is None:
            join_audio(self._source, self._bare_sink)
            self._outlet = OutputStage(
                self._sink,
                self._source.info,
                compare=self._compare,
                now_ns=self._now_ns,
            )
        self._outlet.take(flight)
        self._free.put(flight.slot)
        self.counts.left(flight.frame.arrived_ns)
        if self._on_frame is not None:
            self._on_frame(self._outlet.frames_out)

    def snapshot(self) -> LiveSnapshot:
        """Returns what goes on; for any thread."""
        return snapshot_of(
            self._source,
            self._bare_sink,
            self.counts,
            held=self._sink.held,
            now_ns=self._now_ns,
        )

    def report(self, source: str, sink: str, *, measure_alone: bool = False) -> Report:
        """Returns what the run did, after it has ended.

        Args:
            source: As the user named it.
            sink: As the user named it.
            measure_alone: Runs the network alone for two seconds for `model_only_fps`.
        """
        now, held = self.snapshot(), self._sink.held
        alone = measure_alone and now.frames_out > 0
        said = f"{held} pictures were repeated while the source was away"
        course = RunStats(
            frames_in=now.frames_in,
            frames_out=now.frames_out,
            seconds=(self._ended_ns - self._begun_ns) / 1e9,
            interrupted=self._stopped,
            problem=self._inlet.problem,
            dropped=now.dropped,
            stages={
                "to_rgb": self._launcher.to_rgb_times,
                "network": self._network_times,
            },
            model_only_fps=self._launcher.alone() if alone else None,
            reconnects=now.reconnects,
            notes=(said,) if held else (),
        )
        return report_of(
            course,
            (source, sink),
            source=self._source,
            network=self._network,
            sink=self._sink,
            outlet=self._outlet,
        )
