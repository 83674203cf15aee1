"""Whether the frames of a run are a moving picture, or pictures each for itself."""

from pathlib import Path

from sources.files.images import PICTURE_SUFFIXES


def still_pictures(source: str, sink: str) -> bool:
    """Returns whether pictures that have nothing to do with each other are asked for.

    That is a picture or a folder of them into another. A numbered row such as
    `folder/%06d.png`, or a folder that becomes a video, is a moving picture.
    """
    return _loose(source) and _loose(sink)


def _loose(uri: str) -> bool:
    if "://" in uri or "%" in uri:
        return False
    path = Path(uri)
    named = uri.endswith("/") or path.suffix.lower() in PICTURE_SUFFIXES
    return named or path.is_dir()
