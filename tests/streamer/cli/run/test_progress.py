import logging
from io import StringIO
from types import SimpleNamespace

import pytest
from rich.console import Console

from streamer.cli.run.progress import Shown, _bar, measuring_told, progress
from tests.support.fakes import HandClock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> HandClock:
    clock = HandClock()
    seconds = SimpleNamespace(monotonic=lambda: clock() / 1e9)
    monkeypatch.setattr("streamer.cli.run.progress.time", seconds)
    return clock


def shown(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().err.splitlines()


def test_plain_lines_come_every_ten_seconds_with_the_time_left(
    clock: HandClock, capsys: pytest.CaptureFixture[str]
) -> None:
    clock.advance(seconds=100)
    lines = Shown(plain=True)
    lines.expect(400)

    for frames in (50, 100, 150, 200, 400):
        clock.advance(seconds=5)
        lines(frames)

    assert shown(capsys) == [
        "100 of 400 frames, 10.0 fps, 0:30 left",
        "200 of 400 frames, 10.0 fps, 0:20 left",
    ]


def test_where_nobody_knows_how_many_come_no_time_is_told(
    clock: HandClock, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = Shown(plain=True)
    lines.expect(None)

    clock.advance(seconds=10)
    lines(25)

    assert shown(capsys) == ["25 frames, 2.5 fps"]


def test_quiet_shows_nothing(
    clock: HandClock, capsys: pytest.CaptureFixture[str]
) -> None:
    with progress(quiet=True) as lines:
        lines.expect(100)
        clock.advance(seconds=60)
        lines(50)

    assert shown(capsys) == []


def test_what_takes_long_at_first_is_said_until_the_end(
    capsys: pytest.CaptureFixture[str],
) -> None:
    log = logging.getLogger("derain.autotune")

    with measuring_told():
        log.info("measuring")
    log.info("not heard")

    assert shown(capsys) == ["measuring"]


@pytest.mark.parametrize("columns", [40, 63, 64, 120])
def test_the_numbers_of_the_bar_have_room_in_a_narrow_terminal(columns: int) -> None:
    drawn = StringIO()
    console = Console(file=drawn, width=columns, force_terminal=True, color_system=None)

    bar = _bar(console)
    bar.add_task("deraining", total=12_000, completed=9_876, fps=32.8)
    console.print(bar.get_renderable())

    line, *others = drawn.getvalue().splitlines()
    assert others == []
    assert " 9876/12000 32.8 fps " in f" {line}"
    assert line.rstrip().endswith("left -:--:--")


def test_a_terminal_that_draws_nothing_gets_plain_lines(
    clock: HandClock,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("TTY_COMPATIBLE", "1")

    with progress(quiet=False) as lines:
        lines.expect(100)
        clock.advance(seconds=10)
        lines(50)

    assert shown(capsys) == ["50 of 100 frames, 5.0 fps, 0:10 left"]
