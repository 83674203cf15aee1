import numpy as np
import pytest

from evaluation.metrics.naturalness import asymmetric, normalised, symmetric_shape


def drawn(seed: int, count: int = 60_000) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(count)


def test_a_gaussian_has_shape_2_and_a_laplacian_1() -> None:
    laplacian = np.random.default_rng(1).laplace(size=60_000)

    assert symmetric_shape(drawn(1)) == pytest.approx(2, abs=0.05)
    assert symmetric_shape(laplacian) == pytest.approx(1, abs=0.05)


def test_both_sides_of_a_distribution_are_told_apart() -> None:
    values = drawn(2)
    values[values > 0] *= 3

    found = asymmetric(np.stack([drawn(3), values]))

    assert found.shape[0] == pytest.approx(2, abs=0.1)
    assert found.left.tolist() == pytest.approx([1, 1], abs=0.02)
    assert found.right.tolist() == pytest.approx([1, 3], abs=0.06)
    assert found.scale[0] == pytest.approx(2**0.5, abs=0.05)
    assert found.mean_ratio[0] == pytest.approx(1 / np.pi**0.5, abs=0.02)


def test_a_row_on_one_side_has_no_figure() -> None:
    found = asymmetric(np.abs(drawn(4, 100))[None])

    assert np.isnan(found.shape[0])


@pytest.mark.parametrize("edge", ["nearest", "constant"])
def test_contrast_and_level_are_divided_out(edge: str) -> None:
    plane = drawn(5, 48 * 48).reshape(48, 48) * 500

    once = normalised(plane, edge)  # type: ignore[arg-type] # both are known
    twice = normalised(2 * plane + 700, edge)  # type: ignore[arg-type] # both are known

    inner = np.s_[8:-8, 8:-8]
    assert np.abs(once.coefficients[inner] - twice.coefficients[inner]).max() < 0.02
    assert once.deviation[inner].mean() * 2 == pytest.approx(
        twice.deviation[inner].mean()
    )


def test_a_flat_plane_is_exactly_0() -> None:
    found = normalised(np.full((20, 20), 117.3), "nearest")

    assert not found.coefficients.any()
