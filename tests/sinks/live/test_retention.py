from pathlib import Path

import pytest

from sinks.errors import SinkError
from sinks.live.retention import KeptFile, Retention, size_in_bytes

DAY = 86_400.0
NOW = 100 * DAY
FILES = [KeptFile(Path(f"{n}.mp4"), 10, NOW - (5 - n) * DAY) for n in range(5)]
"""Five files of ten bytes; the first is five days old, the last one day."""


def names(retention: Retention, free_bytes: int = 1000) -> list[str]:
    return [path.stem for path in retention.spare(FILES, NOW, free_bytes)]


def test_without_a_limit_all_stay() -> None:
    assert names(Retention()) == []


def test_the_oldest_go_where_there_are_too_many() -> None:
    assert names(Retention(files=3)) == ["0", "1"]


def test_the_oldest_go_where_they_are_too_large_together() -> None:
    assert names(Retention(size_bytes=25)) == ["0", "1", "2"]


def test_what_is_older_than_so_many_days_goes() -> None:
    assert names(Retention(days=3)) == ["0", "1"]


def test_the_oldest_go_until_enough_is_free() -> None:
    assert names(Retention(free_bytes=115), free_bytes=100) == ["0", "1"]


def test_the_tightest_limit_counts() -> None:
    assert names(Retention(files=4, size_bytes=20)) == ["0", "1", "2"]


@pytest.mark.parametrize(
    ("text", "size"),
    [("500M", 5 * 10**8), ("50G", 5 * 10**10), ("1.5TB", 15 * 10**11), ("7", 7)],
)
def test_sizes_are_read_with_their_units(text: str, size: int) -> None:
    assert size_in_bytes(text) == size


@pytest.mark.parametrize("text", ["", "many", "-5G", "0", "5 apples"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(SinkError, match="a size is like 500M or 50G"):
        size_in_bytes(text)
