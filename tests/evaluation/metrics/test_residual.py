from itertools import pairwise

import numpy as np
import pytest

from evaluation.metrics.luma import RgbArray
from evaluation.metrics.residual import Residual, residual
from tests.support.sets.golden_pairs import a_clean


def _made(strength: float) -> tuple[RgbArray, RgbArray, np.ndarray]:
    """A blotchy scene, the same in rain, and the rain: slanted streaks of 2 x 20 px."""
    clean = a_clean(160, 200, seed=3)[..., :1].repeat(3, axis=2) // 2 + 40
    rain = np.zeros(clean.shape[:2])
    rng = np.random.default_rng(7)
    for _ in range(120):
        top, left = int(rng.integers(0, 140)), int(rng.integers(6, 190))
        for step in range(20):
            rain[top + step, left - step // 4 : left - step // 4 + 2] = strength
    rainy = np.clip(clean + rain[..., None], 0, 255).astype(np.uint8)
    return clean.astype(np.uint8), rainy, rain


def _known(rainy: RgbArray, output: RgbArray, rain: np.ndarray) -> Residual:
    """The same two shares, with the truth at hand."""
    taken = np.maximum(rainy[..., 0].astype(float) - output[..., 0], 0)
    both = np.minimum(taken, rain).sum()
    return Residual(precision=both / taken.sum(), recall=both / rain.sum())


def _outputs() -> dict[str, tuple[RgbArray, Residual, Residual]]:
    clean, rainy, rain = _made(strength=50)
    veil = np.clip(rainy.astype(int) - 12, 0, 255).astype(np.uint8)
    half = (rainy - np.rint(0.5 * (rainy.astype(int) - clean))).astype(np.uint8)
    both = np.minimum(veil, clean)
    made = {"truth": clean, "half": half, "veil": veil, "rain and veil": both}
    return {
        name: (output, residual(rainy, output), _known(rainy, output, rain))
        for name, output in made.items()
    }


def test_the_whole_rain_taken_is_precise_and_complete() -> None:
    _, found, known = _outputs()["truth"]

    assert (known.precision, known.recall) == pytest.approx((1, 1), abs=0.02)
    assert found.precision > 0.75
    assert found.recall > 0.75


def test_half_the_rain_taken_is_as_precise_and_half_as_complete() -> None:
    outputs = _outputs()

    _, whole, _ = outputs["truth"]
    _, half, known = outputs["half"]

    assert known.recall == pytest.approx(0.5, abs=0.05)
    assert half.precision == pytest.approx(whole.precision, abs=0.1)
    assert half.recall == pytest.approx(whole.recall / 2, abs=0.15)


def test_both_shares_order_outputs_as_the_truth_does() -> None:
    outputs = _outputs()

    for share in ("precision", "recall"):
        by_us = sorted(outputs, key=lambda n: getattr(outputs[n][1], share))
        known = {n: getattr(outputs[n][2], share) for n in outputs}
        ordered = [known[n] for n in by_us]
        assert all(b > a - 0.12 for a, b in pairwise(ordered))
    assert outputs["veil"][1].precision < 0.3 < outputs["truth"][1].precision


def test_of_nothing_taken_there_is_no_precision_and_no_recall() -> None:
    _, rainy, _ = _made(strength=50)

    found = residual(rainy, rainy)

    assert np.isnan(found.precision)
    assert found.recall == 0


def test_pictures_of_two_sizes_are_refused() -> None:
    _, rainy, _ = _made(strength=50)

    with pytest.raises(ValueError, match="differ in size"):
        residual(rainy, rainy[:-1])
