"""Files as other programs write them, made here: byte for byte where PyAV cannot."""

import struct
import zlib
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.packet import Packet
from av.stream import Stream
from av.subtitles.stream import SubtitleStream

_ASS_HEAD = b"[Script Info]\nScriptType: v4.00+\n\n[Events]\nFormat: Layer, Text\n"


def png_with_profile(path: Path, size: tuple[int, int] = (64, 48)) -> Path:
    """Writes a PNG that names its colour profile (chunk iCCP)."""
    width, height = size
    row = b"\0" + bytes((200, 90, 40)) * width
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        + chunk(b"iCCP", b"sRGB\0\0" + zlib.compress(tiny_profile()))
        + chunk(b"IDAT", zlib.compress(row * height))
        + chunk(b"IEND", b"")
    )
    return path


def chunk(kind: bytes, data: bytes) -> bytes:
    """Returns a chunk of PNG."""
    check = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + check


def tiny_profile() -> bytes:
    """Returns the smallest colour profile that is one: a head and an empty table."""
    head = struct.pack(
        ">I4sI4s4s4s", 132, b"\0" * 4, 0x02400000, b"mntr", b"RGB ", b"XYZ "
    )
    return (head + b"\0" * 12 + b"acsp" + b"\0" * 88)[:128] + struct.pack(">I", 0)


def remuxed(
    source: Path, target: Path, keep: Sequence[str] = ("video", "audio")
) -> Path:
    """Announces the streams of a clip in another file, and copies those of `keep`."""
    with av.open(str(source)) as clip, av.open(str(target), "w") as output:
        to = {s.index: output.add_stream_from_template(s) for s in clip.streams}
        for packet in clip.demux():
            if packet.dts is not None and packet.stream.type in keep:
                packet.stream = to[packet.stream.index]
                output.mux(packet)
    return target


def with_late_audio(video: Path, audio: Path, target: Path, seconds: int) -> Path:
    """Puts the audio of one file behind the begin of the video of another."""
    with (
        av.open(str(video)) as film,
        av.open(str(audio)) as sound,
        av.open(str(target), "w") as output,
    ):
        pictures = output.add_stream_from_template(film.streams.video[0])
        tone = output.add_stream_from_template(sound.streams.audio[0])
        for packet in film.demux(video=0):
            if packet.dts is not None:
                packet.stream = pictures
                output.mux(packet)
        for part in sound.demux(audio=0):
            if part.dts is not None and part.pts is not None:
                later = round(seconds / part.time_base)
                part.pts, part.dts = part.pts + later, part.dts + later
                part.stream = tone
                output.mux(part)
    return target


def with_cues(video: Path, target: Path, cues: Sequence[tuple[int, int, str]]) -> Path:
    """Adds SubRip cues, each with its begin and end in ms, to a clip as Matroska."""
    with av.open(str(video)) as clip, av.open(str(target), "w") as output:
        pictures = output.add_stream_from_template(clip.streams.video[0])
        text = output.add_stream("subrip")
        assert isinstance(text, SubtitleStream)
        text.codec_context.subtitle_header = _ASS_HEAD
        text.codec_context.time_base = text.time_base = Fraction(1, 1000)
        for begin, end, line in cues:
            packet: Packet[Stream] = Packet(line.encode())
            packet.time_base = Fraction(1, 1000)
            packet.pts = packet.dts = begin
            packet.duration = end - begin
            packet.stream = text
            output.mux(packet)
        for picture in clip.demux(video=0):
            if picture.dts is not None:
                picture.stream = pictures
                output.mux(picture)
    return target


def with_audio(video: Path, target: Path, codec: str, rate: int = 8000) -> Path:
    """Adds a second of a tone in `codec` to the pictures of a clip."""
    with av.open(str(video)) as clip, av.open(str(target), "w") as output:
        pictures = output.add_stream_from_template(clip.streams.video[0])
        tone = output.add_stream(codec, rate=rate, layout="mono")
        assert isinstance(tone, av.AudioStream)
        tone.codec_context.bit_rate = 32_000
        for packet in clip.demux(video=0):
            if packet.dts is not None:
                packet.stream = pictures
                output.mux(packet)
        wave = np.sin(np.arange(rate) * 0.3).astype(np.float32)[None] * 0.3
        frame = av.AudioFrame.from_ndarray(wave, "fltp", "mono")
        frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
        resampler = av.AudioResampler(
            tone.codec_context.format,
            "mono",
            rate,
            tone.codec_context.frame_size or None,
        )
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            output.mux(tone.encode(part))
        output.mux(tone.encode(None))
    return target


def packet_times(path: Path, kind: str) -> list[Fraction]:
    """Returns when each packet of the first stream of a kind is shown."""
    with av.open(str(path)) as container:
        stream = next(s for s in container.streams if s.type == kind)
        return [
            Fraction(packet.pts * packet.time_base)
            for packet in container.demux(stream)
            if packet.pts is not None and packet.size
        ]


def with_late_picture(
    clip: Path, target: Path, *, late: int, behind: int, rate: int = 25
) -> Path:
    """Copies a clip of single pictures into MP4, one of them behind a later one.

    A decoder gives damaged H.264 out like that: times of decoding go on.
    """
    with av.open(str(clip)) as source, av.open(str(target), "w") as output:
        stream = output.add_stream_from_template(source.streams.video[0])
        packets = [packet for packet in source.demux(video=0) if packet.size]
        order = [n for n in range(len(packets)) if n != late]
        order.insert(order.index(behind) + 1, late)
        for number, packet in enumerate(packets):
            packet.stream, packet.time_base = stream, Fraction(1, rate)
            packet.pts, packet.dts = order[number], number - len(packets)
            output.mux(packet)
    return target
