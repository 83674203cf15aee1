"""The video stream of an output file: the encoder's settings, size, time and tags."""

from collections.abc import Mapping

from av.video.stream import VideoStream

from sinks.encoding.encoders import Encoder, delay_settings, gop_size
from sinks.encoding.options import EncodeOptions
from sources.frame import StreamInfo

_CHROMA_LOCATIONS = {2: "center", 3: "topleft", 4: "top", 5: "bottomleft", 6: "bottom"}
"""All but 1, left, which is what H.264 and HEVC mean by saying nothing."""


def preset_and_quality(encoder: Encoder, asked: EncodeOptions) -> tuple[str, int]:
    """Returns what was asked for; the encoder's own where nothing was."""
    quality = encoder.quality if asked.quality is None else asked.quality
    return asked.preset or encoder.preset, quality


def encoder_settings(
    encoder: Encoder, asked: EncodeOptions, stream: StreamInfo
) -> Mapping[str, str]:
    """Returns the options with which FFmpeg opens the encoder."""
    preset, quality = preset_and_quality(encoder, asked)
    place = _CHROMA_LOCATIONS.get(stream.colour.chroma_location)
    return {
        **encoder.options,
        **delay_settings(encoder, stream.frame_rate),
        encoder.preset_option: preset,
        encoder.quality_option: str(quality),
        **({"chroma_sample_location": place} if place else {}),
        **_messages(encoder, stream),
    }


def describe(output: VideoStream, pixel_format: str, stream: StreamInfo) -> None:
    """Puts size, time and every tag of the source on the output stream."""
    context = output.codec_context
    output.width, output.height = stream.width, stream.height
    output.pix_fmt = pixel_format
    context.time_base = output.time_base = stream.time_base
    context.colorspace = stream.colour.matrix
    context.color_range = stream.colour.full_range
    context.color_primaries = stream.colour.primaries
    context.color_trc = stream.colour.transfer
    context.gop_size = gop_size(stream.frame_rate)
    if stream.pixel_aspect:
        context.sample_aspect_ratio = stream.pixel_aspect
        output.sample_aspect_ratio = stream.pixel_aspect
    if stream.rotation or stream.mirrored:
        output.set_display_rotation(stream.rotation, hflip=stream.mirrored)


def _messages(encoder: Encoder, stream: StreamInfo) -> Mapping[str, str]:
    """Lets encoders carry the messages of dashcams inside the pictures (SEI)."""
    carried = encoder.name in {"libx264", "libx265"}
    has_any = "SEI_UNREGISTERED" in stream.side_data
    return {"udu_sei": "1"} if carried and has_any else {}
