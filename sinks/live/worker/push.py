"""A program of its own: takes encoded video on stdin and pushes it to a server.

Run by `sinks.live.worker.child`, which kills it when it stops answering. The
first line on stdin says where to: here the password is, not among the arguments.
"""

import errno
import json
import os
import sys
from typing import Any, NoReturn

import av
from av.container import OutputContainer
from av.error import FFmpegError, HTTPOtherClientError, HTTPServerError

from sinks.live.remux import Remuxer
from sinks.live.worker.lifetime import die_with_parent, say
from sinks.live.worker.rtsp_keepalive import watch
from sinks.packets import Encoded, from_wire
from sources.audio import Audio


def _opened(settings: dict[str, Any], transport: str) -> OutputContainer:
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


def _begun(settings: dict[str, Any], first: Encoded) -> tuple[OutputContainer, Remuxer]:
    """Connects, over the other transport where the server refuses the first."""
    audio = Audio(**settings["audio"]) if settings["audio"] else None
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
    container, remuxer = _begun(settings, first)
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
        say(f"error {error.strerror or type(error).__name__}")
        sys.exit(1)


if __name__ == "__main__":
    main()
