"""Stands between a camera and its viewer, and changes what the camera sends.

RTSP over TCP, where packets come interleaved with the answers (RFC 2326, section 10.12;
RFC 3550, section 5.1). So a good server becomes a camera of quirks.
"""

import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from threading import Thread

MARK = 0x24
TICKS = 90_000
Line = Callable[[bytes], bytes]
Packet = Callable[[int, bytearray], bytes | bytearray | None]


class ChangingProxy:
    """Takes one viewer after the other until it is closed."""

    def __init__(
        self,
        camera_port: int,
        *,
        line: Line = lambda line: line,
        packet: Packet = lambda _channel, packet: packet,
        request: Line = lambda line: line,
    ) -> None:
        """Changes nothing by itself.

        Args:
            camera_port: Of the camera, on this machine.
            line: Changes a line of an answer; a session description keeps its length.
            packet: Changes a packet, of which the channel is told, or gives None for
                one that gets lost.
            request: Changes what a viewer sends.
        """
        self._camera_port = camera_port
        self._line, self._packet, self._request = line, packet, request
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.viewers = 0
        """How many have come."""
        Thread(target=self._take, daemon=True).start()

    def _take(self) -> None:
        with suppress(OSError):
            while True:
                viewer, _ = self._listener.accept()
                self.viewers += 1
                camera = socket.create_connection(("127.0.0.1", self._camera_port))
                Thread(target=self._ask, args=(viewer, camera), daemon=True).start()
                Thread(target=self._change, args=(camera, viewer), daemon=True).start()

    def _change(self, camera: socket.socket, viewer: socket.socket) -> None:
        with suppress(OSError), camera, viewer, camera.makefile("rb") as stream:
            while head := stream.read(1):
                if head[0] != MARK:
                    viewer.sendall(self._line(head + stream.readline()))
                    continue
                channel, size = struct.unpack(">BH", stream.read(3))
                packet = self._packet(channel, bytearray(stream.read(size)))
                if packet is not None:
                    viewer.sendall(struct.pack(">BBH", MARK, channel, len(packet)))
                    viewer.sendall(packet)

    def _ask(self, viewer: socket.socket, camera: socket.socket) -> None:
        with suppress(OSError):
            while data := viewer.recv(4096):
                camera.sendall(self._request(data))
        with suppress(OSError):
            camera.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Takes no viewer any more."""
        self._listener.close()


class JumpingClock:
    """A packet's change: `after` so many seconds of its own time a clock jumps."""

    def __init__(self, seconds: float, after: float) -> None:
        """Both in seconds."""
        self._jump, self._after = round(seconds * TICKS), round(after * TICKS)
        self._first: int | None = None

    def __call__(self, channel: int, packet: bytearray) -> bytearray:
        """Changes a packet of pictures."""
        if channel == 0:
            [time] = struct.unpack_from(">I", packet, 4)
            self._first = time if self._first is None else self._first
            if time - self._first >= self._after:
                struct.pack_into(">I", packet, 4, (time + self._jump) % (1 << 32))
        return packet


class StoodStill:
    """A packet's change: a camera stops for a moment, and its clock with it.

    What the good camera sends meanwhile gets lost, so each picture has to stand alone.
    """

    def __init__(self, seconds: float, after: float) -> None:
        """It stops for `seconds`, `after` so many of its own time."""
        self._stop, self._after = round(seconds * TICKS), round(after * TICKS)
        self._first: int | None = None
        self._lost = 0

    def __call__(self, channel: int, packet: bytearray) -> bytearray | None:
        """Changes a packet of pictures, or loses it."""
        if channel != 0:
            return None  # they tell the unchanged clock
        number, time = struct.unpack_from(">HI", packet, 2)
        self._first = time if self._first is None else self._first
        age = (time - self._first) % (1 << 32)
        if self._after <= age < self._after + self._stop:
            self._lost += 1
            return None
        if age >= self._after:
            time = (time - self._stop) % (1 << 32)
            number = (number - self._lost) % (1 << 16)
            struct.pack_into(">HI", packet, 2, number, time)
        return packet
