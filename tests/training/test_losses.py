import math

import torch

from training.losses import (
    EPSILON,
    charbonnier,
    laplacian,
    luma_psnr_loss,
    paper_loss,
)


def test_charbonnier_of_nothing_is_epsilon_and_of_much_its_size() -> None:
    assert math.isclose(charbonnier(torch.zeros(4)), EPSILON, rel_tol=1e-6)
    assert math.isclose(charbonnier(torch.full((4,), 0.5)), 0.5, rel_tol=1e-5)


def test_the_laplacian_sees_edges_and_no_even_light() -> None:
    even = torch.full((1, 3, 6, 6), 0.3)
    step = torch.cat((torch.zeros(1, 3, 6, 3), torch.ones(1, 3, 6, 3)), 3)

    assert laplacian(even).abs().max() < 1e-6
    assert laplacian(step)[0, 0, 2].tolist() == [0, 0, -3, 3, 0, 0]


def test_the_papers_loss_adds_a_twentieth_of_the_edges() -> None:
    torch.manual_seed(0)
    derained, clean = torch.rand(2, 1, 3, 8, 8)

    edges = charbonnier(laplacian(derained) - laplacian(clean))
    expected = charbonnier(derained - clean) + 0.05 * edges

    torch.testing.assert_close(paper_loss(derained, clean), expected)


def test_the_luma_loss_is_the_psnr_of_the_benchmarks() -> None:
    clean = torch.zeros(1, 3, 4, 4)
    derained = torch.full((1, 3, 4, 4), 10 / 255)

    # Ten grey levels are 10 * 219 / 255 levels of studio-range luma, peak 255.
    expected = 20 * math.log10(255 / (10 * 219 / 255))
    assert math.isclose(-luma_psnr_loss(derained, clean), expected, abs_tol=1e-2)


def test_without_the_edge_loss_charbonnier_is_left() -> None:
    torch.manual_seed(0)
    derained, clean = torch.rand(2, 1, 3, 8, 8)

    assert paper_loss(derained, clean, edge_weight=0) == charbonnier(derained - clean)
