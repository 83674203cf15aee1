import hashlib
from fractions import Fraction

import pytest

from sources.errors import SourceError
from sources.files.packet_index import PacketIndex, index_of
from sources.files.part import Span, VideoPart
from sources.files.video import VideoFile
from sources.frame import Frame, Source
from tests.conftest import MakeClip

MPEG = Fraction(1, 25)


def seen(source: Source) -> list[tuple[int, int, str]]:
    return [(frame.index, frame.pts, digest_of(frame)) for frame in source]


def digest_of(frame: Frame) -> str:
    return hashlib.sha256(frame.picture.to_ndarray().tobytes()).hexdigest()


def span_from(index: PacketIndex, first: int, end: int | None, around: int) -> Span:
    return Span(
        start_at=index.start_before(first, around),
        first=first,
        end=end,
        first_index=index.frames_between(index.times[0], first),
        before=around,
        behind=around,
    )


@pytest.mark.parametrize(
    ("name", "codec", "options", "time_base"),
    [
        ("a.mp4", "libx264", {"g": "20"}, Fraction(1, 12800)),
        ("a.mkv", "libx264", {"g": "20"}, Fraction(1, 12800)),
        ("a.ts", "libx264", {"g": "20"}, Fraction(1, 12800)),
        (
            "open.mp4",
            "libx264",
            {"g": "20", "x264-params": "open-gop=1:b-adapt=0:bframes=3"},
            Fraction(1, 12800),
        ),
        ("refresh.mp4", "libx264", {"g": "20", "intra-refresh": "1"}, MPEG),
        ("open.ts", "libx265", {"g": "20"}, Fraction(1, 12800)),
        ("a.webm", "libvpx-vp9", {"g": "20"}, Fraction(1, 12800)),
        ("mpeg2.mkv", "mpeg2video", {"g": "12"}, MPEG),
        ("mpeg4.mkv", "mpeg4", {"g": "20"}, MPEG),
        ("lossless.mkv", "ffv1", {"g": "10"}, Fraction(1, 12800)),
    ],
)
@pytest.mark.parametrize("around", [0, 2])
@pytest.mark.slow
def test_a_part_gives_the_frames_that_the_whole_file_gives(
    make_clip: MakeClip,
    name: str,
    codec: str,
    options: dict[str, str],
    time_base: Fraction,
    around: int,
) -> None:
    path = make_clip(
        name, frames=100, codec=codec, options=options, time_base=time_base
    )
    whole = seen(VideoFile(path))
    index = index_of(path)
    assert not index.uncut
    starts = [key.pts for key in index.key_frames][::2]
    assert len(starts) > 1

    for first, end in zip(starts, [*starts[1:], None], strict=True):
        span = span_from(index, first, end, around)
        begin = span.first_index
        stop = begin + index.frames_between(first, end)
        assert (
            seen(VideoPart(path, span)) == whole[max(begin - around, 0) : stop + around]
        )


def test_times_before_zero_are_moved_as_in_the_whole_file(make_clip: MakeClip) -> None:
    times = [512 * (number - 30) for number in range(60)]
    path = make_clip("early.mkv", frames=60, times=times, options={"g": "10"})
    whole = seen(VideoFile(path))
    index = index_of(path)
    first = index.key_frames[2].pts
    span = Span(
        start_at=first,
        first=first,
        end=None,
        shift=max(-index.times[0], 0),
        first_index=index.frames_between(index.times[0], first),
    )

    assert seen(VideoPart(path, span)) == whole[span.first_index :]


def test_a_file_whose_key_frames_are_elsewhere_now_is_refused(
    make_clip: MakeClip,
) -> None:
    path = make_clip(frames=40, options={"g": "10"})
    span = Span(start_at=5121, first=5121, end=None, first_index=10)

    with pytest.raises(SourceError, match="key frames are not where they were"):
        list(VideoPart(path, span))
