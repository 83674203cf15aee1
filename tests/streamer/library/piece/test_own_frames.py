from pathlib import Path

import pytest

from sinks.files.video import VideoFile
from sources.files.part import Span
from streamer.library.piece.own_frames import NoFrames, OwnFrames
from tests.support.media.drawn_source import Drawn
from tests.support.probe import look_at

SPAN = Span(start_at=0, first=13, end=16, shift=-10, before=1, behind=1)


def stored(sink: OwnFrames, count: int = 8) -> list[int]:
    source = Drawn(blocks_at=count)
    sink.begin(source.info)
    for number, frame in enumerate(source):
        sink.write(frame)
        if number == count - 1:
            break
    sink.finish(whole=False)
    return sink.times


@pytest.mark.parametrize(
    ("span", "times"),
    [
        (SPAN, [3, 4, 5]),
        (Span(start_at=0, first=5, end=None), [5, 6, 7]),
        (None, list(range(8))),
    ],
    ids=["a piece", "the last piece", "a whole film"],
)
def test_frames_around_a_piece_are_not_stored(
    tmp_path: Path, span: Span | None, times: list[int]
) -> None:
    sink = OwnFrames(VideoFile(tmp_path / "o.mkv"), span)

    assert stored(sink) == times

    assert len(look_at(tmp_path / "o.mkv").times) == len(times)


def test_what_pieces_must_share_is_told_as_their_form(tmp_path: Path) -> None:
    sink = OwnFrames(VideoFile(tmp_path / "o.mkv"), SPAN)
    assert sink.form == ""

    stored(sink)

    assert sink.form == "64x48 yuv420p turned 0 colours 2/0/2/2"
    assert (sink.encoder, sink.audio_packets) == ("libx264", 0)


def test_a_sink_for_what_is_only_looked_at_stores_nothing() -> None:
    sink = NoFrames()

    sink.begin(Drawn().info)
    sink.finish(whole=True)

    assert (sink.encoder, sink.fixed_size) == ("none", True)
