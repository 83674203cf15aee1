"""The network to go on with where another one is too slow."""

import pytest

from model import lighter
from model.lighter import lighter_than


def test_the_light_network_has_a_lighter_one_that_ships() -> None:
    found = lighter_than("mspfn-lite")

    assert found is not None
    assert found.name == "mspfn-tiny"
    assert found.times_as_fast > 1


@pytest.mark.parametrize("name", ["mspfn-tiny", "mspfn", "snow"])
def test_others_have_none(name: str) -> None:
    assert lighter_than(name) is None


def test_one_that_does_not_ship_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lighter, "shipped_weights", lambda _name: None)

    assert lighter_than("mspfn-lite") is None
