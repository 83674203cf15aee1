import math
from pathlib import Path

import numpy as np
import pytest

from evaluation.errors import EvaluationError
from evaluation.metrics.brisque import brisque, brisque_features
from evaluation.metrics.fidelity import psnr, ssim
from evaluation.metrics.halving import halved
from evaluation.metrics.luma import luma
from evaluation.metrics.niqe import niqe, niqe_features
from evaluation.metrics.protocols import PROTOCOLS
from evaluation.metrics.sseq import sseq_features
from evaluation.metrics.svm import coupled
from evaluation.reference_models.files import brisque_model, niqe_model
from evaluation.reference_models.parameters import NIQE_FILE
from tests.support.golden_pairs import a_clean, a_pair


def test_equal_pictures_have_infinite_psnr_and_ssim_one() -> None:
    clean = a_clean(40, 48, seed=1)

    assert PROTOCOLS["mprnet"].psnr(clean, clean) == math.inf
    assert PROTOCOLS["mprnet"].ssim(clean, clean) == pytest.approx(1)


def test_luma_runs_from_16_to_235() -> None:
    picture = np.array([[[0, 0, 0], [255, 255, 255]]], dtype=np.uint8)

    assert luma(picture).tolist() == [[16, 235]]


def test_planes_of_two_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="differ in shape"):
        psnr(np.zeros((8, 8)), np.zeros((8, 9)))


def test_ssim_refuses_what_is_smaller_than_its_window() -> None:
    with pytest.raises(ValueError, match="11x11"):
        ssim(np.zeros((10, 20)), np.zeros((10, 20)))


def test_halving_keeps_a_flat_plane_and_rounds_odd_sizes_up() -> None:
    small = halved(np.full((7, 10), 3.5))

    assert small.shape == (4, 5)
    assert small == pytest.approx(3.5)


def test_rain_makes_a_picture_less_natural_by_the_shipped_model() -> None:
    rainy, clean = a_pair(192, 288, seed=1)

    assert niqe(rainy, niqe_model(None)) > niqe(clean, niqe_model(None))


def test_niqe_refuses_a_flat_picture() -> None:
    flat = np.full((192, 192, 3), 90, dtype=np.uint8)

    with pytest.raises(ValueError, match="not flat"):
        niqe(flat, niqe_model(None))


def test_niqe_refuses_a_picture_below_one_block() -> None:
    with pytest.raises(ValueError, match="96x96"):
        niqe(a_clean(95, 200, seed=1), niqe_model(None))


def test_coupled_probabilities_follow_the_pairwise_ones() -> None:
    pairwise = np.array([[0.5, 0.9, 0.9], [0.1, 0.5, 0.6], [0.1, 0.4, 0.5]])

    chances = coupled(pairwise)

    assert chances.sum() == pytest.approx(1)
    assert chances[0] > chances[1] > chances[2]


def _a_brisque_model(folder: Path) -> Path:
    ranges = ["x", "-1 1", *(f"{place} 0 2" for place in range(1, 37))]
    (folder / "allrange").write_text("\n".join(ranges) + "\n", encoding="ascii")
    vector = " ".join(f"{place}:0" for place in range(1, 37))
    head = "svm_type epsilon_svr\nkernel_type rbf\ngamma 0.05\nnr_class 2\nrho -10\nSV"
    model = folder / "allmodel"
    model.write_text(f"{head}\n4 {vector}\n", encoding="ascii")
    return model


def test_brisque_follows_its_model_file(tmp_path: Path) -> None:
    picture = a_clean(64, 96, seed=2)
    scaled = brisque_features(picture) - 1

    score = brisque(picture, brisque_model(_a_brisque_model(tmp_path)))

    expected = 4 * math.exp(-0.05 * float(scaled @ scaled)) + 10
    assert score == pytest.approx(expected)


def test_a_brisque_model_without_its_ranges_is_refused(tmp_path: Path) -> None:
    path = _a_brisque_model(tmp_path)
    (tmp_path / "allrange").unlink()

    with pytest.raises(EvaluationError, match="allrange"):
        brisque_model(path)


def test_another_file_than_the_authors_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "modelparameters.mat"
    path.write_bytes(b"something else")

    with pytest.raises(EvaluationError, match="SHA-256"):
        NIQE_FILE.checked(path)


def test_features_do_not_depend_on_how_many_blocks_are_taken_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    picture = a_clean(200, 296, seed=1)
    at_once = niqe_features(picture), sseq_features(picture)

    monkeypatch.setattr("evaluation.metrics.niqe._AT_ONCE", 5)
    monkeypatch.setattr("evaluation.metrics.sseq._AT_ONCE", 7)
    in_parts = niqe_features(picture), sseq_features(picture)

    assert all(map(np.array_equal, at_once, in_parts))
