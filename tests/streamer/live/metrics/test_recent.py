"""What is remembered of the last seconds takes no more room after weeks."""

from streamer.live.fitting.control import FitControl
from streamer.live.metrics.counters import LiveCounts
from streamer.live.metrics.recent import Recent
from tests.support.fakes import HandClock

SECOND = 1_000_000_000


def test_what_is_old_is_forgotten() -> None:
    recent: Recent[str] = Recent(2 * SECOND)
    recent.add(0, "a")
    recent.add(SECOND, "b")

    assert recent.at(2 * SECOND) == [(0, "a"), (SECOND, "b")]
    assert recent.at(3 * SECOND) == [(SECOND, "b")]
    assert recent.count(4 * SECOND) == 0


def test_nothing_grows_though_nobody_looks() -> None:
    """`--fit off`, `--quiet` and no metrics: 40 bytes were kept of each picture."""
    clock = HandClock()
    counts, control = LiveCounts(clock), FitControl(1, clock)

    for _ in range(10_000):
        clock.advance(seconds=0.04)
        control.came()
        counts.came()
        control.made(taken=False)
        counts.left(arrived_ns=clock())
        counts.drop("overload")

    kept = (
        control._came,
        control._made,
        counts._came_ns,
        counts._left,
        counts._overload,
    )
    assert [len(each) for each in kept] == [51, 126, 126, 126, 126]
