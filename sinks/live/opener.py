"""From an address to a live sink: pushing to a server, or being one."""

import logging
import sys
from functools import partial
from pathlib import Path

from sinks.encoding.low_latency import KEY_SECONDS
from sinks.encoding.options import DEFAULT_ENCODING, EncodeOptions
from sinks.errors import SinkError
from sinks.files.muxing.container import check_preset, check_quality
from sinks.live.hls import SECONDS, Hls
from sinks.live.output import PacketOutput
from sinks.live.serving.output import ServedStream
from sinks.live.serving.place import ServePlace
from sinks.live.serving.place import ServeTls as ServeTls
from sinks.live.serving.ports import ServedPorts
from sinks.live.sink import LiveSink
from sinks.live.threaded_output import ThreadedOutput
from sinks.live.worker.push_output import PushOutput
from sinks.live.worker.rtsp_client.client import RtspClient
from sinks.live.worker.rtsp_client.keepalive import context_for
from sinks.live.worker.rtsp_client.view_check import ANSWER_SECONDS, ViewCheck
from sources.address import Address, address_of
from sources.connect import DEFAULT_CONNECT, ConnectOptions
from sources.errors import SourceError

_FORMATS = {"rtsp": "rtsp", "rtsps": "rtsp", "rtmp": "flv", "rtmps": "flv"}
_LOG = logging.getLogger("derain.sink")
SCHEMES = (*_FORMATS, "serve")


def is_live_sink(uri: str) -> bool:
    """Whether `uri` names a server to push to or to be, or an HLS playlist."""
    scheme, separator, _ = uri.partition("://")
    known = bool(separator) and scheme.lower() in SCHEMES
    return known or uri.endswith(".m3u8")


def open_live_sink(
    uri: str,
    *,
    connect: ConnectOptions = DEFAULT_CONNECT,
    encode: EncodeOptions = DEFAULT_ENCODING,
    record: PacketOutput | None = None,
    hls_seconds: int = round(SECONDS),
    serve_tls: ServeTls | None = None,
    ports: ServedPorts | None = None,
) -> LiveSink:
    """Returns a sink that sends what it encodes as soon as it can.

    Args:
        uri: `rtsp://` or `rtmp://` to push to, `serve://HOST:PORT/PATH` to be a server,
            `folder/index.m3u8` for HLS, or `null:` for a recording alone. A login may
            be in it: for the server, or for the viewers of `serve://`.
        connect: How a server that is pushed to is reached and verified.
        encode: How; the codec is always H.264.
        record: Gets the same packets.
        hls_seconds: Length of a piece of HLS.
        serve_tls: Makes `serve://` speak RTSP over TLS.
        ports: Those of the process, where several streams share one; None: its own.

    Raises:
        SinkError: The address makes no sense, another stream has it, or what serving
            needs is missing.
    """
    check_quality("h264", encode.quality)
    check_preset("h264", encode.preset)
    length = float(hls_seconds)
    outputs = []
    if uri != "null:":
        outputs.append(
            output_for(
                uri, connect, hls_seconds=length, serve_tls=serve_tls, ports=ports
            )
        )
    outputs += [ThreadedOutput(record)] if record is not None else []
    return LiveSink(outputs, encode=encode, key_seconds=min(KEY_SECONDS, length))


def output_for(
    uri: str,
    connect: ConnectOptions = DEFAULT_CONNECT,
    *,
    hls_seconds: float = SECONDS,
    serve_tls: ServeTls | None = None,
    ports: ServedPorts | None = None,
) -> PacketOutput:
    """Returns where the packets go for `uri`; nothing is started."""
    if uri.endswith(".m3u8") and "://" not in uri:
        return ThreadedOutput(Hls(Path(uri), seconds=hls_seconds))
    try:
        address = address_of(uri)
    except SourceError as error:
        raise SinkError(str(error)) from None
    if address.scheme == "serve":
        return _serving(address, serve_tls, ports)
    auto = connect.transport == "auto"
    transports = ["tcp", "udp"] if auto else [connect.transport]
    settings = {
        "address": address.with_secrets,
        "format": _FORMATS[address.scheme],
        "transports": transports,
        "tls": _tls_options(address, connect),
    }
    command = [sys.executable, "-P", "-m", "sinks.live.worker.push"]
    container = _FORMATS[address.scheme]
    return PushOutput(str(address), command, settings, container=container)


def _tls_options(address: Address, connect: ConnectOptions) -> dict[str, str]:
    if not address.is_secure:
        return {}
    if connect.insecure:
        _LOG.warning("sink=%s is not verified: --insecure", address)
    try:
        return connect.tls_options()
    except SourceError as error:
        raise SinkError(str(error)) from None


def _serving(
    address: Address, tls: ServeTls | None, ports: ServedPorts | None
) -> ServedStream:
    place = ServePlace(address, tls)
    own = context_for({"tls_verify": "0"})  # what is asked is whether it shows pictures
    near = place.near().with_secrets
    check = ViewCheck(partial(RtspClient, near, seconds=ANSWER_SECONDS, tls=own))
    stream = ServedStream(place, ports or ServedPorts(), check)
    if not address.user and not place.is_loopback:
        _LOG.warning(
            "sink=%s ANYBODY who reaches this address may watch: write serve://NAME:"
            "PASSWORD@HOST:PORT/PATH, or serve at 127.0.0.1",
            address,
        )
    return stream
