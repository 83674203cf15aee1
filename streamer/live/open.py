"""Opens what a live run needs, and closes it afterwards."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sinks import Sink, SinkError, open_sink
from sinks.live.opener import is_live_sink, open_live_sink
from sinks.live.recorder import Segments, length_in_seconds
from sources import Source, open_source
from sources.live.opener import open_live
from streamer.errors import StreamerError
from streamer.live.pipeline import MAX_LATENCY_MS, LivePipeline
from streamer.memory import keep_freed_memory
from streamer.network.protocol import Network
from streamer.pipeline.gpu_decode import check_gpu_decode, decode_near

_ON_LOSS = ("hold", "end")
_RECORD_ONLY = "null:"


@contextmanager
def opened_live(
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
    max_latency_ms: float = MAX_LATENCY_MS,
    on_loss: str = "hold",
    transport: str = "tcp",
    ca_file: str | None = None,
    record: str | None = None,
    segment: str = "10m",
    keep: int | None = None,
) -> Iterator[LivePipeline]:
    """Opens a live source, a network and a sink, cheapest first.

    Raises:
        SourceError: The source makes no sense, or a GPU must decode it and cannot.
        SinkError: The sink cannot be written.
        StreamerError: An option makes no sense.
    """
    if on_loss not in _ON_LOSS:
        raise StreamerError(f"on_loss is hold or end, not {on_loss!r}")
    keep_freed_memory()
    check_gpu_decode(required=require_gpu_decode)
    recording = _recording(record, segment, keep)
    output = _sink(sink, transport, codec, quality, preset, recording)
    with (
        closing(output),
        closing(_source(source, transport, ca_file)) as frames,
        closing(network()) as net,
    ):
        decode_near(frames, net, stay=False, required=require_gpu_decode)
        yield LivePipeline(
            frames,
            net,
            output,
            compare=compare,
            max_frames=max_frames,
            max_latency_ms=max_latency_ms,
            on_loss=on_loss,
        )


def _source(uri: str, transport: str, ca_file: str | None) -> Source:
    if uri.startswith("camera:"):
        return open_source(uri)
    certificates = Path(ca_file) if ca_file else None
    return open_live(uri, transport=transport, certificates=certificates)


def _recording(pattern: str | None, segment: str, keep: int | None) -> Segments | None:
    if pattern is None:
        return None
    return Segments(pattern, seconds=length_in_seconds(segment), keep=keep)


def _sink(
    uri: str,
    transport: str,
    codec: str,
    quality: int | None,
    preset: str | None,
    record: Segments | None,
) -> Sink:
    if is_live_sink(uri) or (record is not None and uri == _RECORD_ONLY):
        if codec not in {"auto", "h264"}:
            raise SinkError(f"live sinks send h264, not {codec}")
        return open_live_sink(
            uri, transport=transport, quality=quality, preset=preset, record=record
        )
    if record is not None:
        raise SinkError(
            "--record goes with rtsp://, rtmp://, serve://, .m3u8 or null:; "
            f"{uri} is a recording already"
        )
    return open_sink(uri, codec=codec, quality=quality, preset=preset)
