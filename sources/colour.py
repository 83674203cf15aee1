"""Between planes as decoded and the RGB pictures that the network takes, both ways.

One matrix and one range are chosen for a stream and used in both directions, so what
the network leaves alone comes back as it was. libswscale does the work, through PyAV.
"""

from dataclasses import dataclass, replace

import av
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter

from sources.frame import Colour, RgbArray, rgb_view

_FLAGS = (
    Interpolation.BILINEAR
    | Interpolation.ACCURATE_RND
    | Interpolation.FULL_CHR_H_INT
    | Interpolation.FULL_CHR_H_INP
)
"""Without the last three the luma of a round trip is 1.1 to 1.5 levels too dark."""
_SWSCALE_MATRICES = {1: 1, 4: 4, 5: 5, 6: 5, 7: 7, 9: 9, 10: 9}
"""From FFmpeg's matrix to the number libswscale knows it by."""
_HD_HEIGHT = 720
_BT709, _BT601, _LIMITED, _FULL = 1, 5, 1, 2
ANY_RGB = "rgb"
"""What a sink wants that takes packed RGB of 8 and 16 bit, picture by picture."""
RGB_AS_VIDEO = Colour(matrix=1, full_range=1, primaries=1, transfer=13)
"""How pictures that come as RGB are stored in a video: BT.709, limited, sRGB curve."""


_CENTRE, _TOP_LEFT = 2, 3
_CHROMA_BY_CODEC = {
    **dict.fromkeys(("mjpeg", "mpeg1video", "theora", "vp3"), _CENTRE),
    "dvvideo": _TOP_LEFT,
}
"""Codecs that allow one place only, in 4:2:0: so FFmpeg's decoders say (`mjpegdec.c`,
`mpeg12dec.c`, `vp3.c`, `dvdec.c`)."""
_SUBSAMPLED = ("yuv420p", "yuvj420p")


@dataclass(frozen=True, slots=True)
class Conversion:
    """The matrix (libswscale's number) and range used for one stream."""

    matrix: int
    full_range: int


def colour_of(picture: av.VideoFrame, chroma_location: int = 0) -> Colour:
    """Returns the colour description that the decoder attached to `picture`.

    The `yuvj` formats say "full range" by their name alone.
    """
    full = picture.format.name.startswith("yuvj")
    return Colour(
        matrix=int(picture.colorspace),
        full_range=_FULL if full else int(picture.color_range),
        primaries=int(picture.color_primaries),
        transfer=int(picture.color_trc),
        chroma_location=chroma_location,
    )


def chroma_location_by_codec(decoder: str, pixel_format: str) -> int:
    """Returns FFmpeg's number for where a codec puts chroma; 0: the stream may say it.

    Full range tells nothing of it: JPEG centres chroma, full-range H.264 does not.
    """
    if not pixel_format.startswith(_SUBSAMPLED):
        return 0
    return _CHROMA_BY_CODEC.get(decoder, 0)


def is_rgb(pixel_format: str) -> bool:
    """Tells whether pictures in this format hold RGB, not luma and chroma."""
    return av.VideoFormat(pixel_format).is_rgb or pixel_format == "pal8"


def is_deep(pixel_format: str) -> bool:
    """Tells whether pictures in this format have more than 8 bits in a sample."""
    parts = av.VideoFormat(pixel_format).components
    return max((part.bits for part in parts), default=8) > 8


def conversion_for(colour: Colour, height: int) -> Conversion:
    """Returns how to convert a stream; what it does not say is guessed by its size.

    Untagged video is BT.709 from 720 lines on and BT.601 below, limited range, as
    players take it. The guess is for converting only: an untagged source stays so.
    """
    guess = _BT709 if height >= _HD_HEIGHT else _BT601
    return Conversion(
        matrix=_SWSCALE_MATRICES.get(colour.matrix, guess),
        full_range=colour.full_range or _LIMITED,
    )


class StreamConversion:
    """The conversion of one stream: chosen once, and again only if its tags change."""

    def __init__(self) -> None:
        """Nothing is chosen yet."""
        self._asked: tuple[Colour, int] | None = None
        self._chosen = Conversion(_BT601, _LIMITED)

    def of(self, colour: Colour, height: int) -> Conversion:
        """Returns how pictures with these tags and of this height are converted."""
        asked = (colour, height)
        if asked != self._asked:
            self._asked, self._chosen = asked, conversion_for(colour, height)
        return self._chosen


def stored_colour(colour: Colour, pixel_format: str) -> Colour:
    """Returns the tags for storing as video what came in `pixel_format`."""
    if is_rgb(pixel_format):
        return replace(RGB_AS_VIDEO, chroma_location=0)
    return colour


class ToRgb:
    """Fills preallocated RGB pictures from decoded ones."""

    def __init__(self) -> None:
        """One converter keeps its libswscale contexts: one for each thread."""
        self._reformatter = VideoReformatter()
        self._packer = VideoReformatter()

    def __call__(
        self, frame: av.VideoFrame, how: Conversion, into: RgbArray
    ) -> av.VideoFrame:
        """Writes `frame` as RGB into `into` [height, width, 3], uint8 or uint16.

        `how` is the stream's: `StreamConversion` is asked for it once for each picture.

        Returns:
            An RGB frame with what hangs on `frame` besides its pixels, such as the
            place of the chroma samples: `FromRgb` takes it back.

        Raises:
            ValueError: `into` has another size than the frame.
        """
        if into.shape != (frame.height, frame.width, 3):
            raise ValueError(
                f"into must be [{frame.height}, {frame.width}, 3], got {into.shape}."
            )
        from_yuv = not is_rgb(frame.format.name)
        deep = into.dtype == np.uint16
        rgb = self._reformatter.reformat(
            frame,
            format=_deep_format(from_yuv=from_yuv) if deep else "rgb24",
            src_colorspace=how.matrix if from_yuv else None,
            src_color_range=how.full_range,
            dst_color_range=_FULL,
            interpolation=_FLAGS,
        )
        if deep and from_yuv:
            rgb = self._packer.reformat(rgb, format="rgb48le", interpolation=_FLAGS)
        np.copyto(into, rgb_view(rgb))
        return rgb


def _deep_format(*, from_yuv: bool) -> str:
    """Returns the 16-bit format that libswscale converts to without an error.

    Straight to `rgb48le` with full chroma, libswscale 9 loses red and green wherever
    a chroma sample lies below the middle: by more than half of the range.
    """
    return "gbrp16le" if from_yuv else "rgb48le"


class FromRgb:
    """Turns RGB pictures into the pixel format that a sink wants."""

    def __init__(
        self, pixel_format: str, size: tuple[int, int] | None, stored: Colour
    ) -> None:
        """Converts nothing yet.

        Args:
            pixel_format: The sink's; empty for any.
            size: The sink's fixed width and height; None if it takes any.
            stored: The tags of what is stored.
        """
        self._format, self._size, self._stored = pixel_format, size, stored
        self._after = StreamConversion()
        self._reformatter = VideoReformatter()
        self._canvas: av.VideoFrame | None = None

    def __call__(self, rgb: RgbArray, carrier: av.VideoFrame) -> av.VideoFrame:
        """Returns `rgb` [height, width, 3] in the sink's format and size.

        Where nothing has to be done the frame shares the memory of `rgb`.

        Args:
            rgb: uint8 or uint16 (full scale).
            carrier: What `ToRgb` returned for this picture; its pixels are overwritten.
                Without what it carries libswscale would take the chroma samples of
                H.264 to lie in the centre: a shift by a quarter of a pixel.
        """
        name = "rgb48le" if rgb.dtype == np.uint16 else "rgb24"
        wanted = name if self._format in {"", ANY_RGB} else self._format
        height, width, _ = rgb.shape
        size = self._size or (width, height)
        if wanted == name and size == (width, height):
            return av.VideoFrame.from_numpy_buffer(rgb, name)
        frame = self._carrier_for(rgb, carrier)
        np.copyto(rgb_view(frame), rgb)
        how = self._after.of(self._stored, size[1])
        to_rgb = is_rgb(wanted)
        return self._reformatter.reformat(
            frame,
            width=size[0],
            height=size[1],
            format=wanted,
            src_color_range=_FULL,
            dst_colorspace=None if to_rgb else how.matrix,
            dst_color_range=_FULL if to_rgb else how.full_range,
            interpolation=_FLAGS,
        )

    def refitted(self, picture: av.VideoFrame, how: Conversion) -> av.VideoFrame:
        """Returns a picture of planes in the sink's format and size, mostly as it is.

        Args:
            picture: Luma and chroma, in its own matrix and range.
            how: Which matrix and range these are.
        """
        width, height = self._size or (picture.width, picture.height)
        wanted = self._format or picture.format.name
        if self.leaves(picture, how):
            return picture
        after = self._after.of(self._stored, height)
        return self._reformatter.reformat(
            picture,
            width=width,
            height=height,
            format=wanted,
            src_colorspace=how.matrix,
            dst_colorspace=after.matrix,
            src_color_range=how.full_range,
            dst_color_range=after.full_range,
            interpolation=_FLAGS,
        )

    def leaves(self, picture: av.VideoFrame, how: Conversion) -> bool:
        """Returns whether the sink takes `picture` just as it is.

        Args:
            picture: As decoded.
            how: Its matrix and range.
        """
        size = self._size or (picture.width, picture.height)
        own = picture.format.name
        if self._format == ANY_RGB:
            return own in {"rgb24", "rgb48le"}
        after = self._after.of(self._stored, size[1])
        wanted = (*size, self._format or own, after)
        return wanted == (picture.width, picture.height, own, how)

    def _carrier_for(self, rgb: RgbArray, carrier: av.VideoFrame) -> av.VideoFrame:
        """Returns a frame as large as `rgb`: a canvas with two pictures is larger."""
        height, width, _ = rgb.shape
        if (carrier.width, carrier.height) == (width, height):
            return carrier
        canvas = self._canvas
        if canvas is None or (canvas.width, canvas.height) != (width, height):
            canvas = VideoReformatter().reformat(carrier, width=width, height=height)
            self._canvas = canvas
        return canvas
