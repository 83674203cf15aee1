"""Whether the network keeps the camera's rate, and what is done where it does not."""

import logging
from collections.abc import Callable

from model.lighter import LighterNetwork, lighter_than
from streamer.network.auto import Lightens
from streamer.network.protocol import Network

_SETTLING_NS = 1_000_000_000
"""Not counted after the first picture: pictures came while its size was compiled."""
_WINDOW_NS = 5_000_000_000
_FEWEST = 5
_SHARE = 0.2
"""So many missed pictures, and such a share of those that came, are no accident."""
_LOG = logging.getLogger("derain.live")


class PaceWatch:
    """Counts by windows of some seconds; says once of a network that it is too slow.

    With `--model auto` the lighter network goes on; else its user is told of it. One
    thread calls `look`.
    """

    def __init__(self, name: str, network: Network, now_ns: Callable[[], int]) -> None:
        """Nothing has come yet.

        Args:
            name: Of the source, for the log.
            network: Of this stream.
            now_ns: The monotonic clock.
        """
        self._name, self._now_ns = name, now_ns
        self._network = network.stateless()
        self._settled_ns: int | None = None
        self._begun = 0, 0, 0
        """When the window began, and how many had come and were missed by then."""
        self._told_of = ""

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
            self._begun = now_ns, came, missed
        elif now_ns - begun_ns >= _WINDOW_NS:
            self._begun = now_ns, came, missed
            seconds = (now_ns - begun_ns) / 1e9
            self._judge(came - came_before, missed - missed_before, seconds)

    def _judge(self, came: int, missed: int, seconds: float) -> None:
        network = self._network
        running = network.running if isinstance(network, Lightens) else network.model
        if missed < _FEWEST or missed < _SHARE * came or running == self._told_of:
            return
        lighter = lighter_than(running) if network.device == "cpu" else None
        if lighter is None:
            return
        self._told_of = running
        wanted, taken = came / seconds, (came - missed) / seconds
        said = f"{running} takes {taken:.1f} of {wanted:.1f} pictures a second"
        changes = isinstance(network, Lightens) and network.lighten()
        then = f"going on with {lighter.name}" if changes else _advice(lighter)
        _LOG.warning(
            "source=%s %s; %s, %s",
            self._name,
            said,
            then,
            _expected(lighter, wanted, taken),
        )


def _advice(lighter: LighterNetwork) -> str:
    return f"--model {lighter.name}, or auto, helps: {lighter.name}"


def _expected(lighter: LighterNetwork, wanted: float, taken: float) -> str:
    """What the lighter one is good for, as far as the slower one's speed tells."""
    able = taken * lighter.times_as_fast
    what = "keep up" if able >= wanted else "not keep up"
    return f"which should take about {able:.0f} and {what}"
