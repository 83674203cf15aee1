from collections.abc import Sequence

import numpy as np
import pytest

from model.backends.any_size import AnySize
from model.backends.base import Pending
from model.pictures.pixels import RgbArray
from tests.support.fakes import FakePending, InBatches, PassThrough


class Refusing(PassThrough):
    """A network that reflects sides up to 32 pixels, and takes none below 16."""

    def __init__(self) -> None:
        super().__init__()
        self.sizes: list[tuple[int, ...]] = []

    def start(self, picture: RgbArray, out: RgbArray) -> FakePending:
        self.sizes.append(picture.shape[:2])
        if any(side < 16 or -side % 32 >= side for side in picture.shape[:2]):
            raise ValueError("too small")
        return super().start(picture, out)


def derained(backend: AnySize, picture: RgbArray) -> RgbArray:
    out = np.zeros_like(picture)
    backend.start(picture, out).wait()
    return out


def noise(height: int, width: int, kind: type = np.uint8) -> RgbArray:
    rng = np.random.default_rng(height * 1000 + width)
    return rng.integers(0, np.iinfo(kind).max, (height, width, 3), kind)


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
@pytest.mark.parametrize("size", [(1, 1), (3, 200), (90, 15), (16, 64), (2, 3)])
def test_a_small_picture_comes_back_in_its_own_size(
    size: tuple[int, int], kind: type
) -> None:
    picture = noise(*size, kind)

    assert np.array_equal(derained(AnySize(Refusing(), 32), picture), picture)


def test_a_picture_that_the_network_can_reflect_goes_as_it_is() -> None:
    network = Refusing()

    derained(AnySize(network, 32), noise(17, 40))

    assert network.sizes == [(17, 40)]


def test_what_is_added_is_the_picture_mirrored() -> None:
    seen: list[RgbArray] = []

    class Looking(PassThrough):
        def start(self, picture: RgbArray, out: RgbArray) -> FakePending:
            seen.append(picture.copy())
            return super().start(picture, out)

    picture = noise(9, 16)
    derained(AnySize(Looking(), 8), picture)

    [entered] = seen
    assert np.array_equal(entered[9:], picture[:1:-1])


def test_small_pictures_go_in_batches_too() -> None:
    class Batches(InBatches):
        def start_many(
            self, pictures: Sequence[RgbArray], outs: Sequence[RgbArray]
        ) -> FakePending:
            assert {picture.shape for picture in pictures} == {(16, 16, 3)}
            return super().start_many(pictures, outs)

    pictures = [noise(8, width=8) for _ in range(3)]
    outs = [np.zeros_like(picture) for picture in pictures]

    pending: Pending = AnySize(Batches(), 8).start_many(pictures, outs)
    pending.wait()

    assert np.array_equal(outs, pictures)
