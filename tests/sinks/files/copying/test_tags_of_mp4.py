import av
import pytest

from sinks.files.copying.tags import has_own_tags
from streamer import derain_video
from tests.conftest import MakeClip
from tests.support.fakes import PassThrough


@pytest.mark.parametrize(
    ("name", "value", "own"),
    [
        ("title", "rain", False),
        ("location", "+48.1000+011.5000/", False),
        ("location-eng", "-33.8700+151.2100/", False),
        ("location", "+48.1000+011.5000+520.0/", True),
        ("location", "+48.123456+011.5/", True),
        ("com.android.version", "14", True),
    ],
)
def test_a_place_on_the_map_is_no_tag_that_mp4_has_no_name_for(
    name: str, value: str, *, own: bool
) -> None:
    assert has_own_tags({name: value}) is own


def test_the_title_of_a_track_stays_its_title_whatever_mp4_calls_it(
    make_clip: MakeClip,
) -> None:
    clip = make_clip("in.mp4", frames=5, audio=True)
    source = clip.with_name("titled.mp4")
    with av.open(str(clip)) as before, av.open(str(source), "w") as output:
        copies = [output.add_stream_from_template(s) for s in before.streams]
        copies[1].metadata["title"] = "comment"
        for packet in before.demux():
            if packet.dts is not None:
                packet.stream = copies[packet.stream_index]
                output.mux(packet)

    for name in ("out.mkv", "out.mp4", "out.mov"):
        sink = clip.with_name(name)
        report = derain_video(source, sink, network=PassThrough())

        assert report.notes == []
        with av.open(str(sink)) as container:
            tags = container.streams.audio[0].metadata
        assert "comment" in {tags.get("title"), tags.get("name")}
