"""Where the steps of a network are written."""

from pathlib import Path

import pytest
import typer

from streamer.cli.networks.calibrate import calibrate


def test_the_steps_that_ship_are_not_written_over(tmp_path: Path) -> None:
    with pytest.raises(typer.BadParameter, match="--output says where to write"):
        calibrate(tmp_path, "mspfn-lite")


def test_a_folder_that_is_not_there_is_told_before_the_work(tmp_path: Path) -> None:
    with pytest.raises(typer.BadParameter, match="There is no folder"):
        calibrate(tmp_path, "mspfn-lite", tmp_path / "no" / "int8.json")


def test_a_target_that_cannot_be_written_is_told_before_the_work(
    tmp_path: Path,
) -> None:
    with pytest.raises(typer.BadParameter, match="Expected a file to write, got the"):
        calibrate(tmp_path, "mspfn-lite", tmp_path)
    with pytest.raises(typer.BadParameter, match=r"/proc/int8\.json cannot be written"):
        calibrate(tmp_path, "mspfn-lite", Path("/proc/int8.json"))
