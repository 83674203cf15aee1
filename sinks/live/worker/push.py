"""A program of its own: takes encoded video on stdin and pushes it to a server.

Run by `sinks.live.worker.child`, which kills it when it stops answering. The
first line on stdin says where to: here the password is, not among the arguments.
"""

import errno
import json
import os
import re
import sys
from collections.abc import Mapping
from typing import Any, NoReturn

import av
from av.container import OutputContainer
from av.error import (
    FFmpegError,
    HTTPBadRequestError,
    HTTPOtherClientError,
    HTTPServerError,
)

from sinks.live.remux import Remuxer
from sinks.live.worker.lifetime import die_with_parent, say
from sinks.live.worker.rtsp_client.keepalive import watch
from sinks.packets import Encoded, from_wire
from sources.audio import Audio

_OUTER = re.compile(r"([\\'|])")
_NOT_SECURE = "no secure connection: certificate unknown, or the server speaks no TLS"
_SPECIAL = re.compile(r"([\\'|:=\[\]])")


def _opened(settings: dict[str, Any], transport: str) -> OutputContainer:
    if settings["format"] == "flv" and settings["tls"]:
        return av.open(through_tee(settings["address"], settings["tls"]), "w", "tee")
    options = {
        "rtsp_transport": transport,
        "timeout": "3000000",
        "pkt_size": "1400",
        "flvflags": "no_duration_filesize",
        "flush_packets": "1",
        "max_interleave_delta": "100000",  # pictures wait so long for audio, not 10 s
        **settings["tls"],
    }
    return av.open(settings["address"], "w", format=settings["format"], options=options)


def through_tee(address: str, tls: Mapping[str, str]) -> str:
    """Returns where FFmpeg's tee muxer sends a stream as `rtmps://` to `address`.

    PyAV hands no options to what it opens for a muxer such as FLV, so nobody would be
    verified; tee hands them on.
    """
    options = {"f": "flv", "flvflags": "no_duration_filesize", **tls}
    told = ":".join(f"{name}={_escaped(value)}" for name, value in options.items())
    return f"[{_escaped(told, of=_OUTER)}]{_escaped(address, of=_OUTER)}"


def _escaped(text: str, of: re.Pattern[str] = _SPECIAL) -> str:
    return of.sub(r"\\\1", text)


def _connected(
    settings: dict[str, Any], first: Encoded
) -> tuple[OutputContainer, Remuxer]:
    """Connects, with the pictures alone where the server refuses them with audio."""
    audio = Audio(**settings["audio"]) if settings["audio"] else None
    try:
        return _begun(settings, first, audio)
    except (HTTPOtherClientError, HTTPBadRequestError, HTTPServerError):
        if audio is None:
            raise
    connected = _begun(settings, first, None)
    say("silent")
    return connected


def _begun(
    settings: dict[str, Any], first: Encoded, audio: Audio | None
) -> tuple[OutputContainer, Remuxer]:
    """Connects, over the other transport where the server refuses the first."""
    *others, last = settings["transports"]
    for transport in others:
        container = _opened(settings, transport)
        try:
            return container, Remuxer(container, first, audio)
        except FFmpegError as error:
            if settings["format"] != "rtsp" or not _is_of_transport(error):
                raise
    container = _opened(settings, last)
    return container, Remuxer(container, first, audio)


def _is_of_transport(error: FFmpegError) -> bool:
    """Whether a server may have meant the transport: 461, or 5XX as some answer."""
    told = (HTTPOtherClientError, HTTPServerError)
    return isinstance(error, told) or error.errno == errno.EPROTONOSUPPORT


def _push(settings: dict[str, Any]) -> None:
    pipe = sys.stdin.buffer
    first = from_wire(pipe)
    if first is None:
        return
    container, remuxer = _connected(settings, first)
    say("up")
    if settings["format"] == "rtsp":
        watch(settings["address"], settings["tls"], _give_up)
    packet: Encoded | None = first
    while packet is not None:
        remuxer.put(packet)
        say("done")
        packet = from_wire(pipe)
    container.close()


def _give_up() -> NoReturn:
    """Ends the process although its main thread may be blocked in FFmpeg."""
    say("error the server does not answer")
    os._exit(1)


def main() -> None:
    """Pushes until stdin ends, or the server refuses."""
    die_with_parent(int(sys.argv[-1]))
    say("run")
    settings = json.loads(sys.stdin.buffer.readline())
    try:
        _push(settings)
    except (FFmpegError, OSError) as error:
        said = error.strerror or type(error).__name__
        if settings["tls"] and error.errno == errno.EIO:
            said = _NOT_SECURE
        say(f"error {said}")
        sys.exit(1)


if __name__ == "__main__":
    main()
