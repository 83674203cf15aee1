import os
from pathlib import Path

import pytest

from sinks.live.recordings import recordings_of


def test_files_that_the_pattern_named_come_the_oldest_first(tmp_path: Path) -> None:
    names = ("gate-2026-11-27.mp4", "gate-2026-11-26.mp4", "gate-2026-11-26_part2.mp4")
    for age, name in enumerate(names):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (1000 - age, 1000 - age))

    found = recordings_of(tmp_path / "gate-%Y-%m-%d.mp4")

    assert [path.name for path in found] == list(reversed(names))


@pytest.mark.parametrize(
    "name", ["gate-clean.mp4", "gate-2026-11-27.mkv", "yard-2026-11-27.mp4"]
)
def test_files_of_others_are_not_its_own(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()

    assert recordings_of(tmp_path / "gate-%Y-%m-%d.mp4") == []


def test_a_folder_of_that_name_is_no_recording(tmp_path: Path) -> None:
    (tmp_path / "gate-2026.mp4").mkdir()

    assert recordings_of(tmp_path / "gate-%Y.mp4") == []
