"""Why a live stream is not there, in classes that tell a person what to do."""

import errno
from enum import StrEnum

from av.error import FFmpegError, HTTPError

from sources.errors import SourceError


class Cause(StrEnum):
    """What keeps a live stream away."""

    PASSWORD = "wrong password"  # noqa: S105 - the name of an error
    NOT_FOUND = "not found"
    REFUSED = "refused"
    BUSY = "busy"
    NO_ROUTE = "no route"
    UNKNOWN_HOST = "unknown host"
    TLS = "TLS"
    CODEC = "codec"
    KEY_FRAME = "no key frame"
    STALLED = "stalled"
    NO_ANSWER = "no answer"
    ENDED = "ended"
    PIPELINE = "pipeline"
    GPU = "GPU"
    LOGIN = "login not supported"
    TRANSPORT = "transport"
    REJECTED = "rejected"
    UNAVAILABLE = "unavailable"
    FAULT = "error"


ADVICE = {
    Cause.PASSWORD: "the camera asks for another user or password",
    Cause.NOT_FOUND: "there is no camera, or none of its streams, of that name",
    Cause.REFUSED: "nothing listens at that address and port",
    Cause.BUSY: "another program has the camera",
    Cause.NO_ROUTE: "the network has no way to that address",
    Cause.UNKNOWN_HOST: "no machine of that name is known",
    Cause.TLS: "no secure connection: certificate unknown, or the server speaks no TLS",
    Cause.CODEC: "the stream holds no video that can be decoded",
    Cause.KEY_FRAME: "packets come, but no whole key frame to begin with",
    Cause.STALLED: "connected, but no picture came in time",
    Cause.NO_ANSWER: "connected, but the camera does not answer",
    Cause.ENDED: "the camera closed the connection",
    Cause.PIPELINE: "GStreamer does not understand the pipeline",
    Cause.GPU: "--require-gpu-decode cannot be kept: the GPU does not decode this",
    Cause.LOGIN: "the login is of a kind that cannot be spoken; allow Digest with MD5",
    Cause.TRANSPORT: "the server takes RTSP over the other of --transport tcp and udp",
    Cause.REJECTED: "the server refuses: too many viewers, or a request it cannot take",
    Cause.UNAVAILABLE: "the server is there, but has no stream to give now",
    Cause.FAULT: "the connection failed",
}

LASTING = frozenset({Cause.PASSWORD, Cause.LOGIN, Cause.NOT_FOUND, Cause.PIPELINE})
"""What waiting does not mend: at the first start the run ends with it."""
FINAL = frozenset({Cause.GPU})
"""What ends a run whenever it comes."""


class DisconnectedError(SourceError):
    """A live stream could not be opened, or was lost."""

    def __init__(self, cause: Cause, detail: str = "") -> None:
        """`detail` goes on with what the advice says; without any address."""
        self.cause, self.detail = cause, detail
        text = ADVICE[cause] + (f" ({detail})" if detail else "")
        super().__init__(f"{cause}: {text}")


_ERRNOS = {
    errno.ECONNREFUSED: Cause.REFUSED,
    errno.EHOSTUNREACH: Cause.NO_ROUTE,
    errno.ENETUNREACH: Cause.NO_ROUTE,
    errno.EHOSTDOWN: Cause.NO_ROUTE,
    errno.ETIMEDOUT: Cause.NO_ANSWER,
    errno.ENOENT: Cause.NOT_FOUND,
    errno.ENODEV: Cause.NOT_FOUND,
    errno.ENXIO: Cause.NOT_FOUND,
    errno.EBUSY: Cause.BUSY,
    errno.EPROTONOSUPPORT: Cause.TRANSPORT,
    errno.EPIPE: Cause.ENDED,
    errno.ECONNRESET: Cause.ENDED,
}
_KINDS = {
    "HTTPUnauthorizedError": Cause.PASSWORD,
    "HTTPForbiddenError": Cause.PASSWORD,
    "HTTPNotFoundError": Cause.NOT_FOUND,
    "HTTPBadRequestError": Cause.REJECTED,
    "HTTPOtherClientError": Cause.REJECTED,
    "HTTPTooManyRequestsError": Cause.REJECTED,
    "HTTPServerError": Cause.UNAVAILABLE,
    "ExitError": Cause.STALLED,
    "DecoderNotFoundError": Cause.CODEC,
}
_WORDED = frozenset({Cause.REJECTED, Cause.UNAVAILABLE})
"""Of which FFmpeg's own words say more."""


def while_opening(
    error: FFmpegError, *, secure: bool, waited: bool
) -> DisconnectedError:
    """Tells why a stream did not open.

    Args:
        error: What FFmpeg raised.
        secure: The address asked for TLS.
        waited: The time allowed for opening had passed. FFmpeg then says "invalid
            data" or "immediate exit", which would mislead.
    """
    cause = _KINDS.get(type(error).__name__) or _ERRNOS.get(error.errno or 0)
    if cause is Cause.STALLED or (waited and cause is None):
        return DisconnectedError(Cause.NO_ANSWER)
    if cause is None and error.errno == errno.EIO:
        return DisconnectedError(Cause.TLS if secure else Cause.UNKNOWN_HOST)
    if cause is None and isinstance(error, HTTPError):
        return DisconnectedError(Cause.FAULT, error.strerror or "")
    if cause in _WORDED:
        return DisconnectedError(cause, error.strerror or "")
    return DisconnectedError(cause) if cause else while_reading(error)


def while_reading(error: FFmpegError) -> DisconnectedError:
    """Tells why an open stream broke off; FFmpeg's own texts hold no address."""
    cause = _KINDS.get(type(error).__name__) or _ERRNOS.get(error.errno or 0)
    if cause:
        return DisconnectedError(cause)
    return DisconnectedError(Cause.FAULT, error.strerror or type(error).__name__)
