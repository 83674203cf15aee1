"""Pictures that wait for their turn: alone or together, as pixels or as planes."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from model.backends.base import Pending
from model.pictures.planes import PlaneForm, PlanePicture, Planes
from streamer.network.waiting import PixelWork, PlaneWork, Waiting
from tests.support.fakes import FakePending, InBatches, PassThrough


def a_work(level: int, side: int = 8, kind: str = "u1") -> PixelWork:
    picture = np.full((side, side, 3), level, kind)
    return PixelWork(picture, np.zeros_like(picture))


def finish(pendings: Sequence[Pending]) -> None:
    for pending in pendings:
        pending.wait()


def test_only_pictures_of_one_size_and_depth_are_alike() -> None:
    assert a_work(1).size == a_work(2).size
    assert a_work(1).size != a_work(1, side=16).size
    assert a_work(1).size != a_work(1, kind="u2").size


def test_a_picture_alone_is_started_alone() -> None:
    network, work = PassThrough(), a_work(7)

    finish(work.begin(network, [work]))

    assert network.pictures == 1
    assert np.all(work.out == 7)


def test_pictures_of_one_size_are_one_batch() -> None:
    network, works = InBatches(), [a_work(1), a_work(2), a_work(3)]

    pendings = works[0].begin(network, works)
    finish(pendings)

    assert len(pendings) == 1
    assert network.groups == [[1, 2, 3]]
    assert [int(work.out[0, 0, 0]) for work in works] == [1, 2, 3]


def test_who_waits_is_told_the_coverage_or_the_error() -> None:
    done, failed = Waiting(a_work(1), 0), Waiting(a_work(1), 0)
    done.coverage = 2.5

    done.succeed()
    failed.fail(RuntimeError("of the device"))

    assert done.begun.is_set()
    assert failed.begun.is_set()
    assert done.done.result(0) == 2.5
    with pytest.raises(RuntimeError, match="of the device"):
        failed.done.result(0)


class TakesPlanes(PassThrough):
    """Takes planes, or refuses them; remembers how they came."""

    takes_planes = True

    def __init__(self, *, takes: bool) -> None:
        super().__init__()
        self._takes = takes
        self.came: list[tuple[int, bool]] = []

    def start_planes(self, *_given: Any, watch: bool = False) -> Pending | None:
        self.came.append((1, watch))
        return FakePending(lambda: None) if self._takes else None

    def start_many_planes(
        self, pictures: Sequence[PlanePicture], *, watch: bool = False
    ) -> Sequence[Pending] | None:
        self.came.append((len(pictures), watch))
        return [FakePending(lambda: None)] if self._takes else None


def planes_work(*, turned: int = 0, watch: bool = True) -> PlaneWork:
    chroma = np.zeros((24, 32), "u1")
    planes = Planes(luma=np.zeros((48, 64), "u1"), cb=chroma, cr=chroma)
    form = PlaneForm(matrix=1, full_range=False, turned=turned)
    return PlaneWork(
        PlanePicture(planes=planes, form=form, out=planes, out_form=form), watch
    )


@pytest.mark.parametrize("takes", [True, False])
def test_planes_go_alone_or_together_or_must_come_as_pixels(takes: bool) -> None:
    network, works = TakesPlanes(takes=takes), [planes_work(), planes_work()]

    alone = works[0].begin(network, works[:1])
    together = works[0].begin(network, works)

    assert network.came == [(1, True), (2, True)]
    assert [alone is None, together is None] == [not takes] * 2
    finish([*(alone or ()), *(together or ())])


def test_planes_are_alike_as_the_network_sees_them() -> None:
    assert planes_work().size == planes_work().size == ((48, 64), "planes, watched")
    assert planes_work(watch=False).size == ((48, 64), "planes")
    assert planes_work(turned=90).size[0] == (64, 48)
