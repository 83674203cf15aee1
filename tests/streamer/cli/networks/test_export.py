"""Where a network is exported to."""

from pathlib import Path

import pytest
import typer

from streamer.cli.networks.export import export


def test_export_refuses_another_suffix(tmp_path: Path) -> None:
    with pytest.raises(typer.BadParameter, match=r"must end in \.onnx"):
        export("mspfn-lite", tmp_path / "it.pt")


def test_export_refuses_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(typer.BadParameter, match=r"There is no folder"):
        export("mspfn-lite", tmp_path / "no" / "it.onnx")
