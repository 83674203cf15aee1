"""Where frames come from: files, folders of pictures, cameras, drawn scenes.

`opener` goes from what a user types to a source of `files/`, `live/` or `synthetic/`;
`frame` is what a source yields. `colour`, `orientation`, `side_data` say what a frame
carries, `nvdec` decodes on a GPU, `container/` and `pictures/` read what FFmpeg does
not hand on, `address` keeps passwords out of texts, `connect` is what one may say about
connecting. `settings/` is for every package above.

Names are imported when they are asked for: a command that only tells opens nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sources.errors import SourceError
    from sources.frame import Colour, Frame, HasHealth, Health, Source, StreamInfo
    from sources.opener import open_source, source_path

_HOMES = {
    "Colour": "frame",
    "Frame": "frame",
    "HasHealth": "frame",
    "Health": "frame",
    "Source": "frame",
    "SourceError": "errors",
    "StreamInfo": "frame",
    "open_source": "opener",
    "source_path": "opener",
}

__all__ = [
    "Colour",
    "Frame",
    "HasHealth",
    "Health",
    "Source",
    "SourceError",
    "StreamInfo",
    "open_source",
    "source_path",
]


def __getattr__(name: str) -> Any:
    """Imports what stands in `__all__` from its home, once."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
