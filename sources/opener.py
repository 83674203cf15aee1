"""From what a user types to a source: paths, folders, `camera:0`, `test:rain`."""

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from urllib.parse import parse_qsl

from sources.errors import SourceError
from sources.files.images import (
    DEFAULT_RATE,
    Pictures,
    passed_over,
    pictures_in,
    pictures_like,
)
from sources.files.pipe import STANDARD_INPUT, PipedVideo
from sources.files.video import VideoFile
from sources.frame import Source
from sources.live.camera import open_camera
from sources.live.opener import is_live, open_live
from sources.pictures.files import PICTURE_SUFFIXES, is_pattern

FORMS = (
    "a file, folder/, folder/%06d.png, - (standard input), camera:0, test:rain, "
    "rtsp://, http:// or gst:"
)
_FOR_GSTREAMER = {
    "srt": "'gst:srtsrc uri=srt://HOST:PORT ! decodebin ! appsink'",
    "rist": "'gst:ristsrc address=HOST port=PORT ! rtpmp2tdepay ! decodebin ! appsink'",
}


def open_source(uri: str) -> Source:
    """Opens what `uri` names.

    Options follow a question mark: `test:rain?size=1280x720&frames=300`,
    `camera:0?size=640x480&rate=30`, `pictures/?rate=30`.

    Raises:
        SourceError: The form is unknown, or there is nothing to read.
    """
    if not uri:
        raise SourceError(f"No source was named; give {FORMS}.")
    if uri == STANDARD_INPUT:
        return PipedVideo()
    if uri.startswith("test:"):
        return _open_test(*_split(uri))
    if uri.startswith("camera:"):
        return _open_camera(*_split(uri))
    if is_live(uri):
        return open_live(uri)
    if "://" in uri:
        scheme = uri.partition("://")[0]
        if scheme in _FOR_GSTREAMER:
            raise SourceError(
                f"{scheme}:// is not known to the FFmpeg in here; GStreamer may "
                f"know it: {_FOR_GSTREAMER[scheme]}."
            )
        raise SourceError(f"{scheme}:// is no source known here; give {FORMS}.")
    if Path(uri).is_file():
        return _open_path(uri, {})
    return _open_path(*_split(uri))


def source_path(uri: str) -> Path | None:
    """Returns the file or folder that `uri` names; None for other sources."""
    elsewhere = uri == STANDARD_INPUT or "://" in uri
    if elsewhere or uri.startswith(("test:", "camera:", "gst:")):
        return None
    path = Path(uri) if Path(uri).is_file() else Path(_split(uri)[0])
    return path.parent if is_pattern(path.name) and not path.is_file() else path


def _split(uri: str) -> tuple[str, Mapping[str, str]]:
    name, _, query = uri.partition("?")
    return name, dict(parse_qsl(query))


def _only(options: Mapping[str, str], *known: str) -> None:
    unknown = sorted(options.keys() - set(known))
    if unknown:
        names = ", ".join(known) or "none"
        raise SourceError(f"Unknown source option {unknown[0]!r}; known: {names}.")


def _open_path(name: str, options: Mapping[str, str]) -> Source:
    path = Path(name)
    _only(options, "rate")
    rate = _rate(options.get("rate"))
    if is_pattern(path.name) and not path.exists():
        return Pictures(pictures_like(path), rate)
    if name.endswith("/") or path.is_dir():
        return Pictures(pictures_in(path), rate, passed_over(path))
    if path.suffix.lower() in PICTURE_SUFFIXES:
        return Pictures([path], rate)
    return VideoFile(path)


def _rate(text: str | None) -> Fraction:
    if text is None:
        return DEFAULT_RATE
    try:
        rate = Fraction(text)
    except (ValueError, ZeroDivisionError):
        rate = Fraction(0)
    if rate <= 0:
        raise SourceError(f"rate must be a number above 0 such as 30, got {text!r}.")
    return rate


def _open_camera(name: str, options: Mapping[str, str]) -> Source:
    number = name.removeprefix("camera:")
    if not number.isdecimal():
        raise SourceError(f"camera: wants a number as in camera:0, got {number!r}.")
    _only(options, "size", "rate")
    return open_camera(int(number), options.get("size", ""), options.get("rate", ""))


def _open_test(name: str, options: Mapping[str, str]) -> Source:
    if name != "test:rain":
        raise SourceError(f"{name} is unknown; the only test source is test:rain.")
    from sources.synthetic.street_source import (
        DrawnStreet,  # it is large, and few runs draw
    )

    _only(options, "size", "frames")
    width, height = _size(options.get("size", "640x360"))
    frames = options.get("frames")
    if frames is not None and not frames.isdecimal():
        raise SourceError(f"frames must be a whole number, got {frames!r}.")
    return DrawnStreet(width, height, frames=int(frames) if frames else None)


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise SourceError(f"size must be like 1280x720, got {text!r}.")
    return int(width), int(height)
