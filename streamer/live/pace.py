"""Whether the network keeps the camera's rate, and what is done where it does not."""

import logging
from collections.abc import Callable
from fractions import Fraction

from model.lighter import LighterNetwork, lighter_than
from streamer.network.auto import Lightens
from streamer.network.contention import ProcessorTimes, processor_times
from streamer.network.pace_memory import MISSED_SHARE, Pace
from streamer.network.protocol import Network

_SETTLING_NS = 1_000_000_000
"""Not counted after the first picture: pictures came while its size was compiled."""
_WINDOW_NS = 5_000_000_000
_FEWEST = 5
"""So many missed pictures are no accident, where they are also such a share of all."""
_LOG = logging.getLogger("derain.live")


class PaceWatch:
    """Counts by windows of some seconds; says once of a network that it is too slow.

    With `--model auto` the lighter network goes on; else its user is told of it. One
    thread calls `look`.
    """

    def __init__(
        self,
        name: str,
        network: Network,
        now_ns: Callable[[], int],
        times: Callable[[], ProcessorTimes] = processor_times,
    ) -> None:
        """Nothing has come yet.

        Args:
            name: Of the source, for the log.
            network: Of this stream.
            now_ns: The monotonic clock.
            times: How the processor was spent so far.
        """
        self._name, self._now_ns, self._times = name, now_ns, times
        self._network = network.stateless()
        self._settled_ns: int | None = None
        self._begun = 0, 0, 0
        """When the window began, and how many had come and were missed by then."""
        self._spent_before = times()
        self._expecting = False
        self._told_of = ""

    def expect(self, *rates: Fraction | int | None) -> None:
        """Says before the first picture how many will come; from any thread.

        Args:
            rates: Pictures a second, announced or asked for; None: not said.
        """
        if self._expecting:
            return
        self._expecting = True
        said = [float(rate) for rate in rates if rate]
        if said and isinstance(self._network, Lightens):
            self._network.expect(min(said))

    def look(self, *, came: int, missed: int) -> None:
        """Looks once a picture has left.

        Args:
            came: Pictures so far that should have gone through the network.
            missed: Those of them that did not, since it was busy.
        """
        now_ns = self._now_ns()
        if self._settled_ns is None:
            self._settled_ns = now_ns + _SETTLING_NS
        begun_ns, came_before, missed_before = self._begun
        if now_ns <= self._settled_ns:
            self._begun, self._spent_before = (now_ns, came, missed), self._times()
        elif now_ns - begun_ns >= _WINDOW_NS:
            self._begun = now_ns, came, missed
            seconds = (now_ns - begun_ns) / 1e9
            self._judge(came - came_before, missed - missed_before, seconds)

    def _judge(self, came: int, missed: int, seconds: float) -> None:
        before, self._spent_before = self._spent_before, self._times()
        network = self._network
        running = network.running if isinstance(network, Lightens) else network.model
        few = missed < _FEWEST or missed < MISSED_SHARE * came
        if few or running == self._told_of:
            return
        lighter = lighter_than(running) if network.device == "cpu" else None
        if lighter is None:
            return
        self._told_of = running
        pace = Pace(
            wanted=came / seconds,
            taken=(came - missed) / seconds,
            contended=self._spent_before.contended_since(before),
        )
        changes = isinstance(network, Lightens) and network.lighten(pace)
        then = f"going on with {lighter.name}" if changes else _advice(lighter)
        said = f"{running} takes {pace}; {then}, {_expected(lighter, pace)}"
        _LOG.warning("source=%s %s", self._name, said)


def _advice(lighter: LighterNetwork) -> str:
    return f"--model {lighter.name}, or auto, helps: {lighter.name}"


def _expected(lighter: LighterNetwork, pace: Pace) -> str:
    """What the lighter one is good for, as far as the slower one's speed tells."""
    able = pace.taken * lighter.times_as_fast
    what = "keep up" if able >= pace.wanted else "not keep up"
    return f"which should take about {able:.0f} and {what}"
