"""A minute of the soak, `benchmarks/live/soak.py`: faults on faults, nothing leaks."""

import faulthandler

import pytest

from benchmarks.live.soak import FAULTS, soak

pytestmark = pytest.mark.slow


def test_a_minute_of_faults_leaks_nothing(gstreamer: None) -> None:
    faulthandler.cancel_dump_traceback_later()  # pytest's: here a minute is right

    seen = soak(8 * len(FAULTS) + 4, every=8)

    assert seen["faults"] == len(FAULTS)
    assert seen["exit"] == 130
    assert seen["orphans"] == 0
    assert seen["most_children"] <= 2
    assert seen["rss_growth"] < 0.15  # of a process one minute old
    assert seen["threads_growth"] < 0.2
    assert seen["descriptors_growth"] < 0.2
    assert seen["files_broken"] == 0
    assert seen["files_with_a_damaged_end"] <= seen["files_cut_by_full_disk"] == 1
    assert abs(seen["files"] - seen["files_expected"]) <= 2
