"""The sound of a live stream on its way into a file, as `Companions` is a file's.

It is handed over by another thread while pictures are encoded.
"""

import logging
from collections.abc import Callable
from fractions import Fraction

from av.container import OutputContainer
from av.video.stream import VideoStream

from sinks.audio.queue import SoundQueue
from sinks.audio.track import SoundTrack, carries
from sinks.packets import TIME_BASE
from sources.audio import Sound, SoundPacket

_LOG = logging.getLogger("derain.sink")


class LiveCompanion:
    """Copies sound that comes by itself into an output."""

    def __init__(self, name: str, sound: Sound) -> None:
        """Takes packets from now on.

        Args:
            name: Of the file, for messages.
            sound: Of this kind they will be.
        """
        self.notes: list[str] = []
        self.audio_packets = 0
        self._name, self._sound = name, sound
        self._queue = SoundQueue()
        self._track: SoundTrack | None = None

    def take(self, packet: SoundPacket) -> None:
        """Keeps a packet for the picture of its time; from any thread."""
        self._queue.put(packet)

    def join(
        self, output: OutputContainer, add_video: Callable[[], VideoStream]
    ) -> VideoStream:
        """Adds a stream of sound to `output`, where it can hold one.

        Returns:
            What `add_video` added before it.
        """
        video = add_video()
        if carries(output.format.name, self._sound):
            self._track = SoundTrack(output, self._sound)
        else:
            self.notes.append(f"{self._name} cannot hold {self._sound}: left out")
            _LOG.warning("sink=%s sound=%r is left out", self._name, str(self._sound))
        return video

    def pictures_moved(self, _seconds: Fraction) -> None:
        """Does nothing: the sound of a live source has the times of its pictures."""

    def copy_until(self, _output: OutputContainer, seconds: Fraction | None) -> None:
        """Writes what came and starts before `seconds`; everything for None."""
        pts = float("inf") if seconds is None else float(seconds / TIME_BASE)
        for packet in self._queue.before(pts):
            if self._track is not None:
                self.audio_packets += self._track.put(packet.data, packet.pts)

    def finish(self) -> None:
        """Writes what an encoder still holds."""
        if self._track is not None:
            self._track.finish()

    def close(self) -> None:
        """Nothing of its own is open."""
