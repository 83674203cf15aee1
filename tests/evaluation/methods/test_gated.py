import numpy as np
from numpy.typing import NDArray

from evaluation.methods import GatedMethod, InputBaseline, Remembered

_DRY = np.full((48, 48, 3), 90, np.uint8)


class _Dimmer(InputBaseline):
    """Takes light away: much of it where it rains, next to nothing where not."""

    name = "dimmer"

    def __init__(self, levels: int) -> None:
        self.levels = levels
        self.calls = 0

    def __call__(self, picture: NDArray[np.uint8], name: str = "") -> NDArray[np.uint8]:
        self.calls += 1
        return (picture - np.uint8(self.levels)).astype(np.uint8)


def test_a_picture_that_lost_nearly_nothing_comes_out_as_it_went_in() -> None:
    gated = GatedMethod(_Dimmer(1))

    assert np.array_equal(gated(_DRY), _DRY)
    assert gated.name == "dimmer gate"
    assert gated.facts == {"gate": "on"}
    assert gated.key != _Dimmer(1).key


def test_a_picture_that_lost_rain_comes_out_derained() -> None:
    assert (GatedMethod(_Dimmer(40))(_DRY) == 50).all()


def test_what_a_method_made_is_not_made_again_for_its_gated_row() -> None:
    method = _Dimmer(40)
    kept = Remembered(method)

    for row in (kept, GatedMethod(kept)):
        row(_DRY)
        row(_DRY + np.uint8(9))

    assert method.calls == 2


def test_without_room_nothing_is_kept() -> None:
    method = _Dimmer(40)
    kept = Remembered(method, room=_DRY.nbytes - 1)

    kept(_DRY)
    kept(_DRY)

    assert method.calls == 2
