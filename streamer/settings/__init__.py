"""Settings of a run: `options` in small values, `run` all of them and TOML files.

`still` tells pictures from streams.
"""

from streamer.settings.options import (
    AUTO,
    EventOptions,
    LiveOptions,
    NetworkOptions,
    PageOptions,
    RunOptions,
)
from streamer.settings.run import (
    DEFAULTS,
    OPTIONS,
    RunSettings,
    options_in,
    settings_from,
    settings_table,
)
from streamer.settings.still import still_pictures

__all__ = [
    "AUTO",
    "DEFAULTS",
    "OPTIONS",
    "EventOptions",
    "LiveOptions",
    "NetworkOptions",
    "PageOptions",
    "RunOptions",
    "RunSettings",
    "options_in",
    "settings_from",
    "settings_table",
    "still_pictures",
]
