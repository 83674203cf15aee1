"""What a picture file carries beside its pixels, piece by piece as it stands there."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureParts:
    """What was found; empty where there is none."""

    exif: bytes
    xmp: bytes
    icc: bytes
    dpi: tuple[float, float] | None
    own: tuple[tuple[bytes, bytes], ...]
    """What only this kind of file has: of a JPEG comments, and IPTC without the small
    picture that may stand beside it; of a PNG its texts and chunks of colour."""
    lost: tuple[str, ...] = ()
    """What is not taken over, by name."""
