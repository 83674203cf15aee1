"""All that a media file holds beside its pictures and samples, each thing by name.

Two files are compared by it: what is in the one and not in the other is lost, whatever
it is. A thing that nobody foresaw has a name too: its tag's, its box's.
"""

from collections import Counter
from collections.abc import Collection
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

from av.container import InputContainer
from av.error import FFmpegError
from av.stream import Discard, Disposition, Stream
from av.video.stream import VideoStream

from sources.container.media import open_path
from sources.container.parsers.ebml import tracks
from sources.container.parsers.mp4_boxes import boxes, inside, tree
from sources.container.tags import readable_tags
from sources.side_data import kinds_of, side_data_of

_OF_THE_FILE = frozenset(
    {"encoder", "major_brand", "minor_version", "compatible_brands", "duration"}
    | {"handler_name", "vendor_id", "language", "creation_time", "filename", "mimetype"}
    | {"writing_application", "software", "date", "timecode", "alpha_mode"}
)
"""Tags of the muxer, and those that containers call by other names."""
_STATISTICS = ("bps", "number_of_", "_statistics_")
_BOXES = {
    "sv3d": "the spherical projection (sv3d)",
    "st3d": "the stereo layout (st3d)",
    "vexu": "the stereo layout (vexu)",
    "amve": "the ambient light data (amve)",
    "dvcC": "the Dolby Vision data (dvcC)",
    "dvvC": "the Dolby Vision data (dvvC)",
    "gps ": "the GPS log of the camera (gps)",
    "GPMF": "the telemetry of the camera (GPMF)",
    "uuid": "data in uuid boxes",
    "XMP_": "the XMP data",
    "CAME": "the camera's own data (CAME)",
    "mcvr": "the preview picture (mcvr)",
    "thma": "the preview picture (thma)",
}
_USUAL_BOXES = frozenset(
    {"ftyp", "moov", "mdat", "free", "wide", "skip", "moof", "mfra", "sidx", "styp"}
    | {"pnot", "mvhd", "trak", "udta", "iods", "meta", "mvex", "tkhd", "mdia", "edts"}
    | {"tref", "tapt", "load", "name", "chpl", "loci", "hnti", "tagc", "ctab", "auth"}
    | {"titl", "dscp", "cprt", "perf", "gnre", "albm", "yrrc", "hinf", "pdin", "prft"}
)
"""Where anything may stand (file, movie, track, user data): what the muxer makes."""
_OPEN_PLACES = frozenset({"moov", "trak", "udta"})
_ELEMENTS = {0x7670: "the spherical projection (Projection)"}
_STEREO = 0x53B8
_SAMSUNG = b"SEFT"
PICTURE_DATA = {
    "MASTERING_DISPLAY_METADATA": "the HDR10 mastering and light level data",
    "CONTENT_LIGHT_LEVEL": "the HDR10 mastering and light level data",
    "DYNAMIC_HDR_PLUS": "the dynamic HDR10+ data",
    "DYNAMIC_HDR_VIVID": "the dynamic HDR Vivid data",
    "DOVI_RPU_BUFFER": "the Dolby Vision data, which fit the pictures no more",
    "DOVI_METADATA": "the Dolby Vision data, which fit the pictures no more",
    "A53_CC": "the closed captions inside the pictures",
    "SEI_UNREGISTERED": "the messages inside the pictures (SEI user data)",
    "AMBIENT_VIEWING_ENVIRONMENT": "the ambient light data",
    "SPHERICAL": "the spherical projection",
    "STEREO3D": "the stereo layout",
    "AFD": "the active format description",
    "PANSCAN": "the pan and scan data",
    "GOP_TIMECODE": "the time codes inside the pictures",
    "S12M_TIMECODE": "the time codes inside the pictures",
    "ICC_PROFILE": "the colour profile (ICC)",
    "EXIF": "the EXIF data of the pictures",
    "XMP": "the XMP data of the pictures",
}
"""By FFmpeg's names of side data; what is not here is in the pixels or the tags."""
_MP4_TITLE = {"the tag name": "the tag title"}
"""What FFmpeg calls the title of a track in MP4."""
_PICTURES_LOOKED_AT = 30


def inventory(path: Path, without: Collection[int] = ()) -> Counter[str]:
    """Returns the names of what a file holds, and how often.

    Args:
        path: A media file.
        without: Numbers of streams that do not count.
    """
    found: Counter[str] = Counter()
    try:
        with closing(open_path(path)) as container:
            _add_streams(found, container, without)
            found.update(_tag_names(container.metadata))
            found["chapters"] = len(container.chapters())
    except (FFmpegError, OSError):
        return found
    found.update(set(_boxes_of(path)))
    return +found


def _add_streams(
    found: Counter[str], container: InputContainer, without: Collection[int]
) -> None:
    main = container.streams.best("video")
    for stream in container.streams:
        if stream.index in without or stream.discard == Discard.all:
            continue
        kind = _kind_of(stream)
        found[f"{kind} stream"] += stream is not main
        tags = _tag_names(stream.metadata)
        tags = {_MP4_TITLE.get(tag, tag) for tag in tags}
        found.update(f"{tag} of the {kind} stream" for tag in tags)
        for flag in Disposition:
            if flag in stream.disposition and flag not in _USUAL:
                found[f"the mark {flag.name} of the {kind} stream"] += 1


_USUAL = Disposition.default | Disposition.attached_pic | Disposition.still_image


def _kind_of(stream: Stream) -> str:
    if stream.disposition & Disposition.attached_pic:
        return "cover"
    return (
        "time code"
        if "timecode" in stream.metadata and stream.type == "data"
        else (stream.type)
    )


def _tag_names(metadata: dict[str, str]) -> set[str]:
    return {
        f"the tag {name}"
        for key, value in readable_tags(metadata).items()
        if (name := key.casefold()) not in _OF_THE_FILE
        and not name.startswith(_STATISTICS)
        and value
    }


def _boxes_of(path: Path) -> list[str]:
    size = path.stat().st_size
    with path.open("rb") as file:
        names = [_BOXES[box.kind] for box in tree(file, 0, size) if box.kind in _BOXES]
        names += [f"data in {kind} boxes" for kind in _unusual(file, size)]
        for track in tracks(file, size):
            names += [name for number, name in _ELEMENTS.items() if number in track]
            if int.from_bytes(track.get(_STEREO, b""), "big"):
                names.append("the stereo layout (StereoMode)")
        file.seek(max(size - len(_SAMSUNG), 0))
        if file.read() == _SAMSUNG:
            names.append("the camera's own data at the end of the file (SEFT)")
    return names


def _unusual(file: BinaryIO, size: int) -> set[str]:
    """Returns boxes that nobody foresaw, where MP4 lets anybody put them."""
    if not any(box.kind == "moov" for box in boxes(file, 0, size)):
        return set()
    kinds = {box.kind for box in boxes(file, 0, size)}
    for place in [box for box in tree(file, 0, size) if box.kind in _OPEN_PLACES]:
        kinds |= {box.kind for box in inside(file, place)}
    return {
        kind
        for kind in kinds - _USUAL_BOXES - _BOXES.keys()
        if kind.isprintable() and not kind.startswith("\xa9")
    }


def picture_data(path: Path, wanted: Collection[str]) -> frozenset[str]:
    """Returns which of the kinds `wanted` hang on the first pictures of a file."""
    found: frozenset[str] = frozenset()
    try:
        with closing(open_path(path)) as container:
            stream = container.streams.best("video")
            if not isinstance(stream, VideoStream):
                return found
            decoder = stream.codec_context.name
            for number, picture in enumerate(container.decode(stream), start=1):
                found |= kinds_of(side_data_of(picture, decoder))
                if found.issuperset(wanted) or number >= _PICTURES_LOOKED_AT:
                    break
    except (FFmpegError, OSError):
        return found
    return found
