from datetime import datetime

import pytest

from streamer.errors import StreamerError
from streamer.live.fleet.hours import ActiveHours


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-27T{text}+01:00")


@pytest.mark.parametrize(
    ("hours", "moment", "active"),
    [
        ("06:00-22:00", "06:00:00", True),
        ("06:00-22:00", "21:59:59", True),
        ("06:00-22:00", "22:00:00", False),
        ("06:00-22:00", "03:00:00", False),
        ("22:00-06:00", "23:30:00", True),
        ("22:00-06:00", "05:59:00", True),
        ("22:00-06:00", "12:00:00", False),
        ("18:00-24:00", "23:59:59", True),
        ("18:00-24:00", "00:00:00", False),
    ],
)
def test_a_span_holds_its_begin_and_not_its_end(
    hours: str, moment: str, active: bool
) -> None:
    assert ActiveHours.of(hours, lambda: at(moment)).are_now() is active


@pytest.mark.parametrize(
    "text", ["6-22", "06:00", "06:00-25:00", "06:00-24:30", "08:00-08:00", ""]
)
def test_another_form_is_refused(text: str) -> None:
    with pytest.raises(StreamerError, match="active"):
        ActiveHours.of(text)
