"""How long each packet of the video lasts; encoders with delay do not say it."""

from av.packet import Packet
from av.video.stream import VideoStream


class PacketTimes:
    """Holds each packet back until the one behind it is known, in one time base."""

    def __init__(self, *, by_decoding: bool, usual: int) -> None:
        """Nothing came yet.

        Args:
            by_decoding: Whether a packet lasts until the next is decoded, as in MP4;
                else as long as its picture is shown, as in Matroska.
            usual: Units that a picture lasts where nobody says.
        """
        self.last = usual
        """Units that the newest picture lasts."""
        self._by_decoding = by_decoding
        self._shown: dict[int, int] = {}
        self.end = 0
        """When the newest picture ends."""
        self._held: Packet[VideoStream] | None = None

    def shown(self, pts: int, duration: int) -> None:
        """Says how long a picture lasts that is encoded now; 0 where nobody knows."""
        self.last = duration or self.last
        self.end = pts + self.last
        self._shown[pts] = self.last

    def next(
        self, packet: "Packet[VideoStream] | None"
    ) -> "Packet[VideoStream] | None":
        """Returns the packet before this one, with its length; None: the last.

        Without one FFmpeg guesses at the end of each fragment: with x265 the last two
        frames fell out of the edit list. The last packet lasts to the end of all,
        because the muxer forgets at each fragment how far the ones before it reached,
        and cuts the edit list there; `mp4_repair` puts it right.
        """
        held, self._held = self._held, packet
        if held is None:
            return None
        shown = self._shown.pop(held.pts or 0, self.last)
        if not self._by_decoding:
            held.duration = shown
        elif packet is not None and packet.dts is not None and held.dts is not None:
            held.duration = packet.dts - held.dts
        else:
            held.duration = max(self.last, self.end - (held.pts or 0))
        return held
