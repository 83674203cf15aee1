"""`gst:PIPELINE ! appsink`: any GStreamer pipeline as a source.

For hardware and protocols this project does not know. The pipeline runs in a child on
the system's Python: Debian's bindings fit no other, nothing of them leaks in here, and
a pipeline that hangs can be killed.
"""

import json
import os
import re
import select
import struct
import subprocess
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from sources.address import without_secrets
from sources.errors import SourceError
from sources.frame import Colour, StreamInfo
from sources.live.disconnect import Cause, DisconnectedError
from sources.live.reconnect import stall_seconds
from sources.live.stream import LiveStream
from sources.live.timestamps import TIME_BASE

PACKAGES = (
    "python3-gi python3-gst-1.0 gir1.2-gst-plugins-base-1.0 "
    "gstreamer1.0-plugins-base gstreamer1.0-plugins-good"
)
_SYSTEM_PYTHON = Path("/usr/bin/python3")
_BINDINGS = Path("/usr/lib/python3/dist-packages/gi")
_MESSAGE = struct.Struct("<cI")
_HEAD = struct.Struct("<qB")
_KEY, _LOST = 1, 2
_NANOSECONDS = Fraction(1, 1_000_000_000)
_START_SECONDS = 15.0
_APPSINK = re.compile(r"\s*!\s*appsink(\s[^!]*)?$")
_LARGEST = 1 << 28


def open_gst(uri: str) -> LiveStream:
    """Returns the pictures of the pipeline in `uri`; it starts when it is read.

    Raises:
        SourceError: It does not end in `! appsink`, or GStreamer is missing.
    """
    text = uri.removeprefix("gst:")
    if not _APPSINK.search(text):
        raise SourceError("gst: wants a pipeline that ends in ! appsink.")
    if not _BINDINGS.is_dir() or not os.access(_SYSTEM_PYTHON, os.X_OK):
        raise SourceError(
            f"gst: needs GStreamer: apt-get install --no-install-recommends {PACKAGES}"
        )
    pipeline = _APPSINK.sub("", text)
    name = without_secrets(uri)
    return LiveStream(name, lambda: GstConnection(pipeline))


class GstConnection:
    """One run of the pipeline; belongs to the thread that made it."""

    def __init__(self, pipeline: str) -> None:
        """Starts the pipeline and waits for its first picture.

        Raises:
            DisconnectedError: It cannot start.
        """
        script = Path(__file__).with_name("worker.py")
        self._process = subprocess.Popen(  # noqa: S603 - our own program, no shell
            [str(_SYSTEM_PYTHON), "-I", str(script), str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            start_new_session=True,
        )
        try:
            self._say(pipeline)
            self._info = self._shape(self._message(_START_SECONDS))
        except BaseException:
            self.close()
            raise

    def _say(self, pipeline: str) -> None:
        if self._process.stdin is not None:
            self._process.stdin.write(json.dumps(pipeline).encode() + b"\n")

    @property
    def info(self) -> StreamInfo:
        """What the pipeline negotiated."""
        return self._info

    def pictures(self) -> Iterator[av.VideoFrame | None]:
        """Yields pictures until the pipeline ends; None for what came damaged."""
        while True:
            kind, body = self._message(stall_seconds(self._info.frame_rate))
            if kind == b"S":
                self._info = self._shape((kind, body))
            elif kind == b"W":  # packets come, and no whole picture can be made of them
                yield None
            else:
                yield self._picture(body)

    def _message(self, seconds: float) -> tuple[bytes, bytes]:
        until = time.monotonic() + seconds
        kind, size = _MESSAGE.unpack(self._read(_MESSAGE.size, until))
        if size > _LARGEST:
            raise DisconnectedError(Cause.FAULT, "the pipeline wrote to stdout")
        body = self._read(size, until)
        if kind == b"E":
            raise _reason(json.loads(body))
        return kind, body

    def _read(self, size: int, until: float) -> bytes:
        pipe = self._process.stdout
        parts = bytearray()
        while pipe is not None and len(parts) < size:
            if not select.select([pipe], [], [], max(until - time.monotonic(), 0))[0]:
                raise DisconnectedError(Cause.STALLED)
            piece = pipe.read(size - len(parts))
            if not piece:
                raise DisconnectedError(Cause.ENDED)
            parts += piece
        return bytes(parts)

    def _shape(self, message: tuple[bytes, bytes]) -> StreamInfo:
        said = json.loads(message[1])
        rate = Fraction(*said["rate"])
        return StreamInfo(
            width=said["width"],
            height=said["height"],
            pixel_format="yuv420p",
            time_base=TIME_BASE,
            colour=Colour(matrix=said["matrix"], full_range=said["range"]),
            frame_rate=rate or None,
            decoder="gstreamer",
            live=True,
        )

    def _picture(self, body: bytes) -> av.VideoFrame | None:
        """Returns the picture, or None if some of what it is built on got lost."""
        time_ns, known = _HEAD.unpack_from(body)
        if known == _LOST:
            return None
        picture = self._filled(body)
        picture.key_frame = known == _KEY  # type: ignore[misc] # stubs know no setter
        if time_ns >= 0:
            picture.pts, picture.time_base = time_ns, _NANOSECONDS
        return picture

    def _filled(self, body: bytes) -> av.VideoFrame:
        info = self._info
        picture = av.VideoFrame(info.width, info.height, "yuv420p")
        at = _HEAD.size
        for number, plane in enumerate(picture.planes):
            stride = _stride(info.width if number == 0 else -(-info.width // 2))
            rows = -(-info.height // 2) * 2 if number == 0 else -(-info.height // 2)
            given = np.frombuffer(body, np.uint8, stride * rows, at)
            at += stride * rows
            target = np.frombuffer(memoryview(plane), np.uint8)
            target = target.reshape(plane.height, -1)
            width = min(stride, target.shape[1])
            target[:, :width] = given.reshape(rows, stride)[: plane.height, :width]
        picture.colorspace = info.colour.matrix
        picture.color_range = info.colour.full_range
        return picture

    def close(self) -> None:
        """Kills the pipeline; may be called twice."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process.wait()


def _stride(width: int) -> int:
    """GStreamer's rows of I420 are multiples of four bytes."""
    return -(-width // 4) * 4


def _reason(said: dict[str, str]) -> DisconnectedError:
    known = {str(cause): cause for cause in Cause}
    text = " ".join(without_secrets(said["text"]).split())
    return DisconnectedError(known.get(said["cause"], Cause.FAULT), text)
