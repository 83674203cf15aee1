from pathlib import Path

import pytest

from benchmarks.support.checkout import Checkout

pytestmark = pytest.mark.checkout

NETWORK = """
class Done:
    def wait(self):
        pass


class Derainer:
    slots = 2

    def __init__(self, model, *, device, precision):
        assert (model, device, precision) == ("light", "cpu", "int8")

    def start(self, picture, out):
        if picture.shape != (18, 32, 3):
            raise SystemExit(3)
        return Done()
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "model.py").write_text(NETWORK, encoding="utf-8")
    return tmp_path


@pytest.mark.slow
def test_a_checkout_runs_its_own_network_turn_by_turn(checkout: Path) -> None:
    with Checkout(checkout, "light", "int8") as other:
        turns = [other.turn((32, 18)) for _round in range(2)]

    assert all(wall > 0 and processor >= 0 for wall, processor in turns)


@pytest.mark.slow
def test_a_checkout_whose_network_ends_is_told(checkout: Path) -> None:
    with (
        Checkout(checkout, "light", "int8") as other,
        pytest.raises(RuntimeError, match="ended"),
    ):
        other.turn((64, 64))
