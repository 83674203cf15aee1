from sources.frame import Colour
from streamer.pipeline.preview import EVERY_NS, PreviewTap
from tests.streamer.page.conftest import frame_of, picture


class Clock:
    now_ns = 10**9

    def __call__(self) -> int:
        return self.now_ns


def test_nothing_is_kept_while_nobody_looks() -> None:
    told: list[int] = []
    tap = PreviewTap(lambda: told.append(1), Clock())

    tap.offer(frame_of(picture(1, 1)), picture(2, 2), Colour())

    assert tap.take() is None
    assert not told


def test_the_newest_pair_is_given_once_and_ten_a_second_at_most() -> None:
    clock, told = Clock(), list[int]()
    tap = PreviewTap(lambda: told.append(1), clock)
    before, after = picture(1, 1), picture(2, 2)

    with tap.watching():
        tap.offer(frame_of(before), after, Colour())
        tap.offer(frame_of(before), after, Colour())
        assert len(told) == 1
        clock.now_ns += EVERY_NS
        tap.offer(frame_of(before, rotation=90), after, Colour())

        pair = tap.take()
        assert pair is not None
        assert pair.rotation == 90
        assert pair.after is after
        assert tap.take() is None
    assert not tap.watched


def test_pixels_that_the_run_writes_to_again_are_copied() -> None:
    tap = PreviewTap(lambda: None, Clock())
    shared = picture(1, 1).reformat(format="rgb24")

    with tap.watching():
        tap.offer(frame_of(picture(1, 1)), shared, Colour())
        pair = tap.take()

    assert pair is not None
    assert pair.after is not shared
    assert (pair.after.to_ndarray() == shared.to_ndarray()).all()
