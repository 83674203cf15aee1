import numpy as np
import pytest

from evaluation.metrics.phase_congruency import phase_congruency


@pytest.mark.parametrize("shape", [(64, 256), (65, 255)])
def test_it_is_high_at_an_edge_whatever_its_contrast_and_low_elsewhere(
    shape: tuple[int, int],
) -> None:
    plane = np.random.default_rng(0).normal(0, 4, shape)
    plane[:, shape[1] // 2 :] += 200

    found = phase_congruency(plane)
    fainter = phase_congruency(plane / 8)

    middle, quarter = shape[1] // 2, shape[1] // 4
    assert found.shape == shape
    assert 0 <= found.min() <= found.max() <= 1
    at_edge = found[:, middle - 1 : middle + 1].mean()
    assert at_edge > 0.5
    assert at_edge > 1.5 * found[:, quarter - 1 : quarter + 2].mean()
    assert np.abs(found - fainter).max() < 0.05


def test_a_flat_plane_has_none() -> None:
    assert not phase_congruency(np.full((16, 16), 90.0)).any()


def test_it_turns_with_the_picture() -> None:
    plane = np.random.default_rng(0).random((32, 32)) * 255

    turned = phase_congruency(np.rot90(plane, 2))

    assert np.abs(np.rot90(turned, 2) - phase_congruency(plane)).mean() < 0.05
