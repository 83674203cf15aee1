from pathlib import Path

import pytest

from benchmarks.live.soak import FAULTS, _files, _seen
from benchmarks.support.soak_scene import Sample
from tests.conftest import MakeClip


def samples(*rss: float) -> list[Sample]:
    return [
        Sample(
            seconds=number * 20,
            rss_mib=size,
            threads=10,
            descriptors=30,
            children=2 + number % 2,
            viewers=number % 3,
        )
        for number, size in enumerate(rss)
    ]


def test_growth_is_from_the_first_thirds_end_to_the_end() -> None:
    begun, level, late = [200.0] * 10, [100.0] * 15, [110.0] * 5

    found = _seen(samples(*begun, *level, *late), ["disk full", "disk full"], 600)

    assert found["rss_growth"] == pytest.approx(0.1)
    assert (found["threads_growth"], found["descriptors_growth"]) == (0, 0)
    assert (found["most_children"], found["most_viewers"]) == (3, 2)
    assert found["faults"] == found["faults_of"]["disk full"] == 2
    assert found["faults_of"].keys() == FAULTS.keys()
    assert len(found["samples"]) <= 30


def test_recordings_are_played_to_tell_whole_ones(
    make_clip: MakeClip, tmp_path: Path
) -> None:
    make_clip("1.mp4", frames=251, options={"g": "25"})
    (tmp_path / "2.mp4").write_bytes(b"nothing that plays")

    found = _files(tmp_path, cut=1)

    assert (found["files"], found["files_broken"]) == (2, 1)
    assert found["recorded_seconds"] == pytest.approx(10.0)
    assert (found["files_expected"], found["files_with_a_damaged_end"]) == (1, 0)
