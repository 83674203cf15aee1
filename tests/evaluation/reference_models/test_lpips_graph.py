"""The graph itself; its values beside the authors' are in `test_lpips_export.py`."""

from pathlib import Path

import numpy as np
import pytest

from evaluation.errors import EvaluationError
from evaluation.reference_models.lpips_graph import (
    TRUNKS,
    Layer,
    Trunk,
    lpips_model,
)

onnx = pytest.importorskip("onnx")
TINY = Trunk(
    name="tiny",
    layers=(
        Layer("conv", 0, 1, 1, tap=True),
        Layer("pool"),
        Layer("fire", 3, tap=True),
    ),
    pool=2,
    widths=(2, 4),
    weights_hash="",
    linear_hash="",
)
WEIGHTS = {
    "features.0.weight": np.ones((2, 3, 3, 3), np.float32),
    "features.0.bias": np.zeros(2, np.float32),
    **{
        f"features.3.{part}.{kind}": np.ones(
            shape if kind == "weight" else 2, np.float32
        )
        for part, shape in (
            ("squeeze", (2, 2, 1, 1)),
            ("expand1x1", (2, 2, 1, 1)),
            ("expand3x3", (2, 2, 3, 3)),
        )
        for kind in ("weight", "bias")
    },
}
LINEAR = {
    f"lin{place}.model.1.weight": np.ones((1, width, 1, 1), np.float32)
    for place, width in enumerate(TINY.widths)
}


def test_a_graph_takes_two_pictures_and_gives_one_number() -> None:
    model = lpips_model(TINY, WEIGHTS, LINEAR, Path("w.pth"))

    onnx.checker.check_model(model, full_check=True)
    assert [entry.name for entry in model.graph.input] == ["output", "truth"]
    assert [entry.name for entry in model.graph.output] == ["lpips"]
    assert model.graph.name == "lpips_tiny"


def test_a_layer_that_is_not_there_is_named() -> None:
    lacking = {k: v for k, v in WEIGHTS.items() if k != "features.3.squeeze.bias"}

    with pytest.raises(
        EvaluationError, match=r"w\.pth holds no features\.3\.squeeze\.b"
    ):
        lpips_model(TINY, lacking, LINEAR, Path("w.pth"))


@pytest.mark.parametrize("trunk", TRUNKS, ids=lambda trunk: trunk.name)
def test_each_trunk_has_a_linear_layer_for_each_tap(trunk: Trunk) -> None:
    assert sum(layer.tap for layer in trunk.layers) == len(trunk.widths)
