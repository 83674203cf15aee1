"""Runs a network over a stream: threads, channels, colour and the report.

`api` is the way in for a library user, `cli` for a terminal; `settings` has every
option with its default. A file goes through `pipeline/`, a live source through `live/`,
and both through a network as `network/` sees it.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sinks.encoding.options import EncodeOptions
    from streamer.api import derain_video
    from streamer.errors import StreamerError
    from streamer.pipeline.report import DamagedSourceError, Report
    from streamer.settings import LiveOptions, NetworkOptions, RunOptions

__all__ = [
    "DamagedSourceError",
    "EncodeOptions",
    "LiveOptions",
    "NetworkOptions",
    "Report",
    "RunOptions",
    "StreamerError",
    "derain_video",
]
_HOMES = {
    "DamagedSourceError": "streamer.pipeline.report",
    "EncodeOptions": "sinks.encoding.options",
    "LiveOptions": "streamer.settings",
    "NetworkOptions": "streamer.settings",
    "Report": "streamer.pipeline.report",
    "RunOptions": "streamer.settings",
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
