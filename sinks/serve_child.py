"""A program of its own: an RTSP server for many viewers, fed on stdin.

It imports nothing of ours, for it runs on the Python that GStreamer's bindings belong
to, which is the system's. What it reads is described in `sinks.packets`. On stdout it
says `key` when a viewer came and needs a key frame.
"""

import ctypes
import json
import os
import signal
import struct
import sys
from threading import Lock, Thread
from typing import Any

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

_HEADER = struct.Struct("<IBq")
_SOUND = 2
_LAUNCH = (
    "( appsrc name=video is-live=true format=time do-timestamp=true max-buffers=60 "
    "leaky-type=downstream "
    "caps=video/x-h264,stream-format=byte-stream,alignment=au ! "
    "h264parse config-interval=-1 ! rtph264pay name=pay0 pt=96 config-interval=0 "
    "aggregate-mode=zero-latency )"
)
"""The parser repeats the parameter sets, not the payloader: GStreamer 1.22's puts them
before every slice, and FFmpeg then splits the picture there."""
_ROLE = "viewer"


def say(word: str) -> None:
    """Tells the parent."""
    sys.stdout.write(word + "\n")
    sys.stdout.flush()


class Server:
    """Hands every packet to each pipeline that has viewers."""

    def __init__(self) -> None:
        """Nobody looks yet."""
        self._lock = Lock()
        self._waiting: dict[Any, bool] = {}

    def listen(self, settings: dict[str, str]) -> str:
        """Opens the port; returns what is wrong, or nothing."""
        factory = GstRtspServer.RTSPMediaFactory()
        factory.set_shared(True)
        factory.set_latency(0)
        factory.set_launch(_LAUNCH)
        factory.connect("media-configure", self._configure)
        server = GstRtspServer.RTSPServer.new()
        server.set_address(settings["host"])
        server.set_service(settings["port"])
        server.get_mount_points().add_factory(settings["path"], factory)
        if settings["user"]:
            _protect(server, factory, settings)
        server.connect("client-connected", _client_came)
        if server.attach(None) == 0:
            return "the port is taken, or the address is not one of this machine"
        return ""

    def _configure(self, _factory: object, media: Any) -> None:
        source = media.get_element().get_by_name("video")
        with self._lock:
            self._waiting[source] = True

        def gone(_media: object) -> None:
            with self._lock:
                self._waiting.pop(source, None)

        media.connect("unprepared", gone)
        say("key")

    def push(self, data: bytes, *, key: bool) -> None:
        """Hands a packet on; a new pipeline begins with a key frame."""
        with self._lock:
            ready = [s for s, waits in self._waiting.items() if key or not waits]
            for source in ready:
                self._waiting[source] = False
        for source in ready:
            source.emit("push-buffer", Gst.Buffer.new_wrapped(data))


def _client_came(_server: object, client: Any) -> None:
    client.connect("play-request", lambda *_: say("key"))


def _protect(server: Any, factory: Any, settings: dict[str, str]) -> None:
    auth = GstRtspServer.RTSPAuth.new()
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", _ROLE)
    auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
    auth.set_realm("derain")
    auth.add_digest(settings["user"], settings["password"], token)
    server.set_auth(auth)
    allowed = (
        f"{_ROLE}, media.factory.access=(boolean)true, "
        "media.factory.construct=(boolean)true;"
    )
    factory.add_role_from_structure(Gst.Structure.from_string(allowed)[0])


def main() -> None:
    """Serves until stdin ends."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # die with the parent
    if os.getppid() != int(sys.argv[-1]):
        sys.exit(1)
    Gst.init(None)
    say("run")
    pipe = sys.stdin.buffer
    settings = json.loads(pipe.readline())
    server = Server()
    if problem := server.listen(settings):
        say(f"fault {problem}")
        sys.exit(1)
    loop = GLib.MainLoop()
    Thread(target=loop.run, daemon=True).start()
    say("up")
    while len(header := pipe.read(_HEADER.size)) == _HEADER.size:
        size, kind, _ = _HEADER.unpack(header)
        data = pipe.read(size)
        if kind != _SOUND:
            server.push(data, key=bool(kind))
        say("done")


if __name__ == "__main__":
    main()
