"""The rain gate for luma and chroma planes: a dry picture comes back bit for bit."""

from typing import Any

from model.backends.base import Pending, PendingBase
from model.pictures.planes import Planes, host_array
from model.temporal.rain_gate import GateDecision, RainGate

_PARTS = ("luma", "cb", "cr")


class GatedPlanes(PendingBase):
    """A picture under way on a device, judged on the host when it is back.

    Pictures are waited for in the order of their stream.
    """

    def __init__(
        self,
        gate: RainGate,
        pending: Pending,
        planes: Planes,
        out: Planes,
        shift: tuple[int, int],
    ) -> None:
        """`shift`: the unused bits below the samples of `planes` and of `out`."""
        self._gate, self._pending = gate, pending
        self._planes, self._out, self._shift = planes, out, shift

    def wait(self) -> None:
        """Returns when the result is there; raises what went wrong.

        Only a picture that is not derained as a whole is looked at on the host.
        """
        self._pending.wait()
        self.coverage = self._pending.coverage
        if self.coverage is None:
            raise RuntimeError("The gate needs a picture whose coverage was counted.")
        self._gate.look(self.coverage)
        if self._gate.decision is not GateDecision.DERAINED:
            for part in _PARTS:
                came = self._as_stored(getattr(self._planes, part))
                self._gate.pass_on(came, getattr(self._out, part))
        self.untouched = self._gate.decision is GateDecision.UNTOUCHED
        del self._planes  # the decoder's surface may go back

    def _as_stored(self, plane: Any) -> Any:
        """Returns a plane as the host stores it; from a device it is copied now."""
        array = host_array(plane)
        there, here = self._shift
        return array if there == here else array >> there << here
