"""The drawn street as a stream (`test:rain`), and as a clip with audio for the demo."""

import math
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from numpy.typing import NDArray

from sources.errors import SourceError
from sources.frame import Colour, Frame, StreamInfo
from sources.synthetic.falling_rain import FallingRain
from sources.synthetic.street import Street
from sources.synthetic.street.audio import SAMPLE_RATE, street_audio
from sources.synthetic.street.view import Image

CLIP_RATE = 25
"""Frames a second of the demo clip."""

_BT709 = Colour(matrix=1, full_range=1, primaries=1, transfer=1, chroma_location=1)
_RAIN = 0.7
_RAIN_SEED_OFFSET = 1000


class DrawnStreet:
    """A source that needs no footage: a drive through a drawn street, in rain.

    Args:
        width: Of the pictures, in pixels.
        height: Of the pictures, in pixels.
        frames: How many; None never ends.
        rate: Frames of a second.
        rainy: False gives the same drive without rain: the truth for a comparison.
        night: Street lamps instead of day.
        seed: Another seed is another street and another shower.

    Raises:
        SourceError: The size, the rate or the number of frames cannot be drawn.
    """

    def __init__(
        self,
        width: int = 640,
        height: int = 360,
        frames: int | None = None,
        rate: int = 25,
        rainy: bool = True,
        night: bool = False,
        seed: int = 0,
    ) -> None:
        if frames is not None and frames < 0:
            raise SourceError(f"A drawn street cannot have {frames} frames.")
        try:
            self._street = Street(width, height, seed=seed, rate=rate)
        except ValueError as error:
            raise SourceError(str(error)) from error
        self._rain = FallingRain(
            width,
            height,
            intensity=_RAIN if rainy else 0.0,
            seed=seed + _RAIN_SEED_OFFSET,
            rate=rate,
        )
        self._darkness = 1.0 if night else 0.0
        self._closed = False
        self._info = StreamInfo(
            width=width,
            height=height,
            pixel_format="yuv420p",
            time_base=Fraction(1, rate),
            colour=_BT709,
            frame_rate=Fraction(rate),
            frames=frames,
            duration=None if frames is None else frames / rate,
            decoder="drawn",
        )

    @property
    def info(self) -> StreamInfo:
        """What is known of the stream."""
        return self._info

    def __iter__(self) -> Iterator[Frame]:
        """Yields frames of yuv420p, BT.709 in limited range, until closed."""
        index = 0
        while not self._closed and index != self._info.frames:
            clean = self._street.frame(index, self._darkness)
            picture = _as_yuv(self._rain.apply(clean, index))
            picture.pts, picture.time_base = index, self._info.time_base
            yield Frame(
                picture=picture,
                index=index,
                pts=index,
                time_base=self._info.time_base,
                colour=_BT709,
            )
            index += 1

    def close(self) -> None:
        """Ends the stream after the frame in work."""
        self._closed = True


def write_demo_clip(
    path: str | Path,
    *,
    rainy: bool,
    seconds: float = 8,
    size: tuple[int, int] = (640, 360),
) -> None:
    """Writes the drawn street as H.264 with AAC audio; in the second half night falls.

    Args:
        path: An MP4, MOV or MKV file; its folder must exist.
        rainy: False writes the same drive and the same noises without rain.
        seconds: Length of the clip.
        size: Width and height, both even.

    Raises:
        ValueError: The path, the length or the size cannot be written.
    """
    target = Path(path)
    _refuse_what_cannot_be_written(target, seconds, size)
    with av.open(str(target), "w") as clip:
        video = clip.add_stream("libx264", rate=CLIP_RATE)
        video.width, video.height, video.pix_fmt = *size, "yuv420p"
        video.options = {"crf": "16", "preset": "veryfast"}
        _tag(video.codec_context)
        audio = clip.add_stream("aac", rate=SAMPLE_RATE, layout="stereo")
        for picture in _clip_pictures(size, rainy, round(seconds * CLIP_RATE)):
            clip.mux(video.encode(picture))
        clip.mux(video.encode(None))
        for piece in _audio_frames(street_audio(seconds, rainy=rainy)):
            clip.mux(audio.encode(piece))
        clip.mux(audio.encode(None))


def _refuse_what_cannot_be_written(
    target: Path, seconds: float, size: tuple[int, int]
) -> None:
    if target.suffix.lower() not in {".mp4", ".mov", ".mkv"}:
        raise ValueError(f"A demo clip ends in .mp4, .mov or .mkv, got {target}.")
    if not target.parent.is_dir():
        raise ValueError(
            f"The folder of the demo clip does not exist: {target.parent}."
        )
    if not (math.isfinite(seconds) and seconds * CLIP_RATE >= 1):
        raise ValueError(f"A demo clip lasts at least one frame, got {seconds} s.")
    if size[0] % 2 or size[1] % 2:
        raise ValueError(
            f"A demo clip needs an even width and height (H.264 4:2:0), got "
            f"{size[0]} x {size[1]}."
        )


def _clip_pictures(
    size: tuple[int, int], rainy: bool, count: int
) -> Iterator[av.VideoFrame]:
    street = Street(*size, rate=CLIP_RATE)
    rain = FallingRain(
        *size, intensity=_RAIN if rainy else 0.0, seed=_RAIN_SEED_OFFSET, rate=CLIP_RATE
    )
    for index in range(count):
        clean = street.frame(index, _nightfall(index / max(count - 1, 1)))
        picture = _as_yuv(rain.apply(clean, index))
        picture.pts, picture.time_base = index, Fraction(1, CLIP_RATE)
        yield picture


def _nightfall(share: float) -> float:
    """Darkness at a share of the clip: day until the half, night from two thirds on."""
    dusk = min(max((share - 0.48) * 6, 0.0), 1.0)
    return dusk * dusk * (3 - 2 * dusk)


def _as_yuv(rgb: Image) -> av.VideoFrame:
    picture = av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(
        format="yuv420p",
        src_color_range=ColorRange.JPEG,
        dst_colorspace=Colorspace.ITU709,
        dst_color_range=ColorRange.MPEG,
    )
    _tag(picture)
    return picture


def _tag(target: av.VideoFrame | av.VideoCodecContext) -> None:
    target.colorspace = Colorspace.ITU709
    target.color_range = ColorRange.MPEG
    target.color_primaries = ColorPrimaries.BT709
    target.color_trc = ColorTrc.BT709


def _audio_frames(audio: NDArray[np.int16]) -> Iterator[av.AudioFrame]:
    """Pieces of a tenth of a second; `audio` is [samples, 2]."""
    step = SAMPLE_RATE // 10
    for start in range(0, len(audio), step):
        piece = np.ascontiguousarray(audio[start : start + step]).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(piece, format="s16", layout="stereo")
        frame.sample_rate, frame.pts = SAMPLE_RATE, start
        frame.time_base = Fraction(1, SAMPLE_RATE)
        yield frame
