"""Tags that are as true of the new file as of the old one."""

import av
import pytest

from sinks.files.copying.tags import has_own_tags, stream_tags, tags_to_keep
from tests.conftest import MakeClip


def test_what_describes_the_old_file_is_left_out() -> None:
    tags = {
        "title": "rain",
        "ENCODER": "Lavf",
        "major_brand": "isom",
        "DURATION": "1",
        "BPS-eng": "1",
        "NUMBER_OF_FRAMES": "9",
        "_STATISTICS_TAGS": "BPS",
    }

    assert tags_to_keep(tags) == {"title": "rain"}


def test_a_name_that_mp4_does_not_know_is_one_of_its_own() -> None:
    assert has_own_tags({"Title": "rain", "weather": "wet"})
    assert not has_own_tags({"Title": "rain", "encoder": "Lavf"})


@pytest.mark.parametrize(
    ("language", "quicktime", "written"),
    [("deu", True, "ger"), ("deu", False, "deu"), ("eng", True, "eng")],
)
def test_mov_gets_the_code_of_a_language_that_ffmpeg_writes_there(
    make_clip: MakeClip, language: str, quicktime: bool, written: str
) -> None:
    clip = make_clip("in.mkv", frames=5, audio=True, audio_language=language)

    with av.open(str(clip)) as container:
        tags = stream_tags(container.streams.audio[0], quicktime=quicktime)

    assert tags["language"] == written
