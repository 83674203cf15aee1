"""Runs a network over a stream: threads, channels, colour and the report."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from streamer.api import derain_video
    from streamer.errors import StreamerError
    from streamer.pipeline.report import DamagedSourceError, Report

__all__ = ["DamagedSourceError", "Report", "StreamerError", "derain_video"]
_HOMES = {
    "DamagedSourceError": "streamer.pipeline.report",
    "Report": "streamer.pipeline.report",
    "StreamerError": "streamer.errors",
    "derain_video": "streamer.api",
}


def __getattr__(name: str) -> object:
    """Imports what is asked for: the command line, which is below, starts without it.

    It would take a second in which Ctrl-C showed a traceback.
    """
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(_HOMES[name]), name)
    return value
