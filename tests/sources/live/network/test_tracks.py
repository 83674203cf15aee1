"""Which tracks of a stream are read: the largest pictures and their audio."""

import wave
from pathlib import Path

import av
import pytest
from av.stream import Discard

from sources.live.network.tracks import audio_beside, largest, leave_out_all_but
from tests.conftest import Clip, picture_of


@pytest.fixture
def cameras(tmp_path: Path) -> Path:
    """Two tracks of pictures, the second one larger, and two of audio."""
    path = tmp_path / "in.mkv"
    with av.open(str(path), "w") as output:
        for size in ((32, 32), (64, 48)):
            stream = output.add_stream("mpeg4", rate=25)
            stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        for _ in range(2):
            output.add_stream("pcm_s16le", rate=8000, layout="mono")
        for stream in output.streams.video:
            picture = picture_of(Clip(size=(stream.width, stream.height)), 0)
            output.mux(stream.encode(picture))
            output.mux(stream.encode(None))
    return path


def test_the_track_with_the_largest_pictures_is_taken(cameras: Path) -> None:
    with av.open(str(cameras)) as container:
        track = largest(container)
        assert track is not None
        assert (track.index, track.width) == (1, 64)


def test_of_one_size_the_variant_of_more_bits_is_taken(cameras: Path) -> None:
    with av.open(str(cameras)) as container:
        small, large = container.streams.video
        small.metadata["variant_bitrate"] = "900"
        large.metadata["variant_bitrate"] = "\u00b2"  # no number counts as none
        assert largest(container) is large


def test_audio_goes_with_the_pictures_of_its_variant(cameras: Path) -> None:
    with av.open(str(cameras)) as container:
        small, large = container.streams.video
        one, other = container.streams.audio
        for number, (picture, audio) in enumerate(((small, one), (large, other))):
            picture.metadata["variant_bitrate"] = str(number)
            audio.metadata["variant_bitrate"] = str(number)

        assert audio_beside(container, small) is one
        assert audio_beside(container, large) is other


def test_what_is_not_wanted_is_not_fetched(cameras: Path) -> None:
    with av.open(str(cameras)) as container:
        _, large = container.streams.video
        leave_out_all_but(container, [large, None])

        left = [s.index for s in container.streams if s.discard != Discard.all]
    assert left == [1]


def test_where_there_are_no_pictures_there_is_no_track(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "in.wav"), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(1600))

    with av.open(str(tmp_path / "in.wav")) as container:
        assert largest(container) is None
