"""Opens what a live run needs, and closes it afterwards."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sinks import Sink, SinkError, open_sink
from sinks.encoding.options import EncodeOptions
from sinks.live.opener import ServeTls, is_live_sink, open_live_sink
from sinks.live.recorder import Segments, length_in_seconds
from sinks.live.retention import Retention, size_in_bytes
from sinks.live.serving.ports import ServedPorts
from sources import Source, open_source
from sources.connect import ConnectOptions
from sources.live.opener import open_live
from streamer.errors import StreamerError
from streamer.live.pipeline import LivePipeline
from streamer.memory import keep_freed_memory
from streamer.network.protocol import Network
from streamer.pipeline.gpu.decode import check_gpu_decode, decode_for
from streamer.settings import DEFAULTS, LiveOptions, RunOptions

_RECORD_ONLY = "null:"


@contextmanager
def opened_live(
    source: str,
    sink: str,
    *,
    network: Callable[[], Network],
    run: RunOptions = DEFAULTS.run,
    encode: EncodeOptions = DEFAULTS.encode,
    connect: ConnectOptions = DEFAULTS.connect,
    live: LiveOptions = DEFAULTS.live,
    ports: ServedPorts | None = None,
) -> Iterator[LivePipeline]:
    """Opens a live source, a network and a sink, cheapest first.

    Args:
        source: Address of a live source.
        sink: Address of a sink.
        network: Opens the network.
        run: What the run does.
        encode: How the sink encodes.
        connect: How servers are reached.
        live: What holds for live runs alone.
        ports: Shared with other streams that serve on the same ports.

    Raises:
        SourceError: The source makes no sense, or a GPU must decode it and cannot.
        SinkError: The sink cannot be written.
        StreamerError: A GPU must decode, and there is none.
    """
    keep_freed_memory()
    check_gpu_decode(required=run.require_gpu_decode)
    output = _sink(sink, encode, connect, live, ports)
    with (
        closing(output),
        closing(_source(source, connect)) as frames,
        closing(network()) as net,
    ):
        decode_for(frames, net, output, required=run.require_gpu_decode)
        yield LivePipeline(
            frames,
            net,
            output,
            compare=run.compare,
            max_frames=run.max_frames,
            live=live,
        )


def _source(uri: str, connect: ConnectOptions) -> Source:
    return open_source(uri) if uri.startswith("camera:") else open_live(uri, connect)


def _recording(live: LiveOptions) -> Segments | None:
    if live.record is None:
        return None
    seconds = length_in_seconds(live.segment)
    keep = Retention(
        files=live.keep,
        size_bytes=size_in_bytes(live.keep_size) if live.keep_size else None,
        days=live.keep_days,
        free_bytes=size_in_bytes(live.keep_free) if live.keep_free else None,
    )
    return Segments(live.record, seconds=seconds, keep=keep)


def _serve_tls(live: LiveOptions) -> ServeTls | None:
    if not live.serve_cert and not live.serve_key:
        return None
    if not live.serve_cert or not live.serve_key:
        raise StreamerError("serve_cert and serve_key go together")
    return ServeTls(Path(live.serve_cert), Path(live.serve_key))


def _sink(
    uri: str,
    encode: EncodeOptions,
    connect: ConnectOptions,
    live: LiveOptions,
    ports: ServedPorts | None,
) -> Sink:
    record = _recording(live)
    if is_live_sink(uri) or (record is not None and uri == _RECORD_ONLY):
        if encode.codec not in {"auto", "h264"}:
            raise SinkError(f"live sinks send h264, not {encode.codec}")
        return open_live_sink(
            uri,
            connect=connect,
            encode=encode,
            record=record,
            hls_seconds=live.hls_seconds,
            serve_tls=_serve_tls(live),
            ports=ports,
        )
    if record is not None:
        raise SinkError(
            "--record goes with rtsp://, rtmp://, serve://, .m3u8 or null:; "
            f"{uri} is a recording already"
        )
    return open_sink(uri, encode=encode)
