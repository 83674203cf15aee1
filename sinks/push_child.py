"""A program of its own: takes encoded video on stdin and pushes it to a server.

Run by `sinks.child`, which kills it when it stops answering. The first line on stdin
says where to: here the password is, not among the arguments.
"""

import json
import sys

import av
from av.container import OutputContainer
from av.error import FFmpegError

from sinks.packets import Encoded, from_wire
from sinks.parent import die_with_parent, say
from sinks.remux import add_video, packet_for


def _opened(settings: dict[str, str]) -> OutputContainer:
    options = {
        "rtsp_transport": settings["transport"],
        "timeout": "3000000",
        "pkt_size": "1400",
        "flvflags": "no_duration_filesize",
        "flush_packets": "1",
    }
    return av.open(settings["address"], "w", format=settings["format"], options=options)


def _push(settings: dict[str, str]) -> None:
    pipe = sys.stdin.buffer
    first = from_wire(pipe)
    if first is None:
        return
    container = _opened(settings)
    stream = add_video(container, first)
    container.start_encoding()
    say("up")
    packet: Encoded | None = first
    while packet is not None:
        container.mux(packet_for(stream, packet, since=first.pts))
        say("done")
        packet = from_wire(pipe)
    container.close()


def main() -> None:
    """Pushes until stdin ends, or the server refuses."""
    die_with_parent(int(sys.argv[-1]))
    say("run")
    settings = json.loads(sys.stdin.buffer.readline())
    try:
        _push(settings)
    except (FFmpegError, OSError) as fault:
        say(f"fault {fault.strerror or type(fault).__name__}")
        sys.exit(1)


if __name__ == "__main__":
    main()
