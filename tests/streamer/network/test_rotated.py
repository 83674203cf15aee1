import numpy as np
import pytest

from model import BackendBase, PendingBase
from sources.frame import RgbArray
from streamer import derain_video
from streamer.network.rotated import RotatingNetwork, upright
from tests.conftest import MakeClip


class TopIsDark(BackendBase, PendingBase):
    """A network that blackens the upper half of what it sees, at once."""

    slots = 2
    model, device, backend, precision = "fake", "cpu", "none", "exact"

    def __init__(self) -> None:
        self.closed = 0

    def start(self, picture: RgbArray, out: RgbArray) -> "TopIsDark":
        assert picture.flags.c_contiguous
        np.copyto(out, picture)
        out[: len(out) // 2] = 0
        return self

    def wait(self) -> None:
        pass

    def close(self) -> None:
        self.closed += 1


def a_picture(height: int = 4, width: int = 6) -> RgbArray:
    return np.full((height, width, 3), 200, np.uint8)


@pytest.mark.parametrize(
    ("rotation", "dark"),
    [
        (90, np.s_[:, 3:]),  # counter-clockwise: the right side comes to the top
        (180, np.s_[2:, :]),
        (270, np.s_[:, :3]),
    ],
)
def test_the_network_sees_the_picture_as_a_viewer_does(
    rotation: int, dark: tuple[slice, slice]
) -> None:
    picture, expected = a_picture(), a_picture()
    expected[dark] = 0
    out = np.empty_like(picture)

    RotatingNetwork(TopIsDark(), rotation).start(picture, out).wait()

    np.testing.assert_array_equal(out, expected)


def test_two_pictures_on_their_way_do_not_mix() -> None:
    network = RotatingNetwork(TopIsDark(), 180)
    pictures = [a_picture(), a_picture() // 2]
    outs = [np.empty_like(picture) for picture in pictures]

    pending = [network.start(p, o) for p, o in zip(pictures, outs, strict=True)]
    for one in pending:
        one.wait()

    assert [int(out.max()) for out in outs] == [200, 100]


def test_pictures_may_change_their_size() -> None:
    network = RotatingNetwork(TopIsDark(), 90)
    for size in ((4, 6), (8, 4)):
        picture = a_picture(*size)
        out = np.empty_like(picture)

        network.start(picture, out).wait()

        assert out.min() == 0


def test_a_stream_that_stands_upright_needs_no_turning() -> None:
    network = TopIsDark()

    assert upright(network, 0) is network
    with pytest.raises(ValueError, match="90, 180 or 270, got 45"):
        RotatingNetwork(network, 45)


def test_pictures_of_one_stream_may_lie_in_turn_on_every_side() -> None:
    network = RotatingNetwork(TopIsDark())
    dark = {0: np.s_[:2, :], 90: np.s_[:, 3:], 180: np.s_[2:, :], 270: np.s_[:, :3]}

    for rotation in (0, 90, 90, 180, 270, 0):
        picture = a_picture()
        expected = a_picture()
        expected[dark[rotation]] = 0
        out = np.empty_like(picture)
        network.rotation = rotation
        network.start(picture, out).wait()

        np.testing.assert_array_equal(out, expected)


class Recording(TopIsDark):
    """Remembers the sizes of what it was shown."""

    def __init__(self) -> None:
        super().__init__()
        self.sizes: set[tuple[int, ...]] = set()

    def start(self, picture: RgbArray, out: RgbArray) -> TopIsDark:
        self.sizes.add(picture.shape[:2])
        return super().start(picture, out)


def test_a_clip_with_a_turning_flag_is_derained_upright(make_clip: MakeClip) -> None:
    network = Recording()
    source = make_clip(frames=3, rotation=90, size=(96, 64))

    derain_video(source, source.with_name("out.mp4"), network=network)

    assert network.sizes == {(96, 64)}
