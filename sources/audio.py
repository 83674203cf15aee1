"""The audio of a live stream: packets that are passed on as they came.

A value module like `sources.frame`: sinks import it, too.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Audio:
    """What kind of audio it is."""

    codec: str
    """FFmpeg's name: `aac`, `opus`, `pcm_alaw` or `pcm_mulaw`."""
    rate: int
    """Samples in a second."""
    layout: str
    """FFmpeg's name: `mono`, `stereo`, ..."""
    config: str = ""
    """What a decoder of AAC must know first (its AudioSpecificConfig), as hex."""

    def __str__(self) -> str:
        """Returns it for people: `aac 48000 Hz mono`."""
        return f"{self.codec} {self.rate} Hz {self.layout}"


@dataclass(frozen=True, slots=True)
class AudioPacket:
    """Some milliseconds of audio."""

    data: bytes
    pts: int
    """In 1/90000 s, on the timeline of the pictures."""
