"""Which encoder, which pixel format and which settings suit a stream."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import av

from sources.frame import StreamInfo

os.environ.setdefault("SVT_LOG", "0")
# SVT-AV1 prints its settings unasked, and that it is ended early, as on a full disk.


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoder:
    """One way to encode video, with settings good enough to keep.

    The presets leave most of a small machine to the network: x264 `veryfast` takes
    about 13 ms of one core for a picture of 1280x720, `medium` 30 ms.
    """

    name: str
    """FFmpeg's name of the encoder."""
    preset_option: str
    """The encoder's own name for its speed setting."""
    preset: str
    presets: tuple[str, ...]
    """All that it knows, the fastest of x264 and x265 first."""
    quality: int
    """Constant quality (CRF): lower is better and larger."""
    best_and_worst: tuple[int, int]
    """The range of `quality`."""
    options: dict[str, str]
    quality_option: str = "crf"
    """The encoder's own name for constant quality."""
    highest_rate: Fraction = Fraction(10_000)
    """Frames a second above which it refuses a stream; MediaRecorder's say 1000."""
    odd_sizes: bool = False
    """Whether 4:2:0 pictures may have an odd width or height."""


_X26X_PRESETS = (
    "ultrafast",
    "superfast",
    "veryfast",
    "faster",
    "fast",
    "medium",
    "slow",
    "slower",
    "veryslow",
    "placebo",
)

ENCODERS = {
    "h264": Encoder(
        name="libx264",
        preset_option="preset",
        preset="veryfast",
        presets=_X26X_PRESETS,
        quality=18,
        best_and_worst=(0, 51),
        options={},
    ),
    "hevc": Encoder(
        name="libx265",
        preset_option="preset",
        preset="veryfast",
        presets=_X26X_PRESETS,
        quality=20,
        best_and_worst=(0, 51),
        options={"x265-params": "log-level=none"},
    ),
    "av1": Encoder(
        name="libsvtav1",
        preset_option="preset",
        preset="9",
        presets=tuple(map(str, range(14))),
        quality=28,
        best_and_worst=(0, 63),
        options={},
        highest_rate=Fraction(240),
        odd_sizes=True,
    ),
    "vp9": Encoder(
        name="libvpx-vp9",
        preset_option="cpu-used",
        preset="5",
        presets=tuple(map(str, range(9))),
        quality=28,
        best_and_worst=(0, 63),
        options={"b": "0", "deadline": "realtime", "row-mt": "1"},
        odd_sizes=True,
    ),
}

_SLOW_RATE = 20
"""Frames a second below which the encoders' usual delay is more than a second."""

CODECS_OF = {
    ".mp4": ("h264", "hevc", "av1", "vp9"),
    ".m4v": ("h264", "hevc"),
    ".mov": ("h264", "hevc"),
    ".mkv": ("h264", "hevc", "av1", "vp9"),
    ".webm": ("av1", "vp9"),
}
"""Which codecs a container may hold, best known first."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """What a pixel format keeps of a picture."""

    chroma: str
    """`420`, `422` or `444`."""
    depth: int
    """Bits of one sample."""

    @property
    def pixel_format(self) -> str:
        """FFmpeg's name of the planar format."""
        return f"yuv{self.chroma}p" + (f"{self.depth}le" if self.depth > 8 else "")

    def __str__(self) -> str:
        """Reads like `4:2:0 10 bit`."""
        return f"{':'.join(self.chroma)} {self.depth} bit"


def sampling_of(pixel_format: str) -> Sampling:
    """Returns what must be kept of a picture in `pixel_format`.

    RGB pictures, which every photograph in a file is, count as 4:2:0 unless their
    planes are apart (`gbrp`), which only video does.
    """
    kind = av.VideoFormat(pixel_format)
    depth = max(8, *(part.bits for part in kind.components))  # 5 bits fit in 8
    if kind.is_rgb or pixel_format.startswith("pal"):
        return Sampling("444" if pixel_format.startswith("gbr") else "420", depth)
    if len(kind.components) < 3:
        return Sampling("420", depth)
    width, height = kind.chroma_width(64), kind.chroma_height(64)
    if width == 64:
        return Sampling("444", depth)
    return Sampling("422" if width == 32 and height == 64 else "420", depth)


def choose_codec(wish: str, codecs: Sequence[str], stream: StreamInfo) -> str:
    """Returns the codec for `auto`: H.264, or HEVC for more than 8 bits.

    Players and hardware know 10 bits as HEVC Main 10; hardly any know H.264 Hi10.

    Args:
        wish: `auto`, or what is returned.
        codecs: What the container holds, best known first.
        stream: Says how deep the pictures are.
    """
    if wish != "auto":
        return wish
    deep = sampling_of(stream.pixel_format).depth > 8
    return "hevc" if deep and "hevc" in codecs else codecs[0]


def choose_sampling(encoder: Encoder, stream: StreamInfo) -> tuple[Sampling, list[str]]:
    """Returns the sampling nearest to the source's, and a line if it differs.

    Depth is kept before chroma: banding shows on every screen, half the colour
    resolution on few.
    """
    wanted = sampling_of(stream.pixel_format)
    formats = {kind.name for kind in av.Codec(encoder.name, "w").video_formats or ()}
    possible = [
        Sampling(chroma, depth)
        for chroma in ("420", "422", "444")
        for depth in (8, 10, 12)
        if Sampling(chroma, depth).pixel_format in formats
        and _holds_size(encoder, chroma, stream)
    ]
    if not possible:
        return Sampling("420", 8), []
    chosen = min(possible, key=lambda other: _loss(wanted, other))
    return chosen, _differences(wanted, chosen, encoder, stream)


def _holds_size(encoder: Encoder, chroma: str, stream: StreamInfo) -> bool:
    odd_width = stream.width % 2 and chroma in {"420", "422"}
    odd_height = stream.height % 2 and chroma == "420"
    return encoder.odd_sizes or not (odd_width or odd_height)


def _loss(wanted: Sampling, other: Sampling) -> tuple[bool, bool, int, int]:
    lost_depth = max(wanted.depth - other.depth, 0)
    more = abs(other.depth - wanted.depth) + int(other.chroma) - int(wanted.chroma)
    return lost_depth > 0, other.chroma < wanted.chroma, lost_depth, abs(more)


def _differences(
    wanted: Sampling, chosen: Sampling, encoder: Encoder, stream: StreamInfo
) -> list[str]:
    if chosen == wanted:
        return []
    if int(chosen.chroma) > int(wanted.chroma) and chosen.depth == wanted.depth:
        size = f"{stream.width}x{stream.height}"
        return [
            f"the size {size} is odd, which {encoder.name} stores only as "
            f"{chosen}: kept exactly that way"
        ]
    return [f"{encoder.name} stores {chosen}; the source is {wanted}"]


def gop_size(rate: Fraction | None) -> int:
    """Returns the frames from key frame to key frame: two seconds of them."""
    return max(2, min(round(2 * (rate or Fraction(25))), 250))


def delay_settings(encoder: Encoder, rate: Fraction | None) -> dict[str, str]:
    """Returns settings that bound how many frames the encoder holds back.

    A SIGKILL loses what is held. Measured: SVT-AV1 holds 53 frames by itself, 31 and 21
    with the settings below; x265 22 and 16; x264 11 and 6.
    """
    slow = (rate or Fraction(25)) < _SLOW_RATE
    if encoder.name == "libx265":  # more than the 8 B frames of its slowest preset
        return {"x265-params": "log-level=none:rc-lookahead=9"}
    if encoder.name == "libsvtav1":
        levels = ":hierarchical-levels=3" if slow else ""
        return {"svtav1-params": f"lookahead=0{levels}"}
    if encoder.name == "libx264" and slow:
        return {"rc-lookahead": "5"}
    return {}
