"""Which tracks of a stream in the network are read; the others are not fetched."""

from collections.abc import Sequence

from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Discard
from av.video.stream import VideoStream

_VARIANT = "variant_bitrate"
"""What FFmpeg's HLS calls that which tells one choice of a playlist from the others."""


def largest(container: InputContainer) -> VideoStream | None:
    """Returns the track with the largest pictures, of the highest rate of bits.

    FFmpeg's own choice depends on what came first: of a camera's two tracks it may be
    another one at each connect.
    """
    tracks = [each for each in container.streams.video if _decodes(each)]
    return max(tracks, key=_worth, default=None)


def _decodes(track: VideoStream) -> bool:
    return track.codec_context is not None


def _worth(track: VideoStream) -> tuple[int, int, int]:
    context = track.codec_context
    variant = track.metadata.get(_VARIANT, "0")
    bits = int(variant) if variant.isdecimal() else 0
    return context.width * context.height, bits, context.bit_rate or 0


def audio_beside(
    container: InputContainer, pictures: VideoStream
) -> AudioStream | None:
    """Returns the audio that goes with the pictures, if there is one of known rate."""
    tracks = [each for each in container.streams.audio if _is_known(each)]
    variant = pictures.metadata.get(_VARIANT)
    same = [each for each in tracks if each.metadata.get(_VARIANT) == variant]
    best = container.streams.best("audio")
    chosen = same or tracks
    return next((each for each in chosen if each == best), next(iter(chosen), None))


def _is_known(track: AudioStream) -> bool:
    return track.codec_context is not None and track.codec_context.sample_rate > 0


def leave_out_all_but(
    container: InputContainer, wanted: Sequence[VideoStream | AudioStream | None]
) -> None:
    """Has FFmpeg not fetch what is not wanted, where it can: each variant of HLS."""
    kept = {each.index for each in wanted if each is not None}
    for stream in container.streams:
        if stream.index not in kept:
            stream.discard = Discard.all
