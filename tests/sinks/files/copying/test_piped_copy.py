"""What comes through a pipe beside the pictures is copied as it arrives."""

from collections.abc import Iterator
from contextlib import closing
from fractions import Fraction
from pathlib import Path

import av
import pytest

from sinks.files.copying.piped_copy import PipedCopier
from sources.container.arriving import ArrivingStreams
from sources.container.media import open_path
from tests.conftest import MakeClip
from tests.support.media.awkward import packet_times


@pytest.fixture
def arriving(make_clip: MakeClip) -> Iterator[ArrivingStreams]:
    with closing(open_path(make_clip("in.mkv", frames=30, audio=True))) as container:
        yield ArrivingStreams(container, container.streams.video[0])


def joined(copier: PipedCopier, output: av.container.OutputContainer) -> None:
    def add_video() -> av.VideoStream:
        stream = output.add_stream("mpeg4", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        return stream

    copier.join(output, add_video)
    output.start_encoding()


def test_packets_are_written_when_they_have_arrived(
    arriving: ArrivingStreams, tmp_path: Path
) -> None:
    packets = iter([p for p in arriving.container.demux() if p.stream_index == 1])
    copier = PipedCopier(arriving)
    arriving.put(next(packets))

    with av.open(str(tmp_path / "out.mkv"), "w") as output:
        joined(copier, output)
        copier.copy_until(output, Fraction(2))
        after_one = copier.audio_packets
        for packet in packets:
            arriving.put(packet)
        copier.copy_until(output, Fraction(1, 2))
        after_more = copier.audio_packets
        copier.copy_until(output, None)
    copier.close()

    times = packet_times(tmp_path / "out.mkv", "audio")
    assert after_one == 1
    assert after_more == sum(time < 0.5 for time in times)
    assert copier.audio_packets == len(times)


def test_where_nothing_is_kept_nothing_waits(arriving: ArrivingStreams) -> None:
    copier = PipedCopier(arriving)
    packet = next(p for p in arriving.container.demux() if p.stream_index == 1)

    list(copier._kept_packets())
    arriving.put(packet)

    assert arriving.take() is None


def test_after_its_close_nothing_is_taken(arriving: ArrivingStreams) -> None:
    copier = PipedCopier(arriving)
    packet = next(p for p in arriving.container.demux() if p.stream_index == 1)

    copier.close()
    arriving.put(packet)

    assert copier.next_packet() is None
