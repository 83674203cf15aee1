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
import time
from pathlib import Path
from threading import Lock, Thread
from typing import Any

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gio, GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

sys.path.insert(0, str(Path(__file__).parent))
from rtsp_viewers import Logins, Viewers  # type: ignore[import-not-found] # noqa: E402 - beside

_HEADER = struct.Struct("<IBq")
_KEY, _AUDIO = 1, 2
_TICK = 90_000
"""Of the times of packets, in a second."""
_SILENT_SECONDS = 1.0
_REPORT_SECONDS = 0.25
_VIDEO_BRANCH = (
    "appsrc name=video is-live=true format=time max-buffers=60 leaky-type=downstream "
    "caps=video/x-h264,stream-format=byte-stream,alignment=au ! "
    "h264parse config-interval=-1 ! rtph264pay name=pay0 pt=96 config-interval=0 "
    "aggregate-mode=zero-latency"
)
"""The parser repeats the parameter sets, not the payloader: GStreamer 1.22's puts them
before every slice, and FFmpeg then splits the picture there."""
_AUDIO_BRANCH = (
    "appsrc name=audio is-live=true format=time max-buffers=100 leaky-type=downstream "
    "caps={caps} ! {payloader} name=pay1 perfect-rtptime=false"
)
_AAC = (
    "audio/mpeg,mpegversion=4,stream-format=raw,rate={rate},channels={channels},"
    "codec_data=(buffer){config}"
)
_KINDS = {
    "aac": (_AAC, "rtpmp4gpay pt=97"),
    "opus": ("audio/x-opus,channel-mapping-family=0", "rtpopuspay pt=97"),
    "pcm_alaw": ("audio/x-alaw,rate=8000,channels=1", "rtppcmapay"),
    "pcm_mulaw": ("audio/x-mulaw,rate=8000,channels=1", "rtppcmupay"),
}
_ROLE = "viewer"
_VIEW_CHECK = "derain view check"
"""What `view_check` calls itself: no viewer, and it needs no key frame at once."""


def say(word: str) -> None:
    """Tells the parent."""
    sys.stdout.write(word + "\n")
    sys.stdout.flush()


def launch_line(audio: dict[str, Any] | None) -> str:
    """Returns GStreamer's description of what viewers get.

    Args:
        audio: The fields of `sources.audio.Audio`, or None for pictures alone.
    """
    if audio is None:
        return f"( {_VIDEO_BRANCH} )"
    caps, payloader = _KINDS[audio["codec"]]
    channels = 1 if audio["layout"] == "mono" else 2
    caps = caps.format(rate=audio["rate"], channels=channels, config=audio["config"])
    return f"( {_VIDEO_BRANCH} {_AUDIO_BRANCH.format(caps=caps, payloader=payloader)} )"


def tune(_pipeline: object, element: Any) -> None:
    """Lets a pipeline send at once, and tell viewers by times how its streams belong.

    By default a sink holds what seems early next to a first packet that was late, and
    the reports compare the moments of sending instead of the times of the packets.
    """
    for name in ("sync", "rtcp-sync-send-time"):
        if element.find_property(name):
            element.set_property(name, False)


def report_soon(media: Any) -> None:
    """Lets reports go out often: before the first a viewer guesses how streams belong.

    By default they come every five seconds, and who joined between two of them heard
    the audio early or late until then.
    """
    for index in range(media.n_streams()):
        session = media.get_stream(index).get_rtpsession()
        session.set_property("rtcp-min-interval", round(_REPORT_SECONDS * Gst.SECOND))


class Feed:
    """One pipeline with viewers, which begins with a key frame as time zero."""

    def __init__(self, element: Any) -> None:
        """`element` holds the sources that `launch_line` describes."""
        self._video = element.get_by_name("video")
        self._audio = element.get_by_name("audio")
        self._begun: int | None = None
        self._has_audio = self._audio is None

    def push(self, data: bytes, kind: int, pts: int) -> None:
        """Hands a packet on, unless it comes before the first key frame."""
        if self._begun is None and kind == _KEY:
            self._begun = pts
        source = self._audio if kind == _AUDIO else self._video
        if self._begun is None or source is None or pts < self._begun:
            return
        self._has_audio = self._has_audio or kind == _AUDIO
        packet = Gst.Buffer.new_wrapped(data)
        packet.pts = (pts - self._begun) * Gst.SECOND // _TICK
        refused = source.emit("push-buffer", packet) != Gst.FlowReturn.OK
        if refused and kind == _KEY:  # the pipeline has only begun to start
            self._begun = None
            say("key")

    def wake(self, old_audio: bytes, pts: int) -> None:
        """Gives a pipeline whose audio has just gone a moment of it, at last.

        GStreamer shows nobody anything before each of its streams has begun.
        """
        patience = round(_SILENT_SECONDS / 2 * _TICK)
        if self._has_audio or self._begun is None or pts < self._begun + patience:
            return
        if old_audio:
            self.push(old_audio, _AUDIO, pts)


class Server:
    """Hands every packet to each pipeline that has viewers."""

    def __init__(self, audio: dict[str, Any] | None) -> None:
        """Nobody looks yet; `audio` as for `launch_line`."""
        self._lock = Lock()
        self._feeds: dict[Any, Feed] = {}
        self._audio = audio
        self._heard = time.monotonic()
        self._with_audio = audio is not None
        self._old_audio = b""
        self._factory = GstRtspServer.RTSPMediaFactory()
        self._viewers = Viewers(say)
        self._sessions: Any = None
        self._logins, self._with_login = Logins(), False

    def listen(self, settings: dict[str, str]) -> str:
        """Opens the port; returns what is wrong, or nothing."""
        factory = self._factory
        factory.set_shared(True)
        factory.set_latency(0)
        factory.set_launch(launch_line(self._audio))
        factory.connect("media-configure", self._configure)
        server = GstRtspServer.RTSPServer.new()
        server.set_address(settings["host"])
        server.set_service(settings["port"])
        server.get_mount_points().add_factory(settings["path"], factory)
        if settings["user"] or settings["certificate"]:
            _protect(server, factory, settings)
        server.connect("client-connected", self._client_came)
        self._sessions = server.get_session_pool()
        if server.attach(None) == 0:
            return "the port is taken, or the address is not one of this machine"
        return ""

    def _configure(self, _factory: object, media: Any) -> None:
        element = media.get_element()
        element.get_parent().connect("element-added", tune)
        with self._lock:
            self._feeds[media] = Feed(element)
        media.connect("prepared", report_soon)
        media.connect("unprepared", self._gone)
        say("key")  # whoever asks for the description waits for the first picture

    def _gone(self, media: object) -> None:
        with self._lock:
            self._feeds.pop(media, None)

    def push(self, data: bytes, kind: int, pts: int) -> None:
        """Hands a packet on."""
        if kind == _AUDIO:
            self._heard, self._old_audio = time.monotonic(), data
        with self._lock:
            feeds = list(self._feeds.values())
        for feed in feeds:
            feed.push(data, kind, pts)
            if kind != _AUDIO:
                feed.wake(self._old_audio, pts)

    def watch_audio(self) -> bool:
        """Offers audio to new viewers only while it comes: they would wait for it."""
        silent = time.monotonic() - self._heard > _SILENT_SECONDS
        comes = self._audio is not None and not silent
        if comes != self._with_audio:
            self._with_audio = comes
            self._factory.set_launch(launch_line(self._audio if comes else None))
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

    def _plays(self, client: Any, context: Any) -> None:
        kind = GstRtsp.RTSPHeaderField.USER_AGENT
        _, agent = context.request.get_header(kind, 0)
        if agent != _VIEW_CHECK:
            self._viewers.plays(client)
            say("key")


def _protect(server: Any, factory: Any, settings: dict[str, str]) -> None:
    auth = GstRtspServer.RTSPAuth.new()
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", _ROLE)
    if settings["user"]:
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        auth.set_realm("derain")
        auth.add_digest(settings["user"], settings["password"], token)
    else:
        auth.set_default_token(token)
    if settings["certificate"]:
        pair = settings["certificate"], settings["key"]
        auth.set_tls_certificate(Gio.TlsCertificate.new_from_files(*pair))
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
    server = Server(settings["audio"])
    if problem := server.listen(settings):
        say(f"error {problem}")
        sys.exit(1)
    loop = GLib.MainLoop()
    GLib.timeout_add(100, server.watch_audio)
    GLib.timeout_add(500, server.watch_viewers)
    Thread(target=loop.run, daemon=True).start()
    say("up")
    while len(header := pipe.read(_HEADER.size)) == _HEADER.size:
        size, kind, pts = _HEADER.unpack(header)
        server.push(pipe.read(size), kind, pts)
        say("done")


if __name__ == "__main__":
    main()
