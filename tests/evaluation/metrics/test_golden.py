"""The metrics against values that the authors' own programs gave."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evaluation.metrics import fidelity
from evaluation.metrics.brisque import brisque
from evaluation.metrics.fsim import feature_similarity
from evaluation.metrics.luma import luma, luma_unrounded
from evaluation.metrics.niqe import niqe, niqe_features
from evaluation.metrics.protocols import PROTOCOLS
from evaluation.metrics.sseq import sseq, sseq_features
from evaluation.pictures import read_picture
from evaluation.reference_models.files import brisque_model, niqe_model, sseq_model
from evaluation.reference_models.parameters import BRISQUE_FILE
from tests.support.sets.golden_pairs import SPECS, Picture, a_pair

_HERE = Path(__file__).parent
_MODELS = _HERE.parents[2] / ".." / "shared" / "data" / "metric_models"
_SMALL = (192, 288, 1)

Case = tuple[Picture, Picture, dict[str, Any]]


def _golden(spec: tuple[int, int, int]) -> Case:
    height, width, seed = spec
    known = json.loads((_HERE / "golden.json").read_text(encoding="utf-8"))
    return *a_pair(*spec), known[f"{height}x{width}_seed{seed}"]


@pytest.fixture(params=[_SMALL], ids="{0[0]}x{0[1]}".format)
def small(request: pytest.FixtureRequest) -> Case:
    return _golden(request.param)


@pytest.fixture(params=SPECS, ids="{0[0]}x{0[1]}".format)
def any_size(request: pytest.FixtureRequest) -> Case:
    return _golden(request.param)


def _sha256(picture: Picture) -> str:
    return hashlib.sha256(np.ascontiguousarray(picture).tobytes()).hexdigest()


def _assert_fidelity(case: Case) -> None:
    rainy, clean, known = case
    on_y, on_rgb = PROTOCOLS["mprnet"], PROTOCOLS["rgb"]
    assert on_y.psnr(rainy, clean) == pytest.approx(known["psnr_y"], abs=1e-6)
    assert on_y.ssim(rainy, clean) == pytest.approx(known["ssim_y"], abs=1e-6)
    assert on_rgb.psnr(rainy, clean) == pytest.approx(known["psnr_rgb"], abs=1e-6)
    assert on_rgb.ssim(rainy, clean) == pytest.approx(known["ssim_rgb"], abs=1e-6)


def _assert_prenet(case: Case) -> None:
    rainy, clean, known = case
    unrounded = known["psnr_y_unrounded"], known["ssim_y_unrounded"]
    shrunk = fidelity.ssim_2009(luma(rainy), luma(clean))
    plain = fidelity.ssim(luma_unrounded(rainy), luma_unrounded(clean))
    psnr = PROTOCOLS["prenet"].psnr(rainy, clean)
    assert shrunk == pytest.approx(known["ssim_y_2009_autodownsample"], abs=1e-6)
    assert (psnr, plain) == pytest.approx(unrounded, abs=1e-6)


def test_the_drawn_pictures_are_those_that_were_measured(small: Case) -> None:
    rainy, clean, known = small

    assert _sha256(rainy) == known["sha256_rgb_rainy"]
    assert _sha256(clean) == known["sha256_rgb_clean"]


def test_psnr_and_ssim_agree_with_the_field(small: Case) -> None:
    _assert_fidelity(small)


def test_the_prenet_protocol_agrees_with_its_authors(small: Case) -> None:
    _assert_prenet(small)


def test_fsim_agrees_with_its_authors(small: Case) -> None:
    rainy, clean, known = small

    both = feature_similarity(rainy, clean)

    expected = known["fsim"], known["fsimc"]
    assert (both.fsim, both.fsimc) == pytest.approx(expected, abs=1e-6)


def test_niqe_features_agree_with_their_authors(small: Case) -> None:
    rainy, _, known = small

    features = niqe_features(rainy)

    assert len(features) == known["niqe_blocks"]
    expected = known["niqe_feature_mean_rainy"]
    assert features.mean(axis=0) == pytest.approx(expected, abs=1e-9)


def test_sseq_features_agree_with_their_authors(small: Case) -> None:
    rainy, _, known = small

    features = sseq_features(rainy)

    assert features == pytest.approx(known["sseq_features_rainy"], abs=1e-5)


@pytest.mark.slow
def test_odd_and_large_pictures_agree_too(any_size: Case) -> None:
    _assert_fidelity(any_size)
    _assert_prenet(any_size)
    rainy, clean, known = any_size
    both = feature_similarity(rainy, clean)
    expected = known["fsim"], known["fsimc"]
    assert (both.fsim, both.fsimc) == pytest.approx(expected, abs=1e-6)


@pytest.mark.slow
@pytest.mark.shared
def test_niqe_and_sseq_agree_with_the_authors_models(any_size: Case) -> None:
    rainy, clean, known = any_size
    live = niqe_model(_MODELS / "niqe_modelparameters.mat")
    entropy = sseq_model(_MODELS / "sseq_model.mat")

    assert niqe(rainy, live) == pytest.approx(known["niqe_rainy"], abs=1e-4)
    assert niqe(clean, live) == pytest.approx(known["niqe_clean"], abs=1e-4)
    assert sseq(rainy, entropy) == pytest.approx(known["sseq_rainy"], abs=1e-3)
    assert sseq(clean, entropy) == pytest.approx(known["sseq_clean"], abs=1e-3)


@pytest.mark.slow
@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "score"), [("testimage1.bmp", 97.4301726), ("testimage2.bmp", 32.0217058)]
)
def test_brisque_agrees_with_libsvm_on_the_authors_model_and_pictures(
    name: str, score: float
) -> None:
    # What svm-predict of libsvm gives for the scaled features of this code.
    folder = _MODELS / "brisque"
    path = folder / "allmodel"

    found = brisque(read_picture(folder / name), brisque_model(path))

    assert BRISQUE_FILE.checked(path) == BRISQUE_FILE.sha256
    assert found == pytest.approx(score, abs=1e-6)
