"""What one path of an RTSP server shows: its pipelines, and the packets for them.

Part of the program of this folder, on the system's Python: it imports nothing of ours.
"""

import time
from collections.abc import Callable
from threading import Lock
from typing import Any

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gst, GstRtspServer  # noqa: E402

KEY, AUDIO = 1, 2
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

    def __init__(self, element: Any, want_key: Callable[[], None]) -> None:
        """`element` holds the sources that `launch_line` describes."""
        self._want_key = want_key
        self._video = element.get_by_name("video")
        self._audio = element.get_by_name("audio")
        self._begun: int | None = None
        self._has_audio = self._audio is None

    def push(self, data: bytes, kind: int, pts: int) -> None:
        """Hands a packet on, unless it comes before the first key frame."""
        if self._begun is None and kind == KEY:
            self._begun = pts
        source = self._audio if kind == AUDIO else self._video
        if self._begun is None or source is None or pts < self._begun:
            return
        self._has_audio = self._has_audio or kind == AUDIO
        packet = Gst.Buffer.new_wrapped(data)
        packet.pts = (pts - self._begun) * Gst.SECOND // _TICK
        refused = source.emit("push-buffer", packet) != Gst.FlowReturn.OK
        if refused and kind == KEY:  # the pipeline has only begun to start
            self._begun = None
            self._want_key()

    def wake(self, old_audio: bytes, pts: int) -> None:
        """Gives a pipeline whose audio has just gone a moment of it, at last.

        GStreamer shows nobody anything before each of its streams has begun.
        """
        patience = round(_SILENT_SECONDS / 2 * _TICK)
        if self._has_audio or self._begun is None or pts < self._begun + patience:
            return
        if old_audio:
            self.push(old_audio, AUDIO, pts)


class Mount:
    """Hands every packet of one stream to each pipeline that has viewers."""

    def __init__(self, want_key: Callable[[], None]) -> None:
        """Nobody looks yet; `want_key` asks for a key frame."""
        self._want_key = want_key
        self._lock = Lock()
        self._feeds: dict[Any, Feed] = {}
        self._audio: dict[str, Any] | None = None
        self._heard = time.monotonic()
        self._with_audio = False
        self._old_audio = b""
        self.factory = GstRtspServer.RTSPMediaFactory()
        self.factory.set_shared(True)
        self.factory.set_latency(0)
        self.factory.set_launch(launch_line(None))
        self.factory.connect("media-configure", self._configure)

    def offer(self, audio: dict[str, Any] | None) -> None:
        """New viewers get this audio, too; as for `launch_line`."""
        self._audio, self._heard = audio, time.monotonic()
        self._with_audio = audio is not None
        self.factory.set_launch(launch_line(audio))

    def _configure(self, _factory: object, media: Any) -> None:
        element = media.get_element()
        element.get_parent().connect("element-added", tune)
        with self._lock:
            self._feeds[media] = Feed(element, self._want_key)
        media.connect("prepared", report_soon)
        media.connect("unprepared", self._gone)
        self._want_key()  # whoever asks for the description waits for a picture

    def _gone(self, media: object) -> None:
        with self._lock:
            self._feeds.pop(media, None)

    def push(self, data: bytes, kind: int, pts: int) -> None:
        """Hands a packet on."""
        if kind == AUDIO:
            self._heard, self._old_audio = time.monotonic(), data
        with self._lock:
            feeds = list(self._feeds.values())
        for feed in feeds:
            feed.push(data, kind, pts)
            if kind != AUDIO:
                feed.wake(self._old_audio, pts)

    def watch_audio(self) -> None:
        """Offers audio to new viewers only while it comes: they would wait for it."""
        silent = time.monotonic() - self._heard > _SILENT_SECONDS
        comes = self._audio is not None and not silent
        if comes != self._with_audio:
            self._with_audio = comes
            self.factory.set_launch(launch_line(self._audio if comes else None))
