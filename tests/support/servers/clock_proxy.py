"""Stands between a camera and its viewer, and lets the camera's clock jump.

RTSP over TCP: of what comes from the camera the times in RTP packets are changed, which
come interleaved (RFC 2326, section 10.12; RFC 3550, section 5.1).
"""

import socket
import struct
from contextlib import suppress
from threading import Thread

_MARK = 0x24
_TICKS = 90_000


class ClockProxy:
    """Takes one viewer after the other until it is closed."""

    def __init__(self, camera_port: int, *, jump_seconds: float, after: float) -> None:
        """`after` so many seconds of the camera's own time it jumps."""
        self._camera_port = camera_port
        self._jump, self._after = round(jump_seconds * _TICKS), round(after * _TICKS)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        Thread(target=self._take, daemon=True).start()

    def _take(self) -> None:
        with suppress(OSError):
            while True:
                viewer, _ = self._listener.accept()
                camera = socket.create_connection(("127.0.0.1", self._camera_port))
                Thread(target=_pass_on, args=(viewer, camera), daemon=True).start()
                Thread(target=self._change, args=(camera, viewer), daemon=True).start()

    def _change(self, camera: socket.socket, viewer: socket.socket) -> None:
        first: int | None = None
        with suppress(OSError), camera, viewer, camera.makefile("rb") as stream:
            while head := stream.read(1):
                if head[0] != _MARK:
                    viewer.sendall(head + stream.readline())
                    continue
                channel, size = struct.unpack(">BH", stream.read(3))
                packet = bytearray(stream.read(size))
                if channel == 0:
                    [time] = struct.unpack_from(">I", packet, 4)
                    first = time if first is None else first
                    if time - first >= self._after:
                        time = (time + self._jump) % (1 << 32)
                        struct.pack_into(">I", packet, 4, time)
                viewer.sendall(head + struct.pack(">BH", channel, size) + packet)

    def close(self) -> None:
        """Takes no viewer any more."""
        self._listener.close()


def _pass_on(viewer: socket.socket, camera: socket.socket) -> None:
    with suppress(OSError):
        while data := viewer.recv(4096):
            camera.sendall(data)
    with suppress(OSError):
        camera.shutdown(socket.SHUT_RDWR)
