from dataclasses import replace
from pathlib import Path

import pytest

from evaluation.errors import EvaluationError
from evaluation.measures import MEASURES, measures_for
from evaluation.measures.picture import FUNCTIONS
from evaluation.metrics.protocols import PROTOCOLS


def test_every_measure_has_a_function_and_every_function_a_measure() -> None:
    assert set(MEASURES) == set(FUNCTIONS)


def test_psnr_and_ssim_follow_the_protocol_that_is_asked_for() -> None:
    psnr, fit, fsim = measures_for(["psnr", "psnr-fit", "fsim"], "rgb", {})

    assert (psnr.protocol, psnr.definition) == ("rgb", PROTOCOLS["rgb"].description)
    assert (fit.protocol, fit.definition) == ("rgb", MEASURES["psnr-fit"].definition)
    assert fsim == MEASURES["fsim"]


@pytest.mark.parametrize(
    ("names", "protocol", "told"),
    [
        (["psnr", "mse"], "rgb", "No measure of this set is named mse; known: psnr"),
        (["psnr"], "bgr", "No protocol is named bgr; known: "),
    ],
)
def test_unknown_names_are_refused_with_those_that_are_known(
    names: list[str], protocol: str, told: str
) -> None:
    with pytest.raises(EvaluationError, match=told):
        measures_for(names, protocol, {})


def test_a_measure_without_its_file_says_what_is_missing() -> None:
    (niqe,) = measures_for(["niqe"], "rgb", {})

    assert niqe.file is not None
    assert niqe.obstacle == niqe.file.missing
    assert not replace(niqe, path=Path("niqe.mat")).obstacle
