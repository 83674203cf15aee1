"""Opens a stream in the network with the options that go with it, or says why not.

FFmpeg 8 does not say "timeout": an opening that took too long is invalid data.
"""

import socket
import time

from av.codec.hwaccel import HWAccel
from av.container import InputContainer
from av.error import FFmpegError
from av.video.stream import VideoStream

from sources.address import Address
from sources.connect import ConnectOptions
from sources.container.media import open_media
from sources.live.disconnect import Cause, DisconnectedError, while_opening
from sources.live.network.login_check import unsupported_login
from sources.live.network.nvdec import GpuRefusedError
from sources.live.network.tracks import largest
from sources.live.reconnect import Patience
from sources.nvdec import GpuDecoding, accelerator, shared_context, unfit

_PROBE_MS, _SLOW_PROBE_MS = 200, 1000
"""FFmpeg probes a second by default; a fifth is enough for a stream that says its
codec, and saves 0.7 s at each connect. 0 loses the first key frame. RTMP and HTTP say
nothing before the first packets: audio is found late."""


class Opening:
    """Opens one address, with the options that go with it."""

    def __init__(
        self, address: Address, connect: ConnectOptions, patience: Patience
    ) -> None:
        """Opens nothing yet; `patience` learns from an opening that took too long.

        Raises:
            SourceError: There is nothing to verify a secure server against.
        """
        self._address, self._patience = address, patience
        self._seconds = patience.opening(connect.open_seconds)
        quick = address.scheme in {"rtsp", "rtsps"}
        probe_ms = connect.probe_ms or (_PROBE_MS if quick else _SLOW_PROBE_MS)
        self._options = {
            "rtsp_transport": "udp" if connect.transport == "udp" else "tcp",
            "analyzeduration": str(probe_ms * 1000),
            **(connect.tls_options() if address.is_secure else {}),
        }

    def __call__(
        self, stall: float, gpu: GpuDecoding | None
    ) -> tuple[InputContainer, VideoStream]:
        """Opens it; a read may stall for `stall` seconds.

        Raises:
            DisconnectedError: It did not open.
            GpuRefusedError: No such stream is decoded on a GPU.
        """
        container = self._near(stall, gpu)
        stream = largest(container)
        if stream is not None:
            if gpu is None or not (reason := unfit(stream)):
                return container, stream
            container.close()
            raise GpuRefusedError(reason)
        container.close()
        raise DisconnectedError(Cause.CODEC, "no video in the stream")

    def _near(self, stall: float, gpu: GpuDecoding | None) -> InputContainer:
        if gpu is None:
            return self._opened(stall)
        try:
            with shared_context(gpu.device):
                return self._opened(stall, accelerator(gpu, stay=True))
        except RuntimeError as error:  # PyAV's own: NVDEC knows none of the codecs
            raise GpuRefusedError(str(error)) from None

    def _opened(self, stall: float, hwaccel: HWAccel | None = None) -> InputContainer:
        address, begun = self._address, time.monotonic()
        try:
            return open_media(
                address.with_secrets,
                options=dict(self._options),
                timeout=(self._seconds, stall),
                hwaccel=hwaccel,
            )
        except FFmpegError as error:
            waited = time.monotonic() - begun > self._seconds * 0.9
            reason = while_opening(error, secure=address.is_secure, waited=waited)
        if reason.cause is Cause.NO_ANSWER:
            self._patience.unanswered()
        raise _explained(reason, address)


def _explained(reason: DisconnectedError, address: Address) -> DisconnectedError:
    """Returns the reason, or a better one that the network itself tells."""
    if reason.cause is Cause.TLS and not _is_known(address):
        return DisconnectedError(Cause.UNKNOWN_HOST)
    if reason.cause is Cause.FAULT and address.is_secure:
        return DisconnectedError(Cause.TLS, reason.detail)
    if reason.cause is Cause.PASSWORD and (wanted := unsupported_login(address)):
        return DisconnectedError(Cause.LOGIN, wanted)
    return reason


def _is_known(address: Address) -> bool:
    """Whether the name has a number; FFmpeg says the same of a bad certificate."""
    host = address.host.rpartition(":")[0] if ":" in address.host else address.host
    try:
        socket.getaddrinfo(host.strip("[]"), None)
    except OSError:
        return False
    return True
