"""A program of its own: an RTSP server for many viewers, fed on stdin.

It serves any number of streams, each at a path of its own. It imports nothing of ours,
for it runs on the Python that GStreamer's bindings belong to, which is the system's.
Each part on stdin begins with the number of its stream (`sinks.live.serving.port`);
then it is as a packet in `sinks.packets`, or opens or shuts the stream. On stdout it
says `done N` to each, and `key N` when a viewer came who needs a key frame.
"""

import ctypes
import json
import os
import signal
import struct
import sys
import time
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

sys.path.insert(0, str(Path(__file__).parent))
from access import Access  # type: ignore[import-not-found] # noqa: E402 - beside
from mount import Mount  # type: ignore[import-not-found] # noqa: E402
from viewers import Logins, Viewers  # type: ignore[import-not-found] # noqa: E402

_HEADER = struct.Struct("<IIBq")
_OPEN, _SHUT = 4, 8
_VIEW_CHECK = "derain view check"
"""What `view_check` calls itself: no viewer, and it needs no key frame at once."""


def say(word: str) -> None:
    """Tells the parent."""
    sys.stdout.write(word + "\n")
    sys.stdout.flush()


class Server:
    """Has streams that come and go, and viewers of each."""

    def __init__(self, settings: dict[str, Any]) -> None:
        """Nobody looks yet."""
        self._server = GstRtspServer.RTSPServer.new()
        self._server.set_address(settings["host"])
        self._server.set_service(settings["port"])
        self._paths = self._server.get_mount_points()
        self._access = Access(settings)
        if self._access.auth is not None:
            self._server.set_auth(self._access.auth)
        self._mounts: dict[int, tuple[str, Mount]] = {}
        self._viewers = Viewers(say)
        self._sessions = self._server.get_session_pool()
        self._logins, self._with_login = Logins(), False
        self._server.connect("client-connected", self._client_came)

    def listen(self) -> str:
        """Opens the port; returns what is wrong, or nothing."""
        if self._server.attach(None) == 0:
            return "the port is taken, or the address is not one of this machine"
        return ""

    def open(self, number: int, told: dict[str, Any]) -> None:
        """Serves a stream from now on, or learns which audio comes with it."""
        if number not in self._mounts:
            mount = Mount(partial(say, f"key {number}"))
            self._access.allow(mount.factory, told["user"], told["password"])
            self._mounts[number] = told["path"], mount
            self._paths.add_factory(told["path"], mount.factory)
        self._mounts[number][1].offer(told["audio"])

    def shut(self, number: int) -> None:
        """Serves a stream no more; who watches it is sent away."""
        path, _ = self._mounts.pop(number)
        self._paths.remove_factory(path)
        GLib.idle_add(self._viewers.send_away, number)

    def push(self, number: int, data: bytes, kind: int, pts: int) -> None:
        """Hands a packet on."""
        self._mounts[number][1].push(data, kind, pts)

    def watch_audio(self) -> bool:
        """Looks at each stream whether audio comes."""
        for _, mount in list(self._mounts.values()):
            mount.watch_audio()
        return True  # to be called again

    def watch_viewers(self) -> bool:
        """Sends those away who read no more, and ends sessions without a viewer."""
        self._viewers.cut_stuck(time.monotonic())
        self._sessions.cleanup()
        return True  # to be called again

    def _client_came(self, _server: object, client: Any) -> None:
        host = client.get_connection().get_ip() or ""
        if self._logins.is_shut_out(host, time.monotonic()):
            client.close()
            return
        self._viewers.came(client)
        client.connect("describe-request", self._looks)
        client.connect("play-request", self._plays)
        client.connect("pre-describe-request", self._asks)
        client.connect("send-message", self._answered, host)

    def _asks(self, client: Any, context: Any) -> Any:
        kind = GstRtsp.RTSPHeaderField.AUTHORIZATION
        found, _ = context.request.get_header(kind, 0)
        self._with_login = found == GstRtsp.RTSPResult.OK
        return GstRtsp.RTSPStatusCode.OK

    def _answered(self, client: Any, _session: Any, message: Any, host: str) -> None:
        """Counts wrong passwords: the first 401 is only the question for one."""
        if message.get_type() != GstRtsp.RTSPMsgType.RESPONSE:
            return
        _, code, _, _ = message.parse_response()
        if code == GstRtsp.RTSPStatusCode.UNAUTHORIZED and self._with_login:
            self._logins.wrong(host, time.monotonic())
            say(f"note a wrong login from {host}")

    def _looks(self, client: Any, context: Any) -> None:
        """Remembers at which stream a client looks."""
        for number, (path, _) in list(self._mounts.items()):
            if context.uri.abspath.strip("/") == path.strip("/"):
                self._viewers.looks(client, number)

    def _plays(self, client: Any, context: Any) -> None:
        kind = GstRtsp.RTSPHeaderField.USER_AGENT
        _, agent = context.request.get_header(kind, 0)
        if agent != _VIEW_CHECK and (number := self._viewers.plays(client)) is not None:
            say(f"key {number}")


def serve(server: Server) -> None:
    """Does what stands on stdin until it ends."""
    pipe = sys.stdin.buffer
    while len(header := pipe.read(_HEADER.size)) == _HEADER.size:
        number, size, kind, pts = _HEADER.unpack(header)
        data = pipe.read(size)
        if kind == _OPEN:
            server.open(number, json.loads(data))
        elif kind == _SHUT:
            server.shut(number)
        else:
            server.push(number, data, kind, pts)
        say("done" if kind in {_OPEN, _SHUT} else f"done {number}")


def main() -> None:
    """Serves until stdin ends."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # die with the parent
    if os.getppid() != int(sys.argv[-1]):
        sys.exit(1)
    Gst.init(None)
    say("run")
    server = Server(json.loads(sys.stdin.buffer.readline()))
    if problem := server.listen():
        say(f"error {problem}")
        sys.exit(1)
    loop = GLib.MainLoop()
    GLib.timeout_add(100, server.watch_audio)
    GLib.timeout_add(500, server.watch_viewers)
    Thread(target=loop.run, daemon=True).start()
    say("up")
    serve(server)


if __name__ == "__main__":
    main()
