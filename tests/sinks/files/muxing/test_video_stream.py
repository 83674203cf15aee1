"""What an output's video stream is told: settings, size, time and tags."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import pytest

from sinks.encoding.encoders import ENCODERS
from sinks.encoding.options import EncodeOptions
from sinks.files.muxing.video_stream import (
    describe,
    encoder_settings,
    preset_and_quality,
)
from sources.frame import Colour, StreamInfo

INFO = StreamInfo(
    width=64,
    height=48,
    pixel_format="yuv420p",
    time_base=Fraction(1, 12_800),
    colour=Colour(matrix=9, full_range=1, primaries=9, transfer=16),
    frame_rate=Fraction(50),
)


def test_what_was_asked_for_goes_before_the_encoders_own() -> None:
    encoder = ENCODERS["h264"]

    assert preset_and_quality(encoder, EncodeOptions()) == (
        encoder.preset,
        encoder.quality,
    )
    asked = EncodeOptions(preset="slow", quality=0)
    assert preset_and_quality(encoder, asked) == ("slow", 0)


@pytest.mark.parametrize("codec", ["h264", "hevc", "av1", "vp9"])
def test_each_encoder_gets_preset_and_quality_by_its_own_names(codec: str) -> None:
    encoder = ENCODERS[codec]

    settings = encoder_settings(encoder, EncodeOptions(quality=30), INFO)

    assert settings[encoder.quality_option] == "30"
    assert settings[encoder.preset_option] == encoder.preset


@pytest.mark.parametrize(
    ("place", "word"), [(0, None), (1, None), (2, "center"), (3, "topleft")]
)
def test_the_place_of_chroma_is_said_unless_it_is_the_usual_one(
    place: int, word: str | None
) -> None:
    stream = replace(INFO, colour=Colour(chroma_location=place))

    settings = encoder_settings(ENCODERS["h264"], EncodeOptions(), stream)

    assert settings.get("chroma_sample_location") == word


@pytest.mark.parametrize(
    ("codec", "there", "carried"),
    [
        ("h264", True, True),
        ("hevc", True, True),
        ("av1", True, False),
        ("h264", False, False),
    ],
)
def test_messages_of_dashcams_are_carried_by_encoders_that_can(
    codec: str, there: bool, carried: bool
) -> None:
    kinds = frozenset({"SEI_UNREGISTERED"} if there else ())
    stream = replace(INFO, side_data=kinds)

    settings = encoder_settings(ENCODERS[codec], EncodeOptions(), stream)

    assert ("udu_sei" in settings) is carried


def test_size_time_and_colour_are_those_of_the_source(tmp_path: Path) -> None:
    stream = replace(INFO, pixel_aspect=Fraction(4, 3), rotation=90, mirrored=True)
    with av.open(str(tmp_path / "out.mp4"), "w") as container:
        output = container.add_stream("libx264")
        describe(output, "yuv420p10le", stream)

        context = output.codec_context
        assert (output.width, output.height) == (64, 48)
        assert output.pix_fmt == "yuv420p10le"
        assert context.time_base == output.time_base == Fraction(1, 12_800)
        assert (context.colorspace, context.color_range) == (9, 1)
        assert (context.color_primaries, context.color_trc) == (9, 16)
        assert context.sample_aspect_ratio == Fraction(4, 3)
        assert context.gop_size > 0
