"""The sound of a live stream: packets that are passed on as they came.

A value module like `sources.frame`: sinks import it, too.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """What kind of sound it is."""

    codec: str
    """FFmpeg's name: `aac`, `opus`, `pcm_alaw` or `pcm_mulaw`."""
    rate: int
    """Samples in a second."""
    layout: str
    """FFmpeg's name: `mono`, `stereo`, ..."""


@dataclass(frozen=True, slots=True)
class SoundPacket:
    """Some milliseconds of sound."""

    data: bytes
    pts: int
    """In 1/90000 s, on the timeline of the pictures."""
