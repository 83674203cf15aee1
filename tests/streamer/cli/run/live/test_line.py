"""What an operator sees: a line each second, or figures each minute."""

import logging
from dataclasses import replace

import pytest

from streamer.cli.run.live.line import figures_logged, figures_of, line_for, live_lines
from tests.support.patience import eventually
from tests.support.snapshots import AWAY, BUSY, FITTED, LOST, SHOT


def test_the_line_of_a_second_says_everything() -> None:
    before = replace(SHOT, bytes_sent=1_900_000)

    assert line_for(SHOT, before) == (
        "streaming | in 25.0 fps | out 24.5 fps | latency 12/18 ms | "
        "dropped 10 (decode error 3, late 7) | reconnects 2 | 800 kbit/s"
    )
    assert line_for(AWAY, None).startswith("stalled (stalled) | in 25.0 fps")
    assert line_for(BUSY, None).startswith("overloaded (use --fit auto, --size,")
    both = replace(FITTED, overloaded=True)
    assert line_for(both, None).startswith("overloaded (use --size,")
    assert line_for(FITTED, None).startswith(
        "streaming | network on every 4th picture, others from their neighbours | in"
    )
    assert line_for(LOST, None).endswith(
        "output away (the port is taken) | recording failed (disk full) | viewers 2"
    )


def test_figures_are_fields_that_a_program_can_read() -> None:
    text = figures_of("yard gate", LOST)

    for field in (
        "stream='yard gate'",
        "state='streaming'",
        "fps_in='25.0'",
        "latency_p95_ms='18'",
        "dropped='10'",
        "bytes_sent='2000000'",
        "viewers='2'",
    ):
        assert field in text
    assert "viewers='0'" in figures_of("gate", SHOT)
    assert "bytes_sent='0'" in figures_of("gate", replace(SHOT, bytes_sent=None))


def test_figures_are_logged_for_each_stream(caplog: pytest.LogCaptureFixture) -> None:
    shots = {"gate": SHOT, "yard": AWAY}

    with (
        caplog.at_level(logging.INFO, logger="derain.stream"),
        figures_logged(lambda: shots, every_seconds=0.01),
    ):
        eventually(lambda: "stream='yard'" in caplog.text)

    assert figures_of("gate", SHOT) in caplog.text


def test_who_asks_for_quiet_gets_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    def never() -> dict[str, object]:
        pytest.fail("it was looked at")

    with live_lines(never, quiet=True):  # type: ignore[arg-type] # it returns nothing
        pass

    assert capsys.readouterr().err == ""
