"""What is made of a frame and its neighbours, seen as tensors."""

import cv2
import numpy as np
import pytest
import torch

from model.motion.fusion import (
    Fusion,
    Seen,
    features,
    fused,
    in_order,
    large,
    luma,
    mean_on_device,
    opened_and_dilated_on_device,
    shipped,
)
from tests.support.media.rainy_scene import rain, scene

SIZE = (75, 101)


def tensor(picture: object) -> torch.Tensor:
    return torch.as_tensor(picture).permute(2, 0, 1)[None].float()


def seen_in(views: list[torch.Tensor]) -> Seen:
    nothing = torch.zeros(1, 1, *views[0].shape[2:])
    return Seen(ordered=in_order(views), lost=nothing, far=nothing)


def bias_of(network: Fusion) -> torch.Tensor:
    """Returns 16 numbers: of each share, for the four pixels of a square."""
    assert network.end.bias is not None
    return network.end.bias


@pytest.mark.parametrize("count", [2, 3, 4])
def test_views_come_in_order_and_the_brightest_stand_for_those_that_lack(
    count: int,
) -> None:
    generator = torch.Generator().manual_seed(count)
    views = [255 * torch.rand(1, 3, 9, 9, generator=generator) for _ in range(count)]

    ordered = in_order(views)

    expected = list(torch.stack(views).sort(0, descending=True).values)
    doubled = {2: [0, 0, 1, 1], 3: [0, 0, 1, 2], 4: [0, 1, 2, 3]}[count]
    for one, place in zip(ordered, doubled, strict=True):
        assert torch.equal(one, expected[place])


@pytest.mark.parametrize("count", [2, 4])
def test_rain_goes_and_nothing_becomes_brighter(count: int) -> None:
    truth = scene(*SIZE)
    frame = tensor(rain(truth, 0, streaks=80))
    others = [tensor(rain(truth, 1 + n, streaks=80)) for n in range(count)]

    made = fused(frame, seen_in(others))

    before, after = ((x - tensor(truth)).square().mean() for x in (frame, made))
    assert after < before / 4
    assert (made <= frame).all()
    assert (made >= torch.stack(others).amin(0).minimum(frame) - 1e-3).all()


def test_a_frame_like_its_neighbours_stays() -> None:
    frame = tensor(scene(*SIZE))

    assert torch.equal(fused(frame, seen_in([frame] * 4)), frame)


def test_a_large_light_stays_as_it_is() -> None:
    dark = scene(*SIZE)
    lit = dark.copy()
    cv2.circle(lit, (50, 37), 14, (250, 240, 220), -1)

    made = fused(tensor(lit), seen_in([tensor(dark)] * 2))

    assert torch.equal(made, tensor(lit))


def test_large_is_what_the_disc_fits_into() -> None:
    excess = torch.zeros(1, 1, 60, 120)
    excess[:, :, 20:42, 10:32] = 100
    excess[:, :, :, 90:97] = 100

    found = large(excess)

    assert found[0, 0, 31, 21] == 1
    assert (found[..., 60:] == 0).all()


def test_a_device_finds_around_a_pixel_what_the_host_finds() -> None:
    generator = torch.Generator().manual_seed(2)
    noise = torch.rand(1, 1, 60, 80, generator=generator)
    whole = (255 * (mean_on_device(noise, 4) - 0.3) / 0.4).clamp(0, 255).round()
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (19, 19))
    plane = whole[0, 0].numpy()

    opened = cv2.dilate(cv2.morphologyEx(plane, cv2.MORPH_OPEN, disc), disc)
    mean = cv2.blur(plane, (15, 15))

    assert np.ptp(opened) > 10
    np.testing.assert_array_equal(
        opened_and_dilated_on_device(whole)[0, 0].numpy(), opened
    )
    np.testing.assert_allclose(mean_on_device(whole, 7)[0, 0], mean, atol=1e-3)


def test_features_are_about_one_and_those_of_nothing_are_zero() -> None:
    generator = torch.Generator().manual_seed(0)
    frame = 255 * torch.rand(1, 3, 40, 40, generator=generator)
    views = [255 * torch.rand(1, 3, 40, 40, generator=generator) for _ in range(4)]
    far = torch.full((1, 1, 40, 40), 30.0)
    lost = torch.ones(1, 1, 40, 40)
    grey = torch.full((1, 3, 40, 40), 80.0)

    found = features(frame, Seen(ordered=in_order(views), lost=lost, far=far))
    still = features(grey, seen_in([grey] * 4))

    assert found.shape == (1, 9, 40, 40)
    assert found.abs().max() <= 8
    assert still.abs().max() < 1e-5


def test_luma_is_that_of_the_eye() -> None:
    white = torch.full((1, 3, 2, 2), 255.0)

    assert luma(white).flatten().tolist() == pytest.approx([255.0] * 4)


def test_the_shares_of_a_pixel_are_about_one_together_and_faint_ones_are_none() -> None:
    torch.manual_seed(0)
    network = Fusion().requires_grad_(False)

    shares = network.shares(torch.rand(2, 9, 20, 30))
    bias_of(network)[:4] += 9
    own = network.shares(torch.zeros(1, 9, 20, 30))

    assert shares.shape == (2, 4, 20, 30)
    assert ((shares.sum(1) - 1).abs() < 0.12).all()
    assert (own[:, 0] == 1).all()
    assert (own[:, 1:] == 0).all()


def test_a_share_that_is_none_can_still_be_learned() -> None:
    torch.manual_seed(0)
    network = Fusion()

    shares = network.shares(torch.zeros(1, 9, 4, 4))
    shares[:, 3].sum().backward()  # type: ignore[no-untyped-call]  # torch's own stub

    assert (shares[:, 3] == 0).all()
    gradient = bias_of(network).grad
    assert gradient is not None
    assert gradient[12:].min() > 0


def test_each_pixel_of_a_square_has_shares_of_its_own() -> None:
    network = Fusion().requires_grad_(False)
    network.end.weight.zero_()
    network.own.weight.zero_()
    bias_of(network).copy_(torch.arange(16.0))

    logits = network.logits(torch.zeros(1, 9, 4, 6))

    square = torch.arange(16.0).reshape(1, 4, 2, 2)
    assert torch.equal(logits, square.repeat(1, 1, 2, 3))


@pytest.mark.parametrize("size", [(37, 52), (36, 51), (37, 51)])
def test_a_picture_of_odd_size_is_seen_like_a_larger_one(size: tuple[int, int]) -> None:
    torch.manual_seed(2)
    network = Fusion().requires_grad_(False)
    whole = torch.rand(1, 9, 100, 120)

    part = network.logits(whole[..., : size[0], : size[1]])

    assert part.shape[2:] == size
    # all together see 32 pixels to each side
    torch.testing.assert_close(part[..., :4, :16], network.logits(whole)[..., :4, :16])


@pytest.mark.parametrize("count", [2, 4])
def test_whole_numbers_are_fused_like_float32(count: int) -> None:
    truth = scene(*SIZE)
    frame, *others = (tensor(rain(truth, n, streaks=80)) for n in range(count + 1))
    nothing = torch.zeros(1, 1, *SIZE)
    whole = in_order([view.byte() for view in others])

    made = fused(frame.byte(), Seen(ordered=whole, lost=nothing, far=nothing))

    assert whole[0].dtype == torch.uint8
    assert torch.equal(made, fused(frame, seen_in(others)))


def test_the_weights_that_ship_are_loaded_once() -> None:
    network = shipped(torch.device("cpu"))

    assert network is shipped(torch.device("cpu"))
    assert sum(weight.numel() for weight in network.parameters()) == 11908
    assert not any(weight.requires_grad for weight in network.parameters())
