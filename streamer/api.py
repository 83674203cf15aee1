"""From file to file in one call: opens source, network and sink, and runs them."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from os import PathLike, fspath
from threading import Event, Thread

from model.long_calls import interruptibly
from sinks import Sink, open_sink
from sinks.encoding.options import EncodeOptions
from sinks.files.video import VideoFile
from sinks.live.left_out import left_out
from sinks.live.sink import LiveSink
from sources import open_source, source_path
from sources.files.pipe import PipedVideo
from streamer.live.pipeline import LivePipeline
from streamer.memory import keep_freed_memory
from streamer.network.protocol import Network, open_network
from streamer.network.rotated import upright
from streamer.pipeline.file import Pipeline
from streamer.pipeline.gpu.decode import check_gpu_decode, decode_for
from streamer.pipeline.report import DamagedSourceError, Report
from streamer.settings import (
    DEFAULTS,
    NetworkOptions,
    RunOptions,
    still_pictures,
)

_LOOK_SECONDS = 0.05
"""How often a run looks whether it is to stop."""


@contextmanager
def opened(
    source: str,
    sink: str,
    *,
    network: Callable[[], Network],
    run: RunOptions = DEFAULTS.run,
    encode: EncodeOptions = DEFAULTS.encode,
    on_frame: Callable[[int], None] | None = None,
) -> Iterator[Pipeline | LivePipeline]:
    """Opens what a run needs, cheapest first, and closes it afterwards.

    The network comes last: a wrong path must not cost the seconds it takes to load.

    Raises:
        SourceError: The source cannot be read.
        SinkError: The sink cannot be written, or is the source.
        StreamerError: A GPU must decode, and there is none.
    """
    keep_freed_memory()
    check_gpu_decode(required=run.require_gpu_decode)
    output = open_sink(sink, encode=encode, source=source_path(source))
    with (
        closing(output),
        closing(interruptibly(open_source, source)) as frames,
        closing(upright(network(), frames.info.rotation)) as net,
    ):
        if isinstance(output, VideoFile) and net.device.startswith("cuda"):
            output.encode_on_gpu()
        decode_for(frames, net, output, required=run.require_gpu_decode)
        if isinstance(frames, PipedVideo):
            _let_follow(frames, output)
        kind = LivePipeline if frames.info.live else Pipeline
        yield kind(
            frames,
            net,
            output,
            compare=run.compare,
            max_frames=run.max_frames,
            on_frame=on_frame,
        )


def _let_follow(frames: PipedVideo, output: Sink) -> None:
    """Hands what comes through a pipe beside the pictures to whoever stores it."""
    if isinstance(output, VideoFile):
        output.follow(frames.others)
        return
    if isinstance(output, LiveSink):
        output.notes += left_out(
            frames.others.container,
            {frames.others.main.index},
            "of a pipe, live sinks get the pictures alone",
        )
    frames.others.leave()


def derain_video(
    source: str | PathLike[str],
    sink: str | PathLike[str],
    *,
    network: Network | NetworkOptions = DEFAULTS.network,
    run: RunOptions = DEFAULTS.run,
    encode: EncodeOptions = DEFAULTS.encode,
    on_frame: Callable[[int], None] | None = None,
    stop: Event | None = None,
) -> Report:
    """Removes the rain from `source` and writes `sink`; blocks until it is done.

    Args:
        source: A video file, `folder/`, `folder/%06d.png`, a picture, `-` (standard
            input), `camera:0` or `test:rain`.
        sink: A video file (.mp4 .mov .mkv .webm), `folder/`, `folder/%06d.png`, a
            picture, `-` (standard output) or `null:`.
        network: Which network, and how it works; or a loaded one, which is used as it
            is, without temporal step and gate, and closed afterwards.
        run: What is done with the frames, and how many of them.
        encode: How a video file is encoded.
        on_frame: Called with the number of frames stored, after each of them, on a
            thread of the run. An error it raises ends the run.
        stop: Ends the run in order when it is set: what is stored by then plays, and
            the report says `interrupted`.

    Returns:
        What was done, with times of every stage.

    Raises:
        SourceError: The source cannot be read.
        SinkError: The sink cannot be written.
        ModelError: The network cannot be loaded or run.
        StreamerError: A GPU must decode, and there is none.
        DamagedSourceError: The source ended early; everything before it is stored.
    """

    def load() -> Network:
        if isinstance(network, NetworkOptions):
            return open_network(network, still=still_pictures(*names))
        return network

    names = fspath(source), fspath(sink)
    with opened(
        *names, network=load, run=run, encode=encode, on_frame=on_frame
    ) as pipeline:
        with _stopped_by(stop, pipeline):
            pipeline.run()
        report = pipeline.report(*names)
    if report.problem:
        raise DamagedSourceError(names[0], report)
    return report


@contextmanager
def _stopped_by(
    stop: Event | None, pipeline: Pipeline | LivePipeline
) -> Iterator[None]:
    """Ends the run when `stop` is set; a thread of its own waits for that."""
    if stop is None:
        yield
        return
    over = Event()

    def watch() -> None:
        while not over.is_set():
            if stop.wait(_LOOK_SECONDS):
                pipeline.stop()
                return

    watcher = Thread(target=watch, name="stop", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
