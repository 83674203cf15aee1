"""Audio of a live stream that waits for the picture of its time.

Audio goes around the network and is early by what the network takes. Servers and files
want both in the order of their times: a recording ends its audio where its pictures
end, and GStreamer's sender reports compare the moments of sending.
"""

from collections import deque
from contextlib import suppress

from sources.audio import AudioPacket
from sources.channel import Channel, Stopped

_MOST = 1000
"""Packets: twenty seconds of AAC. Only pictures that stay away fill it."""


class AudioQueue:
    """One thread puts, another takes; neither waits, and the oldest is lost."""

    def __init__(self) -> None:
        """Empty."""
        self._packets: Channel[AudioPacket] = Channel(_MOST, on_full=_lose_oldest)
        self._taken_to = -1

    def put(self, packet: AudioPacket) -> None:
        """Takes a packet; loses it after `stop`."""
        with suppress(Stopped):
            self._packets.put(packet)

    def before(self, pts: float) -> list[AudioPacket]:
        """Returns the packets that start before `pts`, in 1/90000 s; each once."""
        ready = self._packets.take_while(lambda packet: packet.pts < pts)
        if ready:
            self._taken_to = ready[-1].pts
        return ready

    def lead(self, pts: int) -> list[AudioPacket]:
        """Returns the packet that follows `pts`, unless it is not there yet, or taken.

        A muxer holds a picture back until it knows which audio is next: a whole picture
        long (40 ms) if that came with the next picture only.
        """
        if self._taken_to >= pts:
            return []
        try:
            packet = self._packets.get(0)
        except (TimeoutError, Stopped):
            return []
        self._taken_to = packet.pts
        return [packet]

    def stop(self) -> None:
        """Says that no more audio is wanted; from any thread."""
        self._packets.stop()


def _lose_oldest(packets: deque[AudioPacket]) -> None:
    packets.popleft()
