"""From an address in the network to a live stream that reconnects."""

import logging
from dataclasses import replace

from sources.address import address_of
from sources.connect import DEFAULT_CONNECT, ConnectOptions
from sources.live.disconnect import Cause, DisconnectedError
from sources.live.gstreamer.source import open_gst
from sources.live.network.connection import NetworkStream
from sources.live.network.nvdec import NetworkLiveStream, NvdecPictures
from sources.live.reconnect import Patience
from sources.live.stream import Connection, LiveStream

_LOG = logging.getLogger("derain.source")
_OTHER_TRANSPORT = frozenset({Cause.TRANSPORT, Cause.UNAVAILABLE, Cause.REJECTED})
"""What servers answer that do not know TCP: 461 as they should, or 5XX, or 4XX."""
SCHEMES = ("rtsp", "rtsps", "http", "https", "rtmp", "rtmps", "udp", "rtp")


def is_live(uri: str) -> bool:
    """Whether `uri` names a stream that comes by itself: network, pipeline, camera."""
    scheme, separator, _ = uri.partition("://")
    known = bool(separator) and scheme.lower() in SCHEMES
    return known or uri.startswith(("gst:", "camera:"))


def open_live(uri: str, connect: ConnectOptions = DEFAULT_CONNECT) -> LiveStream:
    """Returns the stream at `uri`; it connects when it is read.

    Args:
        uri: `gst:PIPELINE ! appsink`, or such as `rtsp://viewer:${CAMERA_PASSWORD}@10.0.0.7/live`.
        connect: How it is connected to.

    Raises:
        SourceError: The address or an option makes no sense.
    """
    if uri.startswith("gst:"):
        return open_gst(uri)
    address = address_of(uri)
    if address.is_secure and connect.insecure:
        _LOG.warning("source=%s is not verified: --insecure", address)
    elif address.is_secure:
        connect.roots()
    patience = Patience(connect.stall_seconds)

    def opened(
        gpu: NvdecPictures | None, how: ConnectOptions = connect
    ) -> NetworkStream:
        return NetworkStream(address, how, patience=patience, gpu=gpu)

    def connected(gpu: NvdecPictures | None) -> Connection:
        try:
            return opened(gpu)
        except DisconnectedError as error:
            if error.cause not in _OTHER_TRANSPORT or connect.transport != "auto":
                raise
            if not address.scheme.startswith("rtsp"):
                raise
        return opened(None, replace(connect, transport="udp"))

    over_udp = address.scheme.startswith("rtsp") and connect.transport == "udp"
    lossy = over_udp or address.scheme in {"udp", "rtp"}
    stream = NetworkLiveStream(str(address), connected, lossy=lossy)
    stream.link.patient = connect.wait
    return stream
