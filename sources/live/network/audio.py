"""What audio comes with a stream in the network, and how it is passed on undecoded."""

from av.audio.stream import AudioStream
from av.bitstream import BitStreamFilterContext

from sources.audio import Audio

_AAC_RATES = (
    *(96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050),
    *(16000, 12000, 11025, 8000, 7350),
)
"""In the order of ISO 14496-3, table 1.18."""
_HALF_RATE = frozenset({"HE-AAC", "HE-AACv2"})


def kind_of(stream: AudioStream) -> Audio:
    """Returns what the stream says of itself."""
    context = stream.codec_context
    config = bytes(context.extradata or b"").hex()
    if _is_adts(stream):
        channels = context.layout.nb_channels
        config = aac_config(context.sample_rate, channels, context.profile or "")
    return Audio(
        codec=context.codec.canonical_name,
        rate=context.sample_rate,
        layout=context.layout.name,
        config=config if context.codec.canonical_name == "aac" else "",
    )


def _is_adts(stream: AudioStream) -> bool:
    """Whether each packet says in a head what other containers say once: as in TS."""
    context = stream.codec_context
    return context.codec.canonical_name == "aac" and not context.extradata_size


def adts_filter(stream: AudioStream | None) -> BitStreamFilterContext | None:
    """Returns what takes the head off each packet, where packets have one."""
    if stream is None or not _is_adts(stream):
        return None
    return BitStreamFilterContext("aac_adtstoasc", in_stream=stream)


def aac_config(rate: int, channels: int, profile: str) -> str:
    """Returns what ADTS says of its AAC, as AudioSpecificConfig in hex.

    That is ISO 14496-3, 1.6.2.1. Of HE-AAC it is the core, which has half the rate and,
    in the second version, one channel; decoders find the rest in the packets.

    Args:
        rate: Of the decoded audio.
        channels: Of the decoded audio.
        profile: FFmpeg's name of it: `LC`, `HE-AAC`, ...
    """
    if profile in _HALF_RATE:
        rate, channels = rate // 2, 1 if profile == "HE-AACv2" else channels
    index = _AAC_RATES.index(rate) if rate in _AAC_RATES else 4
    return f"{2 << 11 | index << 7 | channels << 3:04x}"
