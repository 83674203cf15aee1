"""What `derain_video` keeps of subtitles and of a telephone's tags."""

from fractions import Fraction
from pathlib import Path

import av
import pytest
from av.subtitles.stream import SubtitleStream

from streamer import derain_video
from tests.conftest import MakeClip
from tests.support.fakes import PassThrough
from tests.support.runs.derained import derained


def with_subtitles(source: Path, path: Path, codec: str) -> Path:
    """Puts the packets of `source` and one line of text into a new file."""
    with av.open(str(source)) as clip, av.open(str(path), "w") as output:
        original = clip.streams.video[0]
        copy = output.add_stream_from_template(original)
        text = output.add_stream(codec)
        assert isinstance(text, SubtitleStream)
        text.codec_context.subtitle_header = (
            b"[Script Info]\nScriptType: v4.00+\n[V4+ Styles]\n[Events]\n"
        )
        text.codec_context.time_base = text.time_base = Fraction(1, 1000)
        text.metadata["language"] = "fra"
        line = b"\x00\x08Il pleut" if codec == "mov_text" else b"Il pleut"
        for packet in clip.demux(original):
            if packet.dts is not None:
                packet.stream = copy
                output.mux(packet)
        spoken: av.Packet[av.stream.Stream] = av.Packet(line)
        spoken.stream, spoken.time_base = text, Fraction(1, 1000)
        spoken.pts = spoken.dts = 200
        spoken.duration = 300
        output.mux(spoken)
    return path


@pytest.mark.parametrize(
    ("name", "codec", "sink"),
    [
        ("in.mp4", "mov_text", "out.mp4"),
        ("in.mkv", "subrip", "out.mkv"),
        ("in.mp4", "mov_text", "out.mkv"),
        ("in.mkv", "subrip", "out.mp4"),
    ],
)
def test_subtitles_keep_text_time_and_language(
    make_clip: MakeClip, name: str, codec: str, sink: str
) -> None:
    clip = make_clip(frames=25)
    source = with_subtitles(clip, clip.with_name(name), codec)

    out = derained(source, sink)

    with av.open(str(out)) as container:
        stream = container.streams.subtitles[0]
        packets = [p for p in container.demux(stream) if b"Il pleut" in bytes(p)]
        assert stream.language == "fra"
        assert stream.time_base is not None
        assert packets[0].pts is not None
        start = packets[0].pts * stream.time_base
        assert abs(start - Fraction(1, 5)) <= Fraction(1, 1000)


def test_tags_of_a_telephone_come_out_in_mp4(make_clip: MakeClip) -> None:
    clip = make_clip(frames=3)
    source = clip.with_name("phone.mov")
    keys = {"movflags": "use_metadata_tags"}
    with av.open(str(clip)) as film, av.open(str(source), "w", options=keys) as output:
        copy = output.add_stream_from_template(film.streams.video[0])
        output.metadata["com.apple.quicktime.make"] = "Apple"
        for packet in film.demux(video=0):
            if packet.dts is not None:
                packet.stream = copy
                output.mux(packet)

    report = derain_video(source, source.with_name("o.mp4"), network=PassThrough())

    assert report.notes == []
    with av.open(str(source.with_name("o.mp4"))) as container:
        assert container.metadata["com.apple.quicktime.make"] == "Apple"
