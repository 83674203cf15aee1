import json
from pathlib import Path

import numpy as np
import pytest
import typer

from model import ModelError, load_weights
from model.mspfn.network import build_network
from model.mspfn.variants import release_variant
from streamer.cli.bench.command import bench
from streamer.cli.export import export
from streamer.cli.import_tf import import_tf
from streamer.cli.models import models


def test_models_puts_ours_beside_the_papers(
    capsys: pytest.CaptureFixture[str],
) -> None:
    models(as_json=True)

    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["mspfn"]["paper_millions"] == 13.35
    assert rows["mspfn-lite"]["parameters"] == 1_666_320
    assert rows["mspfn-lite"]["weights_shipped"]
    assert rows["mspfn-model4"]["reading"]


def test_models_prints_every_choice_that_was_made(
    capsys: pytest.CaptureFixture[str],
) -> None:
    models(as_json=False)

    shown = capsys.readouterr().out
    assert "mspfn-release-retrain" in shown
    assert "Where the paper leaves a choice open" in shown


def test_import_tf_writes_weights_that_can_be_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    variant = release_variant("any", 1, (1, 1, 1))
    tensors = build_network(variant).state_dict()
    monkeypatch.setattr(
        "streamer.cli.import_tf.read_checkpoint", lambda _: {"x": np.zeros(1)}
    )
    variant = release_variant("mspfn-release-m1n1-1-1", 1, (1, 1, 1))
    monkeypatch.setattr(
        "streamer.cli.import_tf.translate", lambda _: (variant, tensors)
    )

    import_tf(tmp_path / "epoch50", tmp_path / "it.safetensors")

    assert load_weights(tmp_path / "it.safetensors").variant.modules == 1


def test_import_tf_refuses_another_suffix(tmp_path: Path) -> None:
    with pytest.raises(typer.BadParameter, match=r"must end in \.safetensors"):
        import_tf(tmp_path / "epoch50", tmp_path / "it.pt")


def test_import_tf_names_a_checkpoint_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"found no epoch50\.index"):
        import_tf(tmp_path / "epoch50", tmp_path / "it.safetensors")


@pytest.mark.slow
def test_bench_writes_speeds_runs_floor_and_the_saving_of_the_cell(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("streamer.cli.bench.command._SIZES", ((64, 48),))
    monkeypatch.setattr("streamer.cli.bench.command._RUN_SIZES", ((64, 48),))
    monkeypatch.setattr("streamer.cli.bench.command._CELL_SIZE", (64, 48))

    bench(tmp_path / "bench.json", seconds=0.1, device="cpu")

    found = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))
    fp32 = found["speeds"][0]
    assert fp32["precision"] == "fp32"
    assert fp32["fps"] > 0
    assert fp32["floor"]["floor_ms"] > 0
    assert [run["way"] for run in found["end_to_end"]] == [
        "test to null",
        "file to null",
        "file to file",
    ]
    assert all(run["of_model_only"] > 0 for run in found["end_to_end"])
    assert found["end_to_end"][2]["of_plain"] > 0
    assert len(found["weights_sha256"]["mspfn-lite"]) == 64
    assert {"decode", "network", "encode"} <= found["end_to_end"][2]["stages"].keys()
    assert found["peaks"]["gflops"]["fp32"] > 0
    assert found["peak_memory"]["host_mib"] > 0
    assert found["peak_memory"]["device_mib"] is None
    saving = found["conv_lstm"]
    assert saving["gmacs"] < saving["gmacs_full_cell"]
    printed = capsys.readouterr()
    assert "GPU: not measured" in printed.out
    assert "mspfn-lite fp32 64x48 ..." in printed.err


def test_export_refuses_another_suffix(tmp_path: Path) -> None:
    with pytest.raises(typer.BadParameter, match=r"must end in \.onnx"):
        export("mspfn-lite", tmp_path / "it.pt")


def test_export_refuses_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(typer.BadParameter, match=r"There is no folder"):
        export("mspfn-lite", tmp_path / "no" / "it.onnx")
