"""Sound of a live stream that waits for the picture of its time.

Sound goes around the network and is early by what the network takes. Servers and files
want both in the order of their times: a recording ends its sound where its pictures
end, and GStreamer's sender reports compare the moments of sending.
"""

from collections import deque

from sources.sound import SoundPacket

_MOST = 1000
"""Packets: twenty seconds of AAC. Only pictures that stay away fill it."""


class SoundQueue:
    """One thread puts, another takes; neither waits, and the oldest is lost."""

    def __init__(self) -> None:
        """Empty."""
        self._packets: deque[SoundPacket] = deque(maxlen=_MOST)

    def put(self, packet: SoundPacket) -> None:
        """Takes a packet."""
        self._packets.append(packet)

    def before(self, pts: float) -> list[SoundPacket]:
        """Returns the packets that start before `pts`, in 1/90000 s; each once."""
        ready = []
        while self._packets and self._packets[0].pts < pts:
            ready.append(self._packets.popleft())
        return ready
