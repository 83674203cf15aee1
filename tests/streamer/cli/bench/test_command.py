"""The benchmark that a user runs."""

import json
from pathlib import Path

import pytest

from streamer.cli.bench.command import bench


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
