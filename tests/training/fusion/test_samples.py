import pytest
import torch

from training.data.pictures import CleanPictures
from training.fusion.samples import SHARES, Samples, drawn, joined
from training.fusion.scenes import FRAMES, MovingScenes
from training.rain.pool import RainPool
from training.rain.showers import Showers

SIZE = 64


@pytest.fixture(name="samples")
def _samples(wide_pictures: CleanPictures) -> Samples:
    generator = torch.Generator().manual_seed(1)
    pool = RainPool(SHARES, 8, 96, generator)
    showers = Showers(pool, frames=FRAMES, falling=0.5, generator=generator)
    scenes = MovingScenes(wide_pictures, generator)
    return joined(list(drawn(scenes, showers, 16, SIZE, generator)))


def test_a_sample_is_a_rainy_frame_its_truth_and_four_neighbours(
    samples: Samples,
) -> None:
    count = len(samples)

    assert 8 <= count <= 16
    assert samples.frame.shape == samples.truth.shape == (count, 3, SIZE, SIZE)
    assert samples.views.shape == (count, 4, 3, SIZE, SIZE)
    rainy = (samples.frame.int() - samples.truth).float().abs().mean((1, 2, 3))
    assert (rainy > 1).float().mean() > 0.5
    frame = samples.frame[:, None].expand_as(samples.views)
    lost = samples.lost[:, :, None].expand_as(samples.views) > 0
    assert torch.equal(samples.views[lost], frame[lost])
    assert samples.far.min() >= 0


def test_crops_belong_together(samples: Samples) -> None:
    generator = torch.Generator().manual_seed(0)
    place = torch.arange(SIZE * SIZE).reshape(SIZE, SIZE) % 251
    marked = Samples(
        place.byte().expand_as(samples.frame),
        place.byte().expand_as(samples.truth),
        place.byte().expand_as(samples.views),
        samples.lost,
        place.float().expand_as(samples.far),
    )

    crops = marked.crops(6, 24, generator)

    assert len(crops) == 6
    assert torch.equal(crops.frame, crops.truth)
    assert torch.equal(crops.frame, crops.views[:, 3])
    assert torch.equal(crops.frame[:, 0].float(), crops.far[:, 0])
    rises = (crops.far[:, 0, 0].diff(dim=1) > 0).float().mean(1)
    assert {bool(rise > 0.5) for rise in rises} == {True, False}


@pytest.mark.parametrize("later", [0, 1, 2])
def test_as_many_later_frames_are_seen_as_asked(samples: Samples, later: int) -> None:
    seen = samples.seen(later)

    views = samples.views[:, : 2 + later].float()
    assert torch.equal(seen.ordered[0], views.amax(1))
    assert torch.equal(seen.ordered[3], views.amin(1))
    assert torch.allclose(seen.far[:, 0], samples.far[:, : 2 + later].float().mean(1))
    assert 0 <= seen.lost.min() <= seen.lost.max() <= 1


def test_a_part_is_some_of_them(samples: Samples) -> None:
    part = samples.part(2, 5)

    assert len(part) == 3
    assert torch.equal(part.truth, samples.truth[2:5])
    assert len(joined([part, part])) == 6
