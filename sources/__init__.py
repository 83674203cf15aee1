"""Where frames come from: files, folders of pictures, cameras, drawn scenes."""

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
