"""From an address in the network to a live stream that reconnects."""

from pathlib import Path

from sources.address import address_of
from sources.errors import SourceError
from sources.live.gstreamer import open_gst
from sources.live.network import NetworkStream
from sources.live.nvdec import NetworkLiveStream
from sources.live.stream import Connection, LiveStream
from sources.nvdec import GpuDecoding

SCHEMES = ("rtsp", "rtsps", "http", "https", "rtmp", "rtmps", "udp", "rtp")
_TRANSPORTS = ("tcp", "udp")


def is_live(uri: str) -> bool:
    """Whether `uri` names a stream that comes by itself: network, pipeline, camera."""
    scheme, separator, _ = uri.partition("://")
    known = bool(separator) and scheme.lower() in SCHEMES
    return known or uri.startswith(("gst:", "camera:"))


def open_live(
    uri: str, *, transport: str = "tcp", certificates: Path | None = None
) -> LiveStream:
    """Returns the stream at `uri`; it connects when it is read.

    Args:
        uri: `gst:PIPELINE ! appsink`, or such as `rtsp://viewer:${CAMERA_PASSWORD}@10.0.0.7/live`.
        transport: Of RTSP: `tcp`, or `udp` where a lost packet is better than a late.
        certificates: A PEM file to verify `rtsps` and `https` against.

    Raises:
        SourceError: The address or an option makes no sense.
    """
    if uri.startswith("gst:"):
        return open_gst(uri)
    address = address_of(uri)
    if transport not in _TRANSPORTS:
        raise SourceError(f"transport must be tcp or udp, got {transport!r}.")
    if certificates is not None and not certificates.is_file():
        raise SourceError(f"{certificates}: there is no such file.")
    verified = str(certificates) if certificates else None

    def connect(gpu: GpuDecoding | None) -> Connection:
        return NetworkStream(
            address, transport=transport, certificates=verified, gpu=gpu
        )

    over_udp = address.scheme.startswith("rtsp") and transport == "udp"
    lossy = over_udp or address.scheme in {"udp", "rtp"}
    return NetworkLiveStream(str(address), connect, lossy=lossy)
