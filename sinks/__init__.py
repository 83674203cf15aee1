"""Where frames go: video files, pictures, servers and viewers, or nowhere.

`opener` goes from what a user types to a `sink` of `files/` or `live/`, or to `null`;
`encoding/` and `audio/` make the packets, `background_writer` stores them aside.

Names are imported when they are asked for: a command that only tells opens nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sinks.errors import SinkError
    from sinks.opener import open_sink
    from sinks.sink import Sink

_HOMES = {
    "Sink": "sink",
    "SinkError": "errors",
    "open_sink": "opener",
}

__all__ = [
    "Sink",
    "SinkError",
    "open_sink",
]


def __getattr__(name: str) -> Any:
    """Imports what stands in `__all__` from its home, once."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
