"""Whether a run is about single pictures, which its source and sink tell."""

from pathlib import Path

from sources.pictures.files import PICTURE_SUFFIXES, is_pattern


def still_pictures(source: str, sink: str) -> bool:
    """Returns whether the frames of a run are pictures, each for itself.

    That is a picture or a folder of them into another. A numbered row such as
    `folder/%06d.png`, or a folder that becomes a video, is a moving picture.
    """
    return _loose(source) and _loose(sink)


def _loose(uri: str) -> bool:
    if "://" in uri or is_pattern(uri):
        return False
    path = Path(uri)
    named = uri.endswith("/") or path.suffix.lower() in PICTURE_SUFFIXES
    return named or path.is_dir()
