"""From what a user types to a sink: a video file, pictures, or nothing."""

from pathlib import Path

from sinks.encoding.options import DEFAULT_ENCODING, EncodeOptions
from sinks.errors import SinkError
from sinks.files.images import PictureFiles
from sinks.files.pipe import STANDARD_OUTPUT, PipedVideo
from sinks.files.video import VideoFile
from sinks.live.file_audio import file_audio
from sinks.live.opener import is_live_sink, open_live_sink
from sinks.null import NullSink
from sinks.sink import Sink
from sources.pictures.files import PICTURE_SUFFIXES, is_pattern

FORMS = (
    "a video file (.mp4 .mov .mkv .webm), a picture, folder/, %06d.png, - (standard "
    "output), rtsp://, rtmp://, serve://HOST:PORT/PATH, .m3u8 or null:"
)


def open_sink(
    uri: str,
    *,
    encode: EncodeOptions = DEFAULT_ENCODING,
    source: Path | None = None,
) -> Sink:
    """Returns the sink that `uri` names; nothing is written before it begins.

    Args:
        uri: A path, `folder/`, `folder/%06d.png`, `null:` or a live sink's address.
        encode: How a video file or a live sink is encoded.
        source: The file or folder that is read: its audio and tags are copied into a
            video file, and it is never overwritten.

    Raises:
        SinkError: The form is unknown, or source and sink are the same.
    """
    if uri == "null:":
        return NullSink()
    if uri == STANDARD_OUTPUT:
        return PipedVideo(encode=encode, copy_from=_video(source))
    if not uri:
        raise SinkError(f"no sink was named; give {FORMS}")
    if is_live_sink(uri):
        return _live_sink(uri, encode, _video(source))
    if "://" in uri:
        scheme = uri.partition("://")[0]
        raise SinkError(f"{scheme}:// is no sink known here; give {FORMS}")
    path = Path(uri)
    folder = uri.endswith("/")
    if path.is_dir() and not folder:
        raise SinkError(f"{uri} is a folder; {uri}/ fills it with pictures")
    pictures = folder or path.suffix.lower() in PICTURE_SUFFIXES
    _refuse_same(path, source, folder=folder or is_pattern(path.name))
    if not path.suffix and not folder:
        raise SinkError(
            f"{uri} is neither a video file (.mp4 .mov .mkv .webm) nor a folder: "
            f"{uri}/ with a slash is filled with pictures"
        )
    if pictures:
        return PictureFiles(path, folder=folder)
    return VideoFile(path, encode=encode, copy_from=_video(source))


def _live_sink(uri: str, encode: EncodeOptions, video: Path | None) -> Sink:
    """Opens a live sink, which gets the audio of a file along."""
    live = open_live_sink(uri, encode=encode)
    audio, notes = file_audio(video, live.carries)
    live.notes += notes
    if audio is not None:
        live.accompany(audio)
    return live


def _video(source: Path | None) -> Path | None:
    """Returns the file whose other streams are copied, if there is one."""
    is_video = source is not None and source.is_file() and not _is_picture(source)
    return source if is_video else None


def _is_picture(path: Path) -> bool:
    return path.suffix.lower() in PICTURE_SUFFIXES


def _refuse_same(path: Path, source: Path | None, *, folder: bool) -> None:
    """Refuses to write where is read: by any name, link or mount of it."""
    if source is None or not source.exists():
        return
    target = path.parent if folder and is_pattern(path.name) else path
    read = source.parent if folder and source.is_file() else source
    same_folder = folder and (source.is_dir() or _is_picture(source))
    if target.exists() and target.samefile(read) and (same_folder or not folder):
        raise SinkError(f"{path}: source and sink are the same; nothing was changed")
