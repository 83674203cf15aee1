"""A program of its own: runs a GStreamer pipeline and writes its pictures to stdout.

It imports nothing of ours, for it runs on the Python that GStreamer's bindings belong
to, which is the system's. `sources.live.gstreamer.source` reads what it writes:
messages of a kind, a length and a body.
"""

import ctypes
import json
import os
import signal
import struct
import sys
import time
from collections import deque
from threading import Thread
from typing import Any

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstApp", "1.0")
gi.require_version("GstVideo", "1.0")
from gi.repository import Gst, GstApp, GstVideo  # noqa: E402

_MESSAGE = struct.Struct("<cI")
_HEAD = struct.Struct("<qB")
"""Of a picture: its time in ns or -1, and what is known of it."""
_KEY, _LOST = 1, 2
_ASK_SECONDS = 1.0
_TAIL = (
    " ! videoconvert ! video/x-raw,format=I420 ! "
    "appsink name=derain sync=false max-buffers=2 drop=true"
)
_MATRIX = {"BT709": 1, "BT601": 6, "SMPTE240M": 7, "BT2020": 9}
_RANGE = {"0_255": 2, "16_235": 1}


def write(kind: bytes, body: bytes) -> None:
    """Sends one message."""
    out = sys.stdout.buffer
    out.write(_MESSAGE.pack(kind, len(body)))
    out.write(body)
    out.flush()


def fail(cause: str, text: str) -> None:
    """Says why it ends, and ends."""
    write(b"E", json.dumps({"cause": cause, "text": text}).encode())
    os._exit(1)


def shape(caps: Any) -> bytes:
    """Describes the pictures that follow."""
    info = GstVideo.VideoInfo.new_from_caps(caps)
    return json.dumps(
        {
            "width": info.width,
            "height": info.height,
            "rate": [info.fps_n, max(info.fps_d, 1)],
            "matrix": _MATRIX.get(info.colorimetry.matrix.value_nick.upper(), 2),
            "range": _RANGE.get(info.colorimetry.range.value_name[-6:].strip("_"), 0),
        }
    ).encode()


class Losses:
    """Knows at the decoder's door what is missing, and asks for a key frame.

    GStreamer marks what follows a gap: RTP numbers that jump, a counter of MPEG-TS, a
    queue that leaks. The decoder says nothing of it. What is decoded comes out later,
    so a mark waits for the first picture of its time. A key frame behind a gap may be
    one in part: the next one is waited for.
    """

    def __init__(self, pipeline: Any) -> None:
        """Watches the first decoder that `pipeline` has, or gets."""
        self._door: Any = None
        self._marks: deque[tuple[int, int]] = deque()
        self._state = _LOST
        self._begun = self._has_deltas = self._came = False
        self._asked = 0.0
        pipeline.connect("deep-element-added", lambda _all, _bin, one: self._meet(one))
        for element in pipeline.iterate_recurse():
            self._meet(element)

    def _meet(self, element: Any) -> None:
        klass = element.get_metadata("klass") or ""
        door = element.get_static_pad("sink")
        if self._door is None and door is not None and "Decoder/Video" in klass:
            self._door = door
            door.add_probe(Gst.PadProbeType.BUFFER, self._passed)

    def _passed(self, door: Any, info: Any) -> Any:
        buffer = info.get_buffer()
        is_delta = buffer.has_flags(Gst.BufferFlags.DELTA_UNIT)
        gap = self._begun and buffer.has_flags(Gst.BufferFlags.DISCONT)
        self._begun = self._came = True
        self._has_deltas |= is_delta
        if gap and self._has_deltas:
            self._mark(door, buffer, _LOST)
        elif not is_delta:
            self._mark(door, buffer, _KEY)
        return Gst.PadProbeReturn.OK

    def _mark(self, door: Any, buffer: Any, what: int) -> None:
        self._state = what
        event = door.get_sticky_event(Gst.EventType.SEGMENT, 0)
        when = _running_time(event and event.parse_segment(), buffer)
        self._marks.append((when, what))

    def of(self, sample: Any) -> int:
        """Returns what is known of a picture: that it is whole, damaged, or neither."""
        buffer = sample.get_buffer()
        if self._door is None:
            return _KEY
        when, found = _running_time(sample.get_segment(), buffer), 0
        while self._marks and self._marks[0][0] <= when:
            found = self._marks.popleft()[1]
        if buffer.has_flags(Gst.BufferFlags.CORRUPTED):
            self._state = found = _LOST
        return found

    def ask(self) -> bool:
        """Asks for a key frame once a second while one is missing.

        Where the camera takes it, RTP makes PLI or FIR of that. Returns whether packets
        came since it was last called, while one is missing.
        """
        came, self._came = self._came, False
        if self._door is None or self._state == _KEY:
            return False
        now = time.monotonic()
        if self._begun and now - self._asked >= _ASK_SECONDS:
            self._asked = now
            event = GstVideo.video_event_new_upstream_force_key_unit(
                Gst.CLOCK_TIME_NONE, True, 0
            )
            self._door.push_event(event)
        return came


def _running_time(segment: Any, buffer: Any) -> int:
    """Returns when a buffer is due, which means the same at each place."""
    if not segment or buffer.pts == Gst.CLOCK_TIME_NONE:
        return 0
    when = segment.to_running_time(Gst.Format.TIME, buffer.pts)
    return 0 if when == Gst.CLOCK_TIME_NONE else int(when)


def run(pipeline: Any) -> None:
    """Writes pictures until the pipeline ends or fails."""
    sink = pipeline.get_by_name("derain")
    bus = pipeline.get_bus()
    losses = Losses(pipeline)
    known = None
    pipeline.set_state(Gst.State.PLAYING)
    while True:
        sample = sink.try_pull_sample(Gst.SECOND // 5)
        waits = losses.ask()
        if sample is not None:
            caps = sample.get_caps()
            if known is None or not caps.is_equal(known):
                known = caps
                write(b"S", shape(caps))
            buffer = sample.get_buffer()
            data = buffer.extract_dup(0, buffer.get_size())
            write(b"F", _HEAD.pack(_nanoseconds(buffer), losses.of(sample)) + data)
        elif waits:
            write(b"W", b"")
        look_at(bus.pop_filtered(Gst.MessageType.ERROR | Gst.MessageType.EOS))


def _nanoseconds(buffer: Any) -> int:
    return -1 if buffer.pts == Gst.CLOCK_TIME_NONE else int(buffer.pts)


def look_at(message: Any) -> None:
    """Ends with what the pipeline says, if it says something."""
    if message is None:
        return
    if message.type == Gst.MessageType.EOS:
        fail("ended", "")
    error, _ = message.parse_error()
    causes = {
        Gst.ResourceError.NOT_AUTHORIZED: "wrong password",
        Gst.ResourceError.NOT_FOUND: "not found",
    }
    ours = error.matches(Gst.ResourceError.quark(), error.code)
    fail(causes.get(error.code, "error") if ours else "error", error.message)


def main() -> None:
    """Reads the pipeline's text from stdin; ends when stdin does."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # die with the parent
    if os.getppid() != int(sys.argv[-1]):
        sys.exit(1)
    Gst.init(None)
    text = json.loads(sys.stdin.buffer.readline())
    Thread(target=_end_with_stdin, daemon=True).start()
    try:
        pipeline = Gst.parse_launch(text + _TAIL)
    except Exception as error:  # noqa: BLE001 - GLib.Error, of whatever element
        fail("pipeline", str(getattr(error, "message", error)))
        return
    run(pipeline)


def _end_with_stdin() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    _ = GstApp  # registers try_pull_sample
    main()
