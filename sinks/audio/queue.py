"""Audio of a live stream that waits for the picture of its time.

Audio goes around the network and is early by what the network takes. Servers and files
want both in the order of their times: a recording ends its audio where its pictures
end, and GStreamer's sender reports compare the moments of sending.
"""

from collections import deque

from sources.audio import AudioPacket

_MOST = 1000
"""Packets: twenty seconds of AAC. Only pictures that stay away fill it."""


class AudioQueue:
    """One thread puts, another takes; neither waits, and the oldest is lost."""

    def __init__(self) -> None:
        """Empty."""
        self._packets: deque[AudioPacket] = deque(maxlen=_MOST)
        self._taken_to = -1

    def put(self, packet: AudioPacket) -> None:
        """Takes a packet."""
        self._packets.append(packet)

    def before(self, pts: float) -> list[AudioPacket]:
        """Returns the packets that start before `pts`, in 1/90000 s; each once."""
        ready = []
        while self._packets and self._packets[0].pts < pts:
            ready.append(self._take())
        return ready

    def lead(self, pts: int) -> list[AudioPacket]:
        """Returns the packet that follows `pts`, unless it is not there yet, or taken.

        A muxer holds a picture back until it knows which audio is next: a whole picture
        long (40 ms) if that came with the next picture only.
        """
        late = self._taken_to < pts and bool(self._packets)
        return [self._take()] if late else []

    def _take(self) -> AudioPacket:
        packet = self._packets.popleft()
        self._taken_to = packet.pts
        return packet
