import hashlib
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from evaluation.errors import EvaluationError
from evaluation.measures import Views, measure_picture, measures_for
from evaluation.reference_models.lpips import lpips
from tests.support.sets.golden_pairs import a_clean


def _a_network(path: Path, *, inputs: int = 2) -> Path:
    """The mean square of the difference of two pictures, as LPIPS is called."""
    names = ["output", "truth"][:inputs]
    shape: list[str | int | None] = [1, 3, "height", "width"]
    nodes = [
        helper.make_node("Sub", [names[0], names[-1]], ["apart"]),
        helper.make_node("Mul", ["apart", "apart"], ["square"]),
        helper.make_node("ReduceMean", ["square"], ["distance"], keepdims=0),
    ]
    graph = helper.make_graph(
        nodes,
        "distance",
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, shape) for n in names],
        [helper.make_tensor_value_info("distance", TensorProto.FLOAT, [])],
    )
    opset = [helper.make_opsetid("", 17)]
    onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=8), str(path))
    return path


@pytest.mark.slow
def test_both_pictures_reach_the_network_from_minus_one_to_one(tmp_path: Path) -> None:
    network = _a_network(tmp_path / "lpips.onnx")
    picture = a_clean(20, 24, seed=1)
    black, white = np.zeros((8, 9, 3), np.uint8), np.full((8, 9, 3), 255, np.uint8)

    assert lpips(picture, picture, network) == 0
    assert lpips(black, white, network) == pytest.approx(4)


@pytest.mark.slow
def test_lpips_is_a_measure_with_its_files_hash(tmp_path: Path) -> None:
    path = _a_network(tmp_path / "lpips.onnx")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    (tmp_path / "lpips.onnx.sha256").write_text(f"{digest}  lpips.onnx\n")
    picture = a_clean(20, 24, seed=1)

    measures = measures_for(["lpips"], "mprnet", {"lpips": path})
    values, obstacles = measure_picture(measures, Views(picture, picture))

    assert (values, obstacles) == ({"lpips": 0}, ())
    assert measures[0].file_hash == digest


def test_another_file_than_the_hash_beside_it_says_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "lpips.onnx"
    path.write_bytes(b"another network")
    (tmp_path / "lpips.onnx.sha256").write_text("0" * 64)

    with pytest.raises(EvaluationError, match="SHA-256 should begin 000000000000"):
        measures_for(["lpips"], "mprnet", {"lpips": path})


def test_without_a_file_lpips_says_what_it_needs() -> None:
    (measure,) = measures_for(["lpips"], "mprnet", {})

    assert "an ONNX file of LPIPS needed" in measure.obstacle


@pytest.mark.slow
def test_a_network_that_takes_one_picture_is_no_lpips(tmp_path: Path) -> None:
    path = _a_network(tmp_path / "one.onnx", inputs=1)
    picture = a_clean(20, 24, seed=1)

    with pytest.raises(EvaluationError, match="has 1 inputs and 1 outputs"):
        lpips(picture, picture, path)
