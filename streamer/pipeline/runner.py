"""The part of a run that files and live sources share: threads, stop, error, report.

Each stage has a thread. An error in any of them ends the run with that error as the
message; what was stored by then is completed and plays.
"""

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import replace
from threading import Thread
from typing import Generic, TypeVar

from model.errors import CancelledError
from sinks.errors import SinkError, UndeliveredError
from sinks.sink import Sink
from sources.channel import Channel, Stopped
from sources.frame import Source
from streamer.network.protocol import Network
from streamer.pipeline.output import OutputStage
from streamer.pipeline.report import Report, RunStats, report_of
from streamer.pipeline.submit import Launcher

_LAST_WORDS_SECONDS = 1.5
"""How long after an error the other threads may take to complete the output."""

_IN_FLIGHT_SECONDS = 0.8
"""How long after a stop pictures under way may take to their end: then all is over in
two seconds, whatever their size, and whether or not one is compiled for."""

_LOG = logging.getLogger("derain.sink")
Item = TypeVar("Item")


class Runner(ABC, Generic[Item]):
    """One run from a source through a network into a sink; used once.

    `Item` is what the last stage takes: a frame with its result, or word that the
    source is away. Whoever derives from it makes both stages.
    """

    launcher: Launcher
    """What starts frames on their way through the network."""
    output: OutputStage
    """What stores results, or sends them."""

    def __init__(
        self,
        source: Source,
        network: Network,
        sink: Sink,
        *,
        max_frames: int | None,
        now_ns: Callable[[], int],
    ) -> None:
        """Plans the run; nothing happens before `run`.

        Args:
            source: Not yet read.
            network: Idle.
            sink: Not yet begun.
            max_frames: Ends the run after so many frames.
            now_ns: The monotonic clock.
        """
        self._source, self._network, self._sink = source, network, sink
        self._max_frames, self._now_ns = max_frames, now_ns
        self._stopped = False
        self._error: BaseException | None = None
        self._begun_ns = self._ended_ns = now_ns()

    @property
    def network(self) -> Network:
        """What derains."""
        return self._network

    @abstractmethod
    def _stages(self) -> Sequence[Callable[[], None]]:
        """Returns what runs on a thread each; `_encode` is added as the last one."""

    @abstractmethod
    def _results(self) -> Channel[Item]:
        """Returns the way from the other stages to the last one."""

    @abstractmethod
    def _store(self, item: Item) -> None:
        """Stores one item; on the encode thread."""

    @abstractmethod
    def _end_input(self) -> None:
        """Lets no more frames in; on any thread, may be called twice."""

    @abstractmethod
    def _release(self) -> None:
        """Frees the other stages from waiting for the last one, which has ended."""

    @abstractmethod
    def _stats(self) -> RunStats:
        """Returns what this kind of run alone knows, after it has ended."""

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
        """Ends the run after the frames in flight; from any thread or a signal.

        Those that take longer than a moment are given up.
        """
        self._stopped = True
        self._end_input()

    def run(self) -> None:
        """Runs to the end of the source, a stop or an error.

        Raises:
            Exception: The first error of any thread, as it was raised there.
            KeyboardInterrupt: Came while running; the output is complete.
        """
        threads = [
            Thread(target=self._guard, args=(stage,), name=stage.__name__, daemon=True)
            for stage in (*self._stages(), self._encode)
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
        if self._error is not None and not self._comes_of_stop(self._error):
            raise self._error

    def _comes_of_stop(self, error: BaseException) -> bool:
        """Whether the stop explains it: a picture given up, packets on their way.

        A busy machine sends late, and so has much on its way when it is told to stop.
        """
        if self._stopped and isinstance(error, UndeliveredError):
            _LOG.warning("%s", error)
            return True
        return self._stopped and isinstance(error, CancelledError)

    def _wait(self, threads: Sequence[Thread]) -> None:
        """Waits for the encoder, which ends last; for others only so long.

        A source may be blocked in a read that nothing interrupts.
        """
        encode = threads[-1]
        while encode.is_alive() and self._error is None and not self._stopped:
            encode.join(0.1)
        if self._stopped:
            encode.join(_IN_FLIGHT_SECONDS)
            self._network.cancel()
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

    def _encode(self) -> None:
        """Stores results; the last of the threads to end.

        The output is completed whatever ends the stream, except the sink itself.
        """
        try:
            self._store_all(self._results())
            self._sink.finish(whole=self._is_whole())
        except SinkError as error:
            self._sink.close()
            raise self._with_count(error) from None
        except BaseException:
            self._sink.close()
            raise
        finally:
            self._ended_ns = self._now_ns()
            self._release()

    def _store_all(self, results: Channel[Item]) -> None:
        while True:
            try:
                item = results.get()
            except Stopped:
                return
            except Exception as error:  # noqa: BLE001 - raised by run, not here
                self._error = self._error or error
                return
            self._store(item)

    def _is_whole(self) -> bool:
        """Whether the source was read to its end; a live source has none."""
        return False

    def _with_count(self, error: SinkError) -> SinkError:
        """Adds to what the sink says how far the run had come."""
        return error

    def report(self, source: str, sink: str, *, measure_alone: bool = False) -> Report:
        """Returns what the run did, after it has ended.

        Args:
            source: As the user named it.
            sink: As the user named it.
            measure_alone: Runs the network alone for two seconds for `model_only_fps`,
                unless the run was stopped.
        """
        measured = measure_alone and self.output.frames_out > 0 and not self._stopped
        stats = replace(
            self._stats(),
            seconds=(self._ended_ns - self._begun_ns) / 1e9,
            interrupted=self._stopped,
            model_only_fps=self.launcher.alone() if measured else None,
        )
        return report_of(
            stats,
            (source, sink),
            source=self._source,
            network=self._network,
            sink=self._sink,
            output=self.output,
        )
