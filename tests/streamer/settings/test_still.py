import pytest

from streamer.settings import still_pictures


@pytest.mark.parametrize(
    ("source", "sink", "still"),
    [
        ("a.png", "b.png", True),
        ("in/", "out/", True),
        ("in/", "out.mp4", False),
        ("in/%06d.png", "out/%06d.png", False),
        ("a.mp4", "b.mp4", False),
        ("a.mp4", "out/", False),
        ("rtsp://camera/a.png", "out/", False),
    ],
)
def test_pictures_that_become_pictures_are_no_stream(
    source: str, sink: str, still: bool
) -> None:
    assert still_pictures(source, sink) == still
