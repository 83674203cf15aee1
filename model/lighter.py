"""Which shipped network takes less work than another, and how much faster that is."""

from dataclasses import dataclass

from model.weights.header import shipped_weights


@dataclass(frozen=True, slots=True)
class LighterNetwork:
    """A network to go on with where another one is too slow."""

    name: str
    times_as_fast: float
    """On two CPU cores at 640x360: benchmarks/results/cpu.json, `times_as_fast`."""


_LIGHTER = {"mspfn-lite": LighterNetwork("mspfn-tiny", 4.4)}


def lighter_than(name: str) -> LighterNetwork | None:
    """Returns the next lighter network with weights; None: none ships."""
    lighter = _LIGHTER.get(name)
    return lighter if lighter and shipped_weights(lighter.name) else None
