"""Whether a container can hold a stream is tried in memory."""

from pathlib import Path

import av
import pytest

from sinks.files.copying.first_packets import first_packets
from sinks.files.copying.trial import storable
from tests.conftest import MakeClip
from tests.support.media.awkward import with_audio, with_cues


@pytest.mark.parametrize(
    ("container", "fits"),
    [("mp4", True), ("matroska", True), ("mov", True), ("webm", False)],
)
def test_aac_fits_where_the_muxer_takes_it(
    make_clip: MakeClip, container: str, fits: bool
) -> None:
    with av.open(str(make_clip("in.mkv", frames=5, audio=True))) as source:
        assert storable(container, source.streams.audio[0], None) is fits


def test_telephone_audio_fits_into_mov_alone(make_clip: MakeClip) -> None:
    clip = make_clip(frames=25)
    path = with_audio(clip, clip.with_name("in.mov"), "pcm_alaw", 8000)

    with av.open(str(path)) as source:
        stream = source.streams.audio[0]
        fits = {kind: storable(kind, stream, None) for kind in ("mov", "mp4", "webm")}

    assert fits == {"mov": True, "mp4": False, "webm": False}


def test_cues_of_text_fit_into_matroska(make_clip: MakeClip) -> None:
    clip = make_clip(frames=25)
    path = with_cues(clip, clip.with_name("in.mkv"), [(0, 500, "rain")])

    with av.open(str(path)) as source:
        stream = source.streams.subtitles[0]
        assert storable("matroska", stream, None)
        assert not storable("mp4", stream, None)


@pytest.mark.parametrize("container", ["mov", "mp4", "webm"])
def test_a_track_of_time_codes_is_no_stream_to_copy(
    make_clip: MakeClip, container: str
) -> None:
    """MOV's muxer makes one of its own, from the tag."""
    path: Path = make_clip("in.mov", frames=25, time_code="10:00:00:00")

    with av.open(str(path)) as source:
        [stream] = source.streams.data
        first = first_packets(source, {stream.index})
        assert not storable(container, stream, first[stream.index])
