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
from threading import Thread
from typing import Any

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstApp", "1.0")
gi.require_version("GstVideo", "1.0")
from gi.repository import Gst, GstApp, GstVideo  # noqa: E402

_MESSAGE = struct.Struct("<cI")
_TIME = struct.Struct("<q")
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


def run(pipeline: Any) -> None:
    """Writes pictures until the pipeline ends or fails."""
    sink = pipeline.get_by_name("derain")
    bus = pipeline.get_bus()
    known = None
    pipeline.set_state(Gst.State.PLAYING)
    while True:
        sample = sink.try_pull_sample(Gst.SECOND // 5)
        if sample is not None:
            caps = sample.get_caps()
            if known is None or not caps.is_equal(known):
                known = caps
                write(b"S", shape(caps))
            buffer = sample.get_buffer()
            data = buffer.extract_dup(0, buffer.get_size())
            write(b"F", _TIME.pack(_nanoseconds(buffer)) + data)
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
