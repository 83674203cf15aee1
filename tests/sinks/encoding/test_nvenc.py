from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import pytest

from sinks.encoding import nvenc
from sinks.encoding.encoders import ENCODERS
from sinks.encoding.nvenc import NVENC, explained, why_not
from sinks.encoding.options import EncodeOptions
from sinks.files.video import VideoFile
from sources import open_source
from streamer.pipeline.file import Pipeline
from tests.conftest import MakeClip
from tests.support.fakes import PassThrough


def encoded(clip: Path, out: Path, **choices: Any) -> VideoFile:
    sink = VideoFile(out, encode=EncodeOptions(**choices))
    sink.encode_on_gpu()
    Pipeline(open_source(str(clip)), PassThrough(), sink).run()
    return sink


@pytest.mark.skipif(why_not("h264_nvenc") == "", reason="this card encodes")
def test_a_card_that_cannot_encode_leaves_it_to_the_cpu_and_says_so(
    make_clip: MakeClip, tmp_path: Path
) -> None:
    sink = encoded(make_clip(), tmp_path / "out.mp4")

    assert sink.encoder == "libx264"
    assert [note for note in sink.notes if note.startswith("libx264 encodes on the C")]


def test_ffmpegs_vague_error_is_told_with_the_cards_that_have_no_encoder() -> None:
    told = explained("Generic error in an external library")

    assert "A100, H100 and H200 have no encoder" in told
    assert explained("Cannot load libcuda.so.1") == "Cannot load libcuda.so.1"


def test_a_card_that_can_encode_does(
    make_clip: MakeClip, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in = replace(ENCODERS["h264"], preset="ultrafast", quality=25)
    monkeypatch.setitem(NVENC, "h264", stand_in)
    monkeypatch.setattr(nvenc, "why_not", lambda name: "")

    sink = encoded(make_clip(), tmp_path / "out.mp4")

    assert sink.notes == []
    with av.open(str(tmp_path / "out.mp4")) as container:
        assert len(list(container.decode(video=0))) == 12


@pytest.mark.parametrize(
    ("parts", "choices", "encoder"),
    [
        ({}, {"preset": "fast"}, "libx264"),
        ({"pixel_format": "yuv444p"}, {}, "libx264"),
        ({"pixel_format": "yuv420p10le"}, {}, "libx265"),
        ({}, {"codec": "av1"}, "libsvtav1"),
    ],
)
def test_what_only_the_cpu_can_do_stays_there(
    make_clip: MakeClip,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    parts: dict[str, Any],
    choices: dict[str, Any],
    encoder: str,
) -> None:
    monkeypatch.setattr(nvenc, "why_not", lambda name: "")
    clip = make_clip("in.mp4", size=(128, 96), **parts)

    sink = encoded(clip, tmp_path / "out.mp4", **choices)

    assert sink.encoder == encoder


def test_the_cards_encoders_are_those_of_ffmpeg() -> None:
    for encoder in NVENC.values():
        assert av.Codec(encoder.name, "w").is_encoder
    assert why_not("no such encoder")
