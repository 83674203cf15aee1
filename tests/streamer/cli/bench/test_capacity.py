import json
from pathlib import Path

import pytest

from streamer.cli.bench.capacity import capacity_of, keep_capacity
from tests.support.fakes import PassThrough


def test_a_capacity_is_measured_once_for_each_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    begun: list[None] = []
    network = PassThrough(on_start=lambda: begun.append(None))

    first = capacity_of(network, "copy", seconds=0.01)
    count = len(begun)

    assert count >= 4
    assert first > 0
    assert capacity_of(network, "copy", seconds=0.01) == pytest.approx(first, abs=1)
    assert len(begun) == count
    network.precision = "fp16"
    capacity_of(network, "copy", seconds=0.01)
    assert len(begun) > count
    assert len(json.loads((tmp_path / "derain" / "capacity.json").read_text())) == 2


def test_a_figure_of_bench_is_taken_and_a_damaged_file_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    network = PassThrough(seconds=60)  # not to be measured

    assert keep_capacity(network, "copy", {"fps": 10.0}) == 10 * 640 * 360
    assert capacity_of(network, "copy") == 10 * 640 * 360

    (tmp_path / "derain" / "capacity.json").write_text("{torn")
    quick = PassThrough()
    assert capacity_of(quick, "copy", seconds=0.01) > 0
