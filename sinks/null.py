"""Throws frames away: for measuring everything in front of it."""

from sources.frame import Frame, StreamInfo


class NullSink:
    """`null:` takes any picture and keeps none."""

    encoder = "null"
    audio_packets = 0
    fixed_size = False
    carries_alpha = False

    def __init__(self) -> None:
        """Nothing is opened."""
        self.notes: list[str] = []

    def begin(self, stream: StreamInfo) -> str:
        """Returns empty: every pixel format will do."""
        return ""

    def write(self, frame: Frame) -> None:
        """Does nothing."""

    def finish(self, *, whole: bool) -> None:
        """Does nothing."""

    def close(self) -> None:
        """Does nothing."""
