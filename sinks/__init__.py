"""Where frames go: video files, pictures, or nowhere."""

from sinks.errors import SinkError
from sinks.opener import open_sink
from sinks.sink import Sink

__all__ = ["Sink", "SinkError", "open_sink"]
