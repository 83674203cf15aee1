from pathlib import Path

import pytest

from streamer.cli.run.events import events_told, recorded_by
from streamer.errors import StreamerError
from streamer.settings import EventOptions


def never() -> dict[str, object]:
    pytest.fail("it was looked at")


def test_recordings_but_the_newest_are_complete(tmp_path: Path) -> None:
    for name in ("gate-100000.mp4", "gate-100100.mp4", "gate-100200.mp4", "notes.txt"):
        (tmp_path / name).touch()

    found = recorded_by(f"{tmp_path}/gate-%H%M%S.mp4")

    assert found.closed == {"gate-100000.mp4", "gate-100100.mp4"}
    assert found.free_bytes > 0


def test_where_nothing_is_recorded_yet_nothing_is_complete(tmp_path: Path) -> None:
    assert recorded_by(f"{tmp_path}/%H%M%S.mp4").closed == frozenset()
    away = recorded_by(f"{tmp_path}/none/%H%M%S.mp4")
    assert (away.closed, away.free_bytes) == (frozenset(), 0)


def test_where_nobody_is_told_nothing_is_looked_at() -> None:
    with events_told(EventOptions(), never, never):  # type: ignore[arg-type] # they fail
        pass


def test_a_target_that_makes_no_sense_is_refused_before_the_run() -> None:
    with (
        pytest.raises(StreamerError, match="webhook"),
        events_told(EventOptions(webhook="ftp://h/x"), never, never),  # type: ignore[arg-type] # they fail
    ):
        pytest.fail("it began")
