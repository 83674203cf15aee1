"""The audio of a live stream on its way into a file, as `StreamCopier` is a file's.

It is handed over by another thread while pictures are encoded.
"""

import logging
from collections.abc import Callable
from fractions import Fraction

from av.container import OutputContainer
from av.video.stream import VideoStream

from sinks.audio.queue import AudioQueue
from sinks.audio.track import AudioTrack, carries
from sinks.packets import TIME_BASE
from sources.audio import Audio, AudioPacket

_LOG = logging.getLogger("derain.sink")


class LiveAudioCopier:
    """Copies audio that comes by itself into an output."""

    def __init__(self, name: str, audio: Audio) -> None:
        """Takes packets from now on.

        Args:
            name: Of the file, for messages.
            audio: Of this kind they will be.
        """
        self.notes: list[str] = []
        self.audio_packets = 0
        self.left_out: set[int] = set()
        self.put_forward: dict[int, Fraction] = {}
        self.covers: list[bytes] = []
        """Nothing is written before its time."""
        self._name, self._audio = name, audio
        self._queue = AudioQueue()
        self._track: AudioTrack | None = None

    @property
    def has_own_tags(self) -> bool:
        """Whether it brings tags: a live source has none."""
        return False

    def take(self, packet: AudioPacket) -> None:
        """Keeps a packet for the picture of its time; from any thread."""
        self._queue.put(packet)

    def join(
        self, output: OutputContainer, add_video: Callable[[], VideoStream]
    ) -> VideoStream:
        """Adds a stream of audio to `output`, where it can hold one.

        Returns:
            What `add_video` added before it.
        """
        video = add_video()
        if carries(output.format.name, self._audio):
            self._track = AudioTrack(output, self._audio)
        else:
            self.notes.append(f"{self._name} cannot hold {self._audio}: left out")
            _LOG.warning("sink=%s audio=%r is left out", self._name, str(self._audio))
        return video

    def pictures_moved(self, _seconds: Fraction) -> None:
        """Does nothing: the audio of a live source has the times of its pictures."""

    def decoded_from(self, _seconds: Fraction) -> None:
        """Audio does not care when pictures are decoded."""

    def copy_until(self, _output: OutputContainer, seconds: Fraction | None) -> None:
        """Writes what came and starts before `seconds`; everything for None."""
        pts = float("inf") if seconds is None else float(seconds / TIME_BASE)
        for packet in self._queue.before(pts):
            if self._track is not None:
                self.audio_packets += self._track.put(packet.data, packet.pts)
        if self._track is not None and seconds is not None:
            self._track.picture_at(round(seconds / TIME_BASE))

    def finish(self) -> None:
        """Writes what an encoder still holds."""
        if self._track is not None:
            self._track.finish()

    def close(self) -> None:
        """Takes nothing any more."""
        self._queue.stop()
