import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openvino as ov
import pytest
import torch
from openvino import opset13 as ops
from torch import nn

from model import VARIANTS, build_network
from model.backends.cache import is_sealed, prune, used
from model.backends.openvino.graph import converted_graph, split_convolutions


def a_gate(channels: int = 6) -> ov.Model:
    """A convolution of 4 channels, parted into three."""
    rng = np.random.default_rng(0)
    pixels = ops.parameter([1, 4, 5, 7], np.float32)
    weights = rng.normal(size=(channels, 4, 3, 3)).astype(np.float32)
    bias = rng.normal(size=(1, channels, 1, 1)).astype(np.float32)
    convolved = ops.convolution(pixels, weights, [1, 1], [1, 1], [1, 1], [1, 1])
    split = ops.split(ops.add(convolved, bias), 1, 3)
    parts = [ops.sigmoid(part) for part in split.outputs()]
    return ov.Model([ops.result(part) for part in parts], [pixels], "gate")


def results(model: ov.Model) -> list[np.ndarray]:
    pixels = np.random.default_rng(1).normal(size=(1, 4, 5, 7)).astype(np.float32)
    exact = {"INFERENCE_PRECISION_HINT": "f32"}
    return list(ov.compile_model(model, "CPU", exact)(pixels).values())


def test_parted_channels_become_convolutions_of_the_same_result() -> None:
    before = results(a_gate())
    model = a_gate()

    split_convolutions(model)

    kinds = [node.get_type_name() for node in model.get_ordered_ops()]
    assert kinds.count("Convolution") == 3
    assert "Split" not in kinds
    for part, expected in zip(results(model), before, strict=True):
        np.testing.assert_allclose(part, expected, atol=1e-5)


@pytest.mark.slow
def test_the_kept_graph_is_the_network_and_parts_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    torch.manual_seed(0)
    network = build_network("mspfn-lite").eval().requires_grad_(False)

    made = converted_graph(lambda: network, VARIANTS["mspfn-lite"], "key", 16)
    kept = converted_graph(lambda: network, VARIANTS["mspfn-lite"], "key", 16)

    picture = torch.rand(1, 64, 48, 3) * 65535
    expected = network(picture.permute(0, 3, 1, 2) / 65535).permute(0, 2, 3, 1)
    for graph in (made, kept):
        kinds = {node.get_type_name() for node in graph.get_ordered_ops()}
        assert not kinds & {"Split", "VariadicSplit"}
        run = ov.compile_model(graph, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
        found = next(iter(run(picture.numpy()).values())) / 65535
        np.testing.assert_allclose(found, expected.clamp(0, 1), atol=2e-5)
        # Two at once would leave this thread a signal stack that is gone: the next
        # signal, of whichever test, would crash.
        del run


@pytest.mark.slow
@pytest.mark.parametrize("part", [".xml", ".bin", ".sha256"])
@pytest.mark.parametrize("damage", [lambda _: b"", lambda whole: whole[:-9] + bytes(9)])
def test_a_damaged_graph_in_the_cache_is_made_anew(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    part: str,
    damage: Callable[[bytes], bytes],
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    network = nn.Conv2d(3, 3, 3, padding=1).eval().requires_grad_(False)
    variant = VARIANTS["mspfn-lite"]
    expected = numbers_in(converted_graph(lambda: network, variant, "key", 8))
    [kept] = (tmp_path / "derain").glob("*" + part)
    kept.write_bytes(damage(kept.read_bytes()))
    assert caplog.messages == []

    again = numbers_in(converted_graph(lambda: network, variant, "key", 8))

    np.testing.assert_array_equal(again, expected)
    [made] = (tmp_path / "derain").glob("*.xml")
    assert is_sealed((made, made.with_suffix(".bin")))
    told = f"{made} in the cache is damaged or half written: made anew"
    assert caplog.messages == [told]


def numbers_in(model: ov.Model) -> np.ndarray:
    parts = [node.get_data() for node in model.get_ordered_ops() if is_constant(node)]
    return np.concatenate([np.ravel(part).astype(np.float64) for part in parts])


def is_constant(node: ov.Node) -> bool:
    return bool(node.get_type_name() == "Constant")


def a_graph(folder: Path, name: str, used_at_s: int) -> Path:
    file = folder / f"{name}.xml"
    for part in (file, file.with_suffix(".bin")):
        part.write_text("")
        os.utime(part, (used_at_s, used_at_s))
    return file


def test_of_each_network_the_graphs_used_last_are_kept(tmp_path: Path) -> None:
    graphs = [a_graph(tmp_path, f"mspfn-{n:016x}", 1000 + n) for n in range(11)]
    other = a_graph(tmp_path, f"mspfn-lite-{0:016x}", 1)
    used([graphs[0]])

    prune(tmp_path, "mspfn")

    left = sorted(path.name for path in tmp_path.glob("mspfn-0*.xml"))
    assert left == sorted(path.name for path in [graphs[0], *graphs[-7:]])
    assert len(list(tmp_path.glob("mspfn-0*.bin"))) == len(left)
    assert other.is_file()
