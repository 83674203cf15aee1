"""The role of a sink: frames go in, in order, and become a file or nothing."""

from typing import Protocol

from sources.frame import Frame, StreamInfo


class Sink(Protocol):
    """Takes the frames of one stream; used by one thread at a time.

    Nothing is created or overwritten before `begin`, so a run that cannot start leaves
    an older output as it was.
    """

    notes: list[str]
    """What a user should know of how the stream was stored, a line each."""

    @property
    def fixed_size(self) -> bool:
        """Whether every picture must have the size of the first one."""

    @property
    def carries_alpha(self) -> bool:
        """Whether it stores `Frame.alpha`, or says itself where it cannot."""

    @property
    def encoder(self) -> str:
        """What makes the output, for the report: `libx264`, `png`, `null`."""

    @property
    def audio_packets(self) -> int:
        """How many packets of audio were copied so far."""

    def begin(self, stream: StreamInfo) -> str:
        """Opens the output for pictures such as the first one.

        Returns:
            FFmpeg's name of the pixel format that `write` wants; empty for any.

        Raises:
            SinkError: The output cannot be written in this form or place.
        """

    def write(self, frame: Frame) -> None:
        """Stores one frame; its picture may be reused when this returns.

        Raises:
            SinkError: The frame could not be stored, as on a full disk.
        """

    def finish(self, *, whole: bool) -> None:
        """Completes the output; `whole` says that the source was read to its end."""

    def close(self) -> None:
        """Lets go of the output as it is; may be called twice, and after an error."""
