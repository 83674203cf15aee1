import math
from pathlib import Path

import numpy as np
import pytest

from evaluation.errors import EvaluationError
from evaluation.measures import MEASURES, Views, measure_picture, measures_for
from evaluation.metrics.luma import RgbArray


def grey(level: int) -> RgbArray:
    return np.full((16, 24, 3), level, np.uint8)


def measured(
    *names: str, **views: RgbArray
) -> tuple[dict[str, float], tuple[str, ...]]:
    return measure_picture(measures_for(names, "rgb", {}), Views(**views))


def test_names_and_protocols_that_there_are_not_are_told_with_the_known_ones() -> None:
    with pytest.raises(EvaluationError, match="No protocol is named x; known: mprnet"):
        measures_for(["psnr"], "x", {})
    with pytest.raises(EvaluationError, match="this set is named vmaf; known: psnr, "):
        measures_for(["psnr", "vmaf"], "rgb", {})


def test_the_protocol_is_part_of_what_a_figure_is() -> None:
    psnr, fsim = measures_for(["psnr", "fsim"], "rgb", {})

    assert (psnr.identity, fsim.identity) == ("psnr/rgb", "fsim/2011")
    assert psnr.definition != MEASURES["psnr"].definition


def test_a_measure_without_its_file_says_where_to_have_it() -> None:
    [lpips] = measures_for(["lpips"], "rgb", {})

    assert (
        lpips.obstacle
        == f"not computed: {lpips.file and lpips.file.name} needed, "
        + (f"from {lpips.file and lpips.file.repository}")
    )
    assert MEASURES["niqe-derain"].obstacle == ""


def test_a_file_that_is_given_is_checked_and_named_by_its_hash(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"a network")
    (tmp_path / "model.mat").write_bytes(b"no parameters")

    [lpips] = measures_for(["lpips"], "rgb", {"lpips": tmp_path / "model.onnx"})

    assert lpips.obstacle == ""
    assert lpips.identity == f"lpips/2018/{lpips.file_hash[:16]}"
    with pytest.raises(EvaluationError, match="SHA-256 should begin"):
        measures_for(["niqe"], "rgb", {"niqe": tmp_path / "model.mat"})


def test_figures_of_a_pair_by_hand() -> None:
    values, obstacles = measured(
        "psnr", "psnr-fit", "ssim", output=grey(90), truth=grey(100)
    )

    assert obstacles == ()
    assert values["psnr"] == pytest.approx(20 * math.log10(255 / 10))
    assert values["psnr-fit"] == math.inf  # another light is all that differs
    assert 0.98 < values["ssim"] < 1


def test_what_must_stay_is_measured_where_it_is() -> None:
    mask, output = grey(0), grey(100)
    mask[:4], output[:4], output[8:] = 255, 110, 0

    values, _ = measured("psnr-stay", output=output, truth=grey(100), mask=mask)

    # Luma of 100 is 102 and of 110 is 110, in whole numbers.
    assert values["psnr-stay"] == pytest.approx(20 * math.log10(255 / 8))


def test_both_of_a_kind_are_computed_at_once_and_only_what_is_wanted_given() -> None:
    both, _ = measured("fsim", "fsimc", output=grey(90), truth=grey(100))
    one, _ = measured("fsimc", output=grey(90), truth=grey(100))

    assert both.keys() == {"fsim", "fsimc"}
    assert one == {"fsimc": both["fsimc"]}


def test_what_a_picture_lacks_is_told_and_the_rest_is_measured() -> None:
    values, obstacles = measured(
        "psnr", "niqe-derain", "residual-recall", output=grey(1), truth=grey(1)
    )

    assert values == {"psnr": math.inf}
    assert [text.partition(":")[0] for text in obstacles] == [
        "niqe-derain",
        "residual-recall",
    ]
    assert "the rainy picture or the parameter file is missing" in obstacles[1]
