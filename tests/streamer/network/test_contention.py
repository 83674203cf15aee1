"""Whether others keep the processor busy, by the kernel's counts."""

import os
from pathlib import Path

import pytest

from streamer.network.contention import ProcessorTimes, processor_times


@pytest.mark.parametrize(
    ("idle", "own", "contended"),
    [
        (0.0, 19.0, False),  # this program alone fills two cores for ten seconds
        (0.0, 10.0, True),  # others have the second one
        (9.0, 10.0, False),  # the second one is at rest
        (5.0, 8.0, False),  # others work, and a quarter is left over
    ],
)
def test_others_are_felt_where_they_take_much_and_little_is_left(
    idle: float, own: float, contended: bool
) -> None:
    before = ProcessorTimes(100.0, 40.0, 30.0)

    after = ProcessorTimes(120.0, 40.0 + idle, 30.0 + own)

    assert after.contended_since(before) is contended


def test_the_kernels_counts_are_read_in_seconds(tmp_path: Path) -> None:
    ticks = os.sysconf("SC_CLK_TCK")
    stat = tmp_path / "stat"
    parts = [20, 1, 3, 60, 4, 1, 1, 10, 7, 7]  # guests are counted with the user
    stat.write_text(f"cpu  {' '.join(str(ticks * part) for part in parts)}\ncpu0 1\n")

    times = processor_times(stat)

    assert (times.all_s, times.idle_s) == (100.0, 64.0)
    assert processor_times().own_s >= times.own_s > 0
