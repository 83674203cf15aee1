"""A camera over still pictures: what it sees, and what is known of its motion."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from model.mspfn.video import fetched
from training.data.camera import Camera, Path, followed, inside, misjudged, taken


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def soft_pictures(count: int, size: int) -> Tensor:
    """Pictures without sharp edges, which no sampling blurs."""
    coarse = torch.rand(count, 3, 6, 6, generator=seeded(1))
    return F.interpolate(coarse, (size, size), mode="bicubic").clamp(0, 1)


def test_a_pixel_is_found_where_it_was_in_the_frame_before() -> None:
    camera = Camera(frames=4, fastest=5.0)
    path = camera.path(6, seeded(3))
    frames = taken(soft_pictures(6, 48 + 2 * camera.margin()), path, 48)

    places, known = followed(path, 48)

    for frame in range(1, 4):
        seen = fetched(frames[frame - 1], places[frame])
        off = (seen - frames[frame]).abs() * known[frame]
        assert off.max() < 0.02
        assert known[frame].mean() > 0.7


def test_a_pan_shifts_the_picture_by_whole_pixels() -> None:
    still, pan = torch.zeros(2, 1), torch.tensor([[0.0], [3.0]])
    path = Path(zoom=torch.ones(2, 1), turn=still, x=pan, y=-pan)
    picture = torch.rand(1, 3, 30, 30, generator=seeded())

    first, second = taken(picture, path, 16)

    # From the middle of 30: 7 pixels are left on each side.
    torch.testing.assert_close(first[0], picture[0, :, 7:23, 7:23])
    torch.testing.assert_close(second[0], picture[0, :, 4:20, 10:26])


def test_a_part_of_all_cameras_stands_still_and_none_pans_faster_than_told() -> None:
    path = Camera(frames=5, fastest=8.0).path(400, seeded())

    pan = torch.stack([path.x.diff(dim=0), path.y.diff(dim=0)]).mean(1)
    speed = (pan**2).sum(0).sqrt()

    assert 0.1 < (speed == 0).float().mean() < 0.3
    assert speed.max() == pytest.approx(8, abs=0.8)  # a hand shakes, too
    assert (path.zoom[:, speed == 0] == 1).all()


def test_flow_is_mostly_right_to_parts_of_a_pixel_and_seldom_to_several() -> None:
    path = Camera(frames=4, fastest=2.0).path(50, seeded())
    places, known = followed(path, 32)

    wrong, found = misjudged(places, known, seeded(5))

    error = (wrong - places).square().sum(-1).sqrt()
    assert error.median() < 0.5
    assert error.max() > 2
    assert set(found.flatten().tolist()) == {0.0, 1.0}
    assert 0.02 < 1 - found[known > 0].mean() < 0.2
    assert not (found > known).any()


def test_what_was_outside_is_not_known() -> None:
    places = torch.tensor([[0.0, 7.0], [-0.1, 3.0], [3.0, 7.1]])[None, None, None]

    assert inside(places, 8).flatten().tolist() == [1, 0, 0]
