"""From an address to a live sink: pushing to a server, or being one."""

import logging
import os
import socket
import sys
from dataclasses import dataclass, replace
from functools import partial
from ipaddress import ip_address
from pathlib import Path

from sinks.encoding.low_latency import KEY_SECONDS
from sinks.encoding.options import DEFAULT_ENCODING, EncodeOptions
from sinks.errors import SinkError
from sinks.files.container import check_preset, check_quality
from sinks.live.hls import SECONDS, Hls
from sinks.live.sink import LiveSink, PacketOutput
from sinks.live.threaded_output import ThreadedOutput
from sinks.live.worker.rtsp_client import RtspClient
from sinks.live.worker.rtsp_keepalive import context_for
from sinks.live.worker.supervisor import Child
from sinks.live.worker.view_check import ANSWER_SECONDS, ViewCheck
from sources.address import Address, address_of
from sources.connect import DEFAULT_CONNECT, ConnectOptions
from sources.errors import SourceError

_FORMATS = {"rtsp": "rtsp", "rtsps": "rtsp", "rtmp": "flv", "rtmps": "flv"}
_LOG = logging.getLogger("derain.sink")
SCHEMES = (*_FORMATS, "serve")
_ANY = "0.0.0.0"  # noqa: S104 - as the user asks
_SYSTEM_PYTHON = Path("/usr/bin/python3")
_BINDINGS = Path("/usr/lib/python3/dist-packages/gi")
_PACKAGES = "python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-bad"


@dataclass(frozen=True, slots=True)
class ServeTls:
    """What a server of ours shows to viewers.

    Raises:
        SinkError: A file is not there.
    """

    certificate: Path
    """PEM."""
    key: Path
    """PEM."""

    def __post_init__(self) -> None:
        for path in (self.certificate, self.key):
            if not path.is_file():
                raise SinkError(f"{path}: there is no such file")


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

    Raises:
        SinkError: The address makes no sense, or what serving needs is missing.
    """
    check_quality("h264", encode.quality)
    check_preset("h264", encode.preset)
    length = float(hls_seconds)
    outputs = []
    if uri != "null:":
        outputs.append(
            output_for(uri, connect, hls_seconds=length, serve_tls=serve_tls)
        )
    outputs += [ThreadedOutput(record)] if record is not None else []
    return LiveSink(outputs, encode=encode, key_seconds=min(KEY_SECONDS, length))


def output_for(
    uri: str,
    connect: ConnectOptions = DEFAULT_CONNECT,
    *,
    hls_seconds: float = SECONDS,
    serve_tls: ServeTls | None = None,
) -> PacketOutput:
    """Returns where the packets go for `uri`; nothing is started."""
    if uri.endswith(".m3u8") and "://" not in uri:
        return ThreadedOutput(Hls(Path(uri), seconds=hls_seconds))
    try:
        address = address_of(uri)
    except SourceError as error:
        raise SinkError(str(error)) from None
    if address.scheme == "serve":
        return _serving(address, serve_tls)
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
    return Child(str(address), command, settings, container=container)


def _tls_options(address: Address, connect: ConnectOptions) -> dict[str, str]:
    if not address.is_secure:
        return {}
    if connect.insecure:
        _LOG.warning("sink=%s is not verified: --insecure", address)
    try:
        return connect.tls_options()
    except SourceError as error:
        raise SinkError(str(error)) from None


def _serving(address: Address, tls: ServeTls | None) -> Child:
    host, _, port = address.host.rpartition(":")
    if not port.isdigit() or not address.path.strip("/"):
        raise SinkError(f"{address}: serve:// wants serve://HOST:PORT/PATH")
    if not _BINDINGS.is_dir() or not os.access(_SYSTEM_PYTHON, os.X_OK):
        raise SinkError(
            f"serve:// needs GStreamer: apt-get install --no-install-recommends "
            f"{_PACKAGES}"
        )
    bare = host.strip("[]") or _ANY
    _check_port(address, bare, int(port))
    if not address.user and not _is_loopback(bare):
        _LOG.warning(
            "sink=%s ANYBODY who reaches this address may watch: write serve://NAME:"
            "PASSWORD@HOST:PORT/PATH, or serve at 127.0.0.1",
            address,
        )
    settings = {
        "host": bare,
        "port": port,
        "path": address.path,
        "user": address.user or "",
        "password": address.password or "",
        "certificate": str(tls.certificate) if tls else "",
        "key": str(tls.key) if tls else "",
    }
    script = Path(__file__).with_name("worker") / "rtsp_server.py"
    command = [str(_SYSTEM_PYTHON), "-I", str(script)]
    near = _from_here(address, "rtsps" if tls else "rtsp")
    own = context_for({"tls_verify": "0"})  # what is asked is whether it shows pictures
    check = ViewCheck(partial(RtspClient, near, seconds=ANSWER_SECONDS, tls=own))
    return Child(str(address), command, settings, container="serve", check=check)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _from_here(address: Address, scheme: str) -> str:
    """Returns the address at which a viewer on this machine finds what is served."""
    host, _, port = address.host.rpartition(":")
    near = {"": "127.0.0.1", _ANY: "127.0.0.1", "[::]": "[::1]"}.get(host, host)
    return replace(address, scheme=scheme, host=f"{near}:{port}").with_secrets


def _check_port(address: Address, host: str, port: int) -> None:
    """Tries whether the server could listen; it is started with the first picture.

    Raises:
        SinkError: The port is taken, or the address is none of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            raise SinkError(f"{address}: {error.strerror}") from None
