"""A stream of the source: what it is, and why it is not copied as it is."""

from pathlib import Path

import av
import pytest

from sinks.files.copying.first_packets import first_packets
from sinks.files.copying.source_stream import (
    EMPTY,
    codec_name,
    is_cover,
    made_by_muxer,
    name_channels,
    why_not_as_it_is,
)
from tests.conftest import MakeClip
from tests.support.media.awkward import with_audio


@pytest.fixture
def clip(make_clip: MakeClip) -> Path:
    return make_clip("in.mov", frames=10, audio=True, time_code="10:00:00:00")


def test_a_second_video_would_still_have_its_rain(clip: Path) -> None:
    with av.open(str(clip)) as source:
        [video] = source.streams.video
        assert "still have its rain" in why_not_as_it_is("mp4", video, None)
        assert not is_cover(video)


def test_audio_that_holds_nothing_is_waited_for_by_mp4_alone(clip: Path) -> None:
    with av.open(str(clip)) as source:
        [audio] = source.streams.audio
        assert why_not_as_it_is("mp4", audio, None) == EMPTY
        assert why_not_as_it_is("matroska", audio, None) == ""


def test_what_a_container_takes_is_copied_and_the_rest_is_named(clip: Path) -> None:
    with av.open(str(clip)) as source:
        [audio] = source.streams.audio
        first = first_packets(source, {audio.index})[audio.index]

        assert codec_name(audio) == "aac"
        assert why_not_as_it_is("mp4", audio, first) == ""
        assert why_not_as_it_is("webm", audio, first) == "webm has no place for it"


def test_time_codes_are_made_by_the_muxer(clip: Path) -> None:
    with av.open(str(clip)) as source:
        [codes] = source.streams.data
        assert made_by_muxer(codes, chapters=False)
        assert not made_by_muxer(source.streams.audio[0], chapters=True)
        assert codec_name(codes) == "unknown"


def test_channels_that_are_only_counted_get_their_usual_names(
    make_clip: MakeClip, tmp_path: Path
) -> None:
    clip = make_clip(frames=25)
    path = with_audio(clip, clip.with_name("in.mov"), "pcm_alaw", 8000)

    with (
        av.open(str(path)) as source,
        av.open(str(tmp_path / "out.mov"), "w") as output,
    ):
        copy = output.add_stream_from_template(source.streams.audio[0])
        copy.codec_context.layout = "1 channels"
        name_channels(copy)
        assert copy.codec_context.layout.name == "mono"
        name_channels(output.add_stream("libx264", rate=25))  # pictures have none
