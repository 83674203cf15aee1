"""The other streams of a container that can be read only once: they wait here.

Beside a file a second reader walks through the same file. Of a pipe there is no second
reading: whoever decodes the pictures puts the packets of audio and the rest here, and
whoever stores the pictures takes them up to the time of each.
"""

from collections import deque
from collections.abc import Mapping

from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream


class ArrivingStreams:
    """Packets on their way from the thread that reads to the thread that stores."""

    def __init__(self, container: InputContainer, main: VideoStream) -> None:
        """Keeps what comes from now on; `main` are the pictures, which do not."""
        self.container, self.main = container, main
        self._waiting: deque[Packet[Stream]] = deque()
        self._wanted = True

    def put(self, packet: "Packet[Stream]") -> None:
        """Keeps a packet that holds something; from the thread that reads."""
        if self._wanted and packet.size:
            self._waiting.append(packet)

    def leave(self) -> None:
        """Says that nobody will take anything."""
        self._wanted = False
        self._waiting.clear()

    def first(self) -> "Mapping[int, Packet[Stream]]":
        """Returns the first packet that waits, of each stream that has one."""
        found: dict[int, Packet[Stream]] = {}
        for packet in tuple(self._waiting):
            found.setdefault(packet.stream_index, packet)
        return found

    def take(self) -> "Packet[Stream] | None":
        """Returns the next packet; None if none is there yet, or none will come."""
        return self._waiting.popleft() if self._waiting else None
