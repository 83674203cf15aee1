"""For which live sources a network was too slow here: kept for the next start.

`streamer.live.pace` measures it. By the law of `model.backends.autotune` what was
measured while others kept the processor busy holds until a start finds it quiet.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from model.backends.autotune import is_busy, machine_key
from model.backends.cache import cache_folder, changed_values, kept_values

MISSED_SHARE = 0.2
"""Of the pictures that come; where so many are missed, the network is too slow."""
_FILE = "live_pace.json"
_MOST = 64
"""Entries; the oldest go first. Another program or other weights make new ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What a network made of a live source, in pictures a second."""

    wanted: float
    """Came, of one stream."""
    taken: float
    """Of those, went through the network."""
    contended: bool = False
    """Whether others kept the processor busy: to be measured again."""

    def is_too_slow(self, rate: float | None) -> bool:
        """Returns whether the network would miss too much of what is announced.

        Args:
            rate: Pictures a second; None: not said, so as many as came then.
        """
        wanted = min(rate or self.wanted, self.wanted)
        return wanted - self.taken >= MISSED_SHARE * wanted

    def __str__(self) -> str:
        """Returns it as people say it."""
        return f"{self.taken:.1f} of {self.wanted:.1f} pictures a second"


class PaceMemory:
    """What was measured on this machine, by what it was measured of."""

    def __init__(
        self, key: str, busy: Callable[[], bool] = lambda: is_busy("cpu")
    ) -> None:
        """Reads nothing yet.

        Args:
            key: Changes with the program, the weights and whatever of the options
                changes what a picture costs.
            busy: Says whether others keep the machine busy.
        """
        self._key, self._busy = key, busy

    def known(self, what: str) -> Pace | None:
        """Returns what was measured of `what`; None: it is to be measured."""
        pace = _pace_in(kept_values(cache_folder() / _FILE).get(self._entry(what)))
        if pace is None or (pace.contended and not self._busy()):
            return None
        return pace

    def keep(self, what: str, pace: Pace) -> None:
        """Keeps what was measured of `what`, in the place of what was there."""
        with changed_values(cache_folder() / _FILE) as known:
            known.pop(self._entry(what), None)
            known[self._entry(what)] = asdict(pace)
            for entry in list(known)[:-_MOST]:
                del known[entry]

    def _entry(self, what: str) -> str:
        return f"{what}; {self._key}; {machine_key('cpu')}"


def remembered_paces() -> Mapping[str, Pace]:
    """Returns what was measured on this machine, by what it was measured of."""
    here = f"; {machine_key('cpu')}"
    found = kept_values(cache_folder() / _FILE)
    paces = {e.partition(";")[0]: _pace_in(found[e]) for e in found if e.endswith(here)}
    return {what: pace for what, pace in paces.items() if pace is not None}


def _pace_in(kept: Any) -> Pace | None:
    """Returns what stands in the file; None where that is something else."""
    try:
        return Pace(
            wanted=float(kept["wanted"]),
            taken=float(kept["taken"]),
            contended=bool(kept["contended"]),
        )
    except (KeyError, TypeError, ValueError):
        return None
