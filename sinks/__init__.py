"""Where frames go: video files, pictures, servers and viewers, or nowhere.

`opener` goes from what a user types to a `sink` of `files/` or `live/`, or to `null`;
`encoding/` and `audio/` make the packets, `background_writer` stores them aside.
"""

from sinks.errors import SinkError
from sinks.opener import open_sink
from sinks.sink import Sink

__all__ = ["Sink", "SinkError", "open_sink"]
