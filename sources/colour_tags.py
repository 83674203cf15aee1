"""Reads from a decoded picture how its numbers become light."""

import av

from sources.frame import Colour

_FULL_RANGE = 2


def colour_of(picture: av.VideoFrame, chroma_location: int = 0) -> Colour:
    """Returns the colour description that the decoder attached to `picture`.

    The `yuvj` formats say "full range" by their name alone.
    """
    full = picture.format.name.startswith("yuvj")
    return Colour(
        matrix=int(picture.colorspace),
        full_range=_FULL_RANGE if full else int(picture.color_range),
        primaries=int(picture.color_primaries),
        transfer=int(picture.color_trc),
        chroma_location=chroma_location,
    )
