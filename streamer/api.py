"""From file to file in one call: opens source, network and sink, and runs them."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from os import PathLike, fspath

from sinks import open_sink
from sinks.files.video import VideoFile
from sources import open_source, source_path
from streamer.live.pipeline import LivePipeline
from streamer.memory import keep_freed_memory
from streamer.network.protocol import Network, open_network, takes_planes
from streamer.network.rotated import upright
from streamer.pipeline.file import Pipeline, planes_will_do
from streamer.pipeline.gpu_decode import check_gpu_decode, decode_near
from streamer.pipeline.report import DamagedSourceError, Report
from streamer.stills import still_pictures


@contextmanager
def opened(
    source: str,
    sink: str,
    *,
    network: Callable[[], Network],
    compare: bool = False,
    max_frames: int | None = None,
    codec: str = "auto",
    quality: int | None = None,
    preset: str | None = None,
    require_gpu_decode: bool = False,
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
    check_gpu_decode(required=require_gpu_decode)
    output = open_sink(
        sink, codec=codec, quality=quality, preset=preset, source=source_path(source)
    )
    with (
        closing(output),
        closing(open_source(source)) as frames,
        closing(upright(network(), frames.info.rotation)) as net,
    ):
        if isinstance(output, VideoFile) and net.device.startswith("cuda"):
            output.encode_on_gpu()
        decode_near(
            frames,
            net,
            stay=takes_planes(net) and planes_will_do(output, compare=compare),
            required=require_gpu_decode,
        )
        kind = LivePipeline if frames.info.live else Pipeline
        yield kind(
            frames,
            net,
            output,
            compare=compare,
            max_frames=max_frames,
            on_frame=on_frame,
        )


def derain_video(
    source: str | PathLike[str],
    sink: str | PathLike[str],
    *,
    model: str = "mspfn-lite",
    device: str = "auto",
    backend: str = "auto",
    precision: str = "auto",
    tile: int | None = None,
    temporal: str = "off",
    gate: str = "auto",
    compare: bool = False,
    max_frames: int | None = None,
    codec: str = "auto",
    quality: int | None = None,
    preset: str | None = None,
    require_gpu_decode: bool = False,
    network: Network | None = None,
) -> Report:
    """Removes the rain from `source` and writes `sink`; blocks until it is done.

    Args:
        source: A video file, `folder/`, `folder/%06d.png`, a picture, `camera:0` or
            `test:rain`.
        sink: A video file (.mp4 .mov .mkv .webm), `folder/`, `folder/%06d.png`, a
            picture or `null:`.
        model: Name of a network, or its weights as a .safetensors file.
        device: `auto`, `cpu` or `cuda`, `cuda:1`.
        backend: `auto`, or one that `model.Derainer` names.
        precision: `auto`, `fp32`, `fp16`, `bf16` or `int8`.
        tile: Side of the tiles that large pictures are cut into; None for whole ones.
        temporal: `off`; `causal` also looks at the two frames before each; `centred` at
            the two after it, too.
        gate: `auto` lets frames without rain pass untouched, `off` derains them all.
        compare: Stores before and after side by side.
        max_frames: Stops after so many frames.
        codec: Of a video file: `auto`, `h264`, `hevc`, `av1` or `vp9`.
        quality: Of a video file: the encoder's CRF, lower is better.
        preset: Of a video file: the encoder's own preset name.
        require_gpu_decode: Refuse a source that the network's GPU cannot decode.
        network: A loaded network to use instead of `model`, as it is: `temporal` and
            `gate` are not added to it. It is closed afterwards.

    Returns:
        What was done, with times of every stage.

    Raises:
        SourceError: The source cannot be read.
        SinkError: The sink cannot be written.
        ModelError: The network cannot be loaded or run.
        DamagedSourceError: The source ended early; everything before it is stored.
    """

    def load() -> Network:
        return network or open_network(
            model,
            device=device,
            backend=backend,
            precision=precision,
            tile=tile,
            temporal=temporal,
            gate=gate,
            still=still_pictures(*names),
        )

    names = fspath(source), fspath(sink)
    with opened(
        *names,
        network=load,
        compare=compare,
        max_frames=max_frames,
        codec=codec,
        quality=quality,
        preset=preset,
        require_gpu_decode=require_gpu_decode,
    ) as pipeline:
        pipeline.run()
        report = pipeline.report(*names)
    if report.problem:
        raise DamagedSourceError(names[0], report)
    return report
