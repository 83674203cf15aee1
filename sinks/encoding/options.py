"""What a user may say about encoding: one value, from the entry to the encoder."""

from dataclasses import dataclass
from typing import Annotated

from sources.settings.options import Option


@dataclass(frozen=True, kw_only=True, slots=True)
class EncodeOptions:
    """How video is encoded; None leaves the choice to the encoder's defaults here.

    Which codec goes into a container, and which CRF a codec knows, is in `encoders`.
    """

    codec: Annotated[
        str,
        Option("Of a video file: auto (HEVC from 10 bit on), h264, hevc, av1, vp9."),
    ] = "auto"
    quality: Annotated[
        int | None,
        Option(
            "The encoder's CRF: lower is better and larger.",
            names=("--quality", "--crf"),
        ),
    ] = None
    preset: Annotated[str | None, Option("The encoder's own preset, such as slow.")] = (
        None
    )
    container: Annotated[
        str | None,
        Option("Of SINK -: matroska (the default), nut or mpegts."),
    ] = None


DEFAULT_ENCODING = EncodeOptions()
