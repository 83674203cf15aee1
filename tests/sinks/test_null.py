"""A sink that keeps nothing and wants nothing."""

from sinks.null import NullSink
from sinks.sink import Sink
from tests.support.media.frames import INFO, frames


def test_any_picture_is_taken_in_the_form_it_has() -> None:
    sink: Sink = NullSink()

    wanted = sink.begin(INFO)
    for frame in frames(2):
        sink.write(frame)
    sink.finish(whole=True)
    sink.close()
    sink.close()

    assert (wanted, sink.encoder, sink.audio_packets, sink.notes) == ("", "null", 0, [])
