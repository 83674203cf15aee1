"""Three threads: one decodes, one feeds the network, one encodes.

An error in any of them ends the run with that error as the message; what was stored by
then is completed and plays.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from threading import Thread

from sinks import Sink, SinkError
from sinks.files.images import PictureFiles
from sources.frame import Frame, Source
from streamer.network.protocol import Network
from streamer.pipeline.buffers import slot_pool
from streamer.pipeline.channel import Channel, Stopped
from streamer.pipeline.output import OutputStage
from streamer.pipeline.report import Report, RunStats, health_of, report_of
from streamer.pipeline.scheduler import Scheduler
from streamer.pipeline.stats import Durations
from streamer.pipeline.submit import InFlight

_WAITING = 2
"""Items that may wait between two threads: enough to smooth, little to hold."""
_LAST_WORDS_SECONDS = 1.5
"""How long after an error the other threads may take to complete the output."""


def planes_will_do(sink: Sink, *, compare: bool) -> bool:
    """Returns whether nobody needs the pixels of what comes out of the network."""
    return not compare and not isinstance(sink, PictureFiles)


class Pipeline:
    """One run from a source through a network into a sink; used once.

    It closes none of the three: whoever opened them does.
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
        self._source, self._network, self._sink = source, network, sink
        self._max_frames, self._on_frame, self._now_ns = max_frames, on_frame, now_ns
        live = source.info.live
        self._decoded: Channel[Frame] = Channel(_WAITING, drop_oldest=live)
        self._derained: Channel[InFlight] = Channel(_WAITING)
        self._slots = network.slots + _WAITING + 1
        self._free = slot_pool(self._slots)
        planes = planes_will_do(sink, compare=compare)
        self._scheduler = Scheduler(network, self._free, now_ns, planes=planes)
        self._outlet = OutputStage(sink, source.info, compare=compare, now_ns=now_ns)
        self._decode_times = Durations()
        self._frames_in = 0
        self._whole = False
        self._stopped = False
        self._error: BaseException | None = None
        self._begun_ns = self._ended_ns = 0

    @property
    def frames_expected(self) -> int | None:
        """How many frames the run will store, for progress; None if nobody knows."""
        announced = self._source.info.frames
        counts = [n for n in (announced, self._max_frames) if n is not None]
        return min(counts, default=None)

    @property
    def stopped(self) -> bool:
        """Whether the run was told to end early."""
        return self._stopped

    def stop(self) -> None:
        """Ends the run after the frames in flight; from any thread or a signal."""
        self._stopped = True
        self._decoded.stop()

    def run(self) -> None:
        """Runs to the end of the source, a stop or an error.

        Raises:
            Exception: The first error of any thread, as it was raised there.
            KeyboardInterrupt: Came while running; the output is complete.
        """
        threads = [
            Thread(target=self._guard, args=(stage,), name=stage.__name__, daemon=True)
            for stage in (self._decode, self._derain, self._encode)
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
        if self._error is not None:
            raise self._error

    def _wait(self, threads: list[Thread]) -> None:
        """Waits for the encoder, which ends last; for others only so long.

        A source may be blocked in a read that nothing interrupts.
        """
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

    def _decode(self) -> None:
        try:
            for frame in self._timed_frames():
                self._decoded.put(frame)
            self._decoded.end()
        except Stopped:
            return
        except BaseException as error:
            self._decoded.fail(error)
            raise

    def _timed_frames(self) -> Iterator[Frame]:
        frames = iter(self._source)
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
            yield frame

    def _derain(self) -> None:
        try:
            for flight in self._scheduler.run(self._decoded):
                self._derained.put(flight)
            self._derained.end()
        except Stopped:
            return
        except BaseException as error:
            self._derained.fail(error)
            raise
        finally:
            self._decoded.stop()

    def _encode(self) -> None:
        """Stores results; the last of the three threads to end.

        The output is completed whatever ends the stream, except the sink itself.
        """
        try:
            for flight in self._results():
                self._outlet.take(flight)
                self._free.put(flight.slot)
                if self._on_frame is not None:
                    self._on_frame(self._outlet.frames_out)
            whole = self._whole and not self._stopped and self._error is None
            self._sink.finish(whole=whole)
        except SinkError as error:
            self._sink.close()
            raise self._with_count(error) from None
        except BaseException:
            self._sink.close()
            raise
        finally:
            self._ended_ns = self._now_ns()
            for channel in (self._derained, self._free, self._decoded):
                channel.stop()

    def _with_count(self, error: SinkError) -> SinkError:
        """Adds to what the sink says how far the run had come."""
        frames = self._outlet.frames_out
        if not frames:
            return error
        before = "1 frame" if frames == 1 else f"{frames} frames"
        return SinkError(f"{error}; {before} came before, and what is on disk plays")

    def _results(self) -> Iterator[InFlight]:
        try:
            yield from self._derained
        except Exception as error:  # noqa: BLE001 - raised by run, not here
            self._error = self._error or error

    def report(self, source: str, sink: str, *, measure_alone: bool = False) -> Report:
        """Returns what the run did, after it has ended.

        Args:
            source: As the user named it.
            sink: As the user named it.
            measure_alone: Runs the network alone for two seconds for `model_only_fps`.
        """
        frames_out, late = self._outlet.frames_out, self._decoded.dropped
        launcher, measured = self._scheduler.launcher, measure_alone and frames_out > 0
        course = RunStats(
            frames_in=self._frames_in,
            frames_out=frames_out,
            seconds=(self._ended_ns - self._begun_ns) / 1e9,
            interrupted=self._stopped,
            problem=health_of(self._source).problem if self._whole else "",
            dropped={"late": late} if late else {},
            stages={
                "decode": self._decode_times,
                "to_rgb": launcher.to_rgb_times,
                "network": self._scheduler.network_times,
            },
            model_only_fps=launcher.alone() if measured else None,
        )
        return report_of(
            course,
            (source, sink),
            source=self._source,
            network=self._network,
            sink=self._sink,
            outlet=self._outlet,
        )
