"""Where frames come from: files, folders of pictures, cameras, drawn scenes.

`opener` goes from what a user types to a source of `files/`, `live/` or `synthetic/`;
`frame` is what a source yields. `colour`, `orientation`, `side_data` say what a frame
carries, `nvdec` decodes on a GPU, `container/` and `pictures/` read what FFmpeg does
not hand on, `address` keeps passwords out of texts, `connect` is what one may say about
connecting. `settings/` is for every package above.
"""

from sources.errors import SourceError
from sources.frame import Colour, Frame, HasHealth, Health, Source, StreamInfo
from sources.opener import open_source, source_path

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
