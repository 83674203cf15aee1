"""What a user reads at the end, and the status that a script gets."""

from dataclasses import replace

import pytest

from streamer.cli.run.closing import close_with
from streamer.errors import StreamerError
from streamer.pipeline.report import Report
from streamer.pipeline.stats import Percentiles

DONE = Report(
    source="a.mp4",
    sink="o.mp4",
    frames_in=10,
    frames_out=10,
    dropped={},
    corrupt_packets=0,
    corrupt_frames=0,
    problem="",
    interrupted=False,
    seconds=2.0,
    fps=5.0,
    model_only_fps=None,
    stages={},
    latency_ms=Percentiles(p50_ms=1, p95_ms=2, p99_ms=3),
    model="mspfn-lite",
    device="cpu",
    backend="openvino",
    precision="int8",
    slots=2,
    decoder="h264",
    encoder="libx264",
    reconnects=0,
    audio_packets=0,
    width=64,
    height=48,
    notes=["subtitles are left out"],
)
STORED = (
    "o.mp4: 10 frames of 64x48 in 2.0 s (5.0 fps), libx264; "
    "mspfn-lite on cpu (openvino, int8)\n"
)


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> pytest.CaptureFixture[str]:
    return capsys


def test_a_run_that_went_well_says_what_was_stored_and_what_was_not(
    told: pytest.CaptureFixture[str],
) -> None:
    assert close_with(DONE, quiet=False) == 0

    assert told.readouterr() == (STORED, "note: subtitles are left out\n")


def test_audio_and_the_network_alone_are_told_where_there_are_any(
    told: pytest.CaptureFixture[str],
) -> None:
    close_with(replace(DONE, audio_packets=7, model_only_fps=6.5), quiet=False)

    said = told.readouterr().out
    assert "(5.0 fps, network alone 6.5), libx264, 7 audio packets copied; " in said


def test_quiet_leaves_errors_alone(told: pytest.CaptureFixture[str]) -> None:
    damaged = replace(DONE, corrupt_packets=2, corrupt_frames=3)

    assert close_with(DONE, quiet=True) == 0
    assert told.readouterr() == ("", "")
    assert close_with(damaged, quiet=True) == 0
    assert told.readouterr() == (
        "",
        "derain: 2 corrupt packets or pictures left out\n"
        "derain: 3 of 10 frames came damaged\n",
    )


def test_what_goes_to_standard_output_is_not_mixed_with_words(
    told: pytest.CaptureFixture[str],
) -> None:
    close_with(replace(DONE, sink="-", notes=[]), quiet=False)

    out, errors = told.readouterr()
    assert out == ""
    assert errors.startswith("-: 10 frames of 64x48")


def test_an_interrupt_is_130_and_says_how_far_it_came(
    told: pytest.CaptureFixture[str],
) -> None:
    stopped = replace(DONE, interrupted=True)

    assert close_with(stopped, quiet=True) == 130
    assert told.readouterr().err == f"derain: interrupted; {STORED}"
    assert close_with(stopped, quiet=False) == 130
    assert told.readouterr().err == (
        f"note: subtitles are left out\nderain: interrupted; {STORED}"
    )
    assert close_with(replace(stopped, frames_out=0), quiet=True) == 130
    assert told.readouterr().err == (
        "derain: interrupted; o.mp4: no frame came, and nothing was stored\n"
    )


def test_one_lost_packet_and_no_file_are_told_as_such(
    told: pytest.CaptureFixture[str],
) -> None:
    one = replace(DONE, sink="null:", frames_out=1, corrupt_packets=1, notes=[])
    close_with(one, quiet=False)

    out, errors = told.readouterr()
    assert out.startswith("null: 1 frame of 64x48")
    assert errors == "derain: 1 corrupt packet or picture left out\n"


def test_a_source_that_ended_early_is_an_error_that_says_what_is_there() -> None:
    with pytest.raises(
        StreamerError, match=r"^a\.mp4: it is cut; 10 frames were stored in o\.mp4$"
    ):
        close_with(replace(DONE, problem="it is cut"), quiet=True)
