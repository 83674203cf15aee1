"""The errors that a run raises for what a user can put right."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from streamer.report import Report


class StreamerError(Exception):
    """A run cannot start or go on; the message is one line for the user."""


class DamagedSourceError(StreamerError):
    """The source ended before its announced end; what came before it is stored."""

    def __init__(self, source: str, report: "Report") -> None:
        """Keeps the `report` of what was done."""
        self.report = report
        super().__init__(
            f"{source}: {report.problem}; {report.frames_out} frames were stored"
        )
