from pathlib import Path

import av
import numpy as np
import pytest

from sources import open_source
from streamer import derain_video
from tests.conftest import MakeClip
from tests.support.fakes import PassThrough
from tests.support.probe import first_picture


def turned(clip: Path, degrees: float, *, hflip: bool = False) -> Path:
    """Copies a clip and notes how it is to be shown."""
    path = clip.with_name("turned.mp4")
    with av.open(str(clip)) as source, av.open(str(path), "w") as output:
        copy = output.add_stream_from_template(source.streams.video[0])
        assert isinstance(copy, av.VideoStream)
        copy.set_display_rotation(degrees, hflip=hflip)
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = copy
                output.mux(packet)
    return path


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
@pytest.mark.parametrize("hflip", [False, True])
def test_turn_and_mirror_are_read_and_come_out_again(
    make_clip: MakeClip, degrees: int, hflip: bool
) -> None:
    source = turned(make_clip(frames=3), degrees, hflip=hflip)

    derain_video(source, source.with_name("out.mp4"), network=PassThrough())

    for path in (source, source.with_name("out.mp4")):
        film = open_source(str(path))
        seen = {(frame.rotation, frame.mirrored) for frame in film}
        film.close()
        assert seen == {(degrees, hflip)}
        assert film.info.rotation == degrees


def test_pictures_of_a_mirrored_clip_are_stored_as_they_are_shown(
    make_clip: MakeClip,
) -> None:
    plain = make_clip(frames=1, options={"qp": "0"})
    source = turned(plain, 0, hflip=True)

    for clip, name in ((plain, "plain.png"), (source, "mirrored.png")):
        derain_video(clip, clip.with_name(name), network=PassThrough())

    plain_png, mirrored = (
        first_picture(plain.with_name(name)).to_ndarray(format="rgb24")
        for name in ("plain.png", "mirrored.png")
    )
    assert np.array_equal(mirrored, plain_png[:, ::-1])


def test_a_slanted_turn_goes_to_the_nearest_quarter_and_is_said(
    make_clip: MakeClip,
) -> None:
    source = turned(make_clip(frames=3), 60)

    report = derain_video(source, source.with_name("out.mp4"), network=PassThrough())

    assert first_picture(source.with_name("out.mp4")).rotation == 90
    assert report.notes == [
        "the slanted turn for showing is stored as the nearest quarter, 90 degrees"
    ]
