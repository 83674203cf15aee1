"""What a server does not get of a source is one line."""

import av

from sinks.live.left_out import left_out
from tests.conftest import MakeClip


def test_streams_that_stay_behind_are_named(make_clip: MakeClip) -> None:
    clip = make_clip("in.mkv", frames=5, audio=True)

    with av.open(str(clip)) as container:
        lines = left_out(container, {0}, "a server gets pictures")
        nothing = left_out(container, {0, 1}, "a server gets pictures")

    assert lines == ["left out: audio stream 1; a server gets pictures"]
    assert nothing == []
