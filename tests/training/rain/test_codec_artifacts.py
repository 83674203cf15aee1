import cv2
import numpy as np
import pytest
import torch

from training.rain.codec_artifacts import compressed


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def psnr(image: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    return -10 * torch.log10(((image - truth) ** 2).mean(dim=(1, 2, 3)))


def smooth_picture() -> torch.Tensor:
    """Something between noise and a plain area, as photographs are."""
    coarse = torch.rand(1, 3, 9, 11, generator=seeded())
    return torch.nn.functional.interpolate(coarse, (75, 93), mode="bicubic").clamp(0, 1)


@pytest.mark.parametrize("quality", [30, 60, 90])
def test_compression_is_what_a_jpeg_encoder_does(quality: int) -> None:
    levels = (smooth_picture() * 255).round()
    bgr = levels[0].flip(0).permute(1, 2, 0).numpy().astype(np.uint8)
    _, file = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded = cv2.imdecode(file, cv2.IMREAD_COLOR_RGB)
    assert decoded is not None
    jpeg = torch.from_numpy(decoded).permute(2, 0, 1)[None] / 255

    ours = compressed(levels / 255, torch.tensor([float(quality)]), torch.zeros(1))

    # Its other half is libjpeg's smoother chroma and whole numbers in between.
    assert psnr(ours, jpeg) > psnr(jpeg, levels / 255) + 3


def test_an_encoder_takes_more_from_a_picture_at_a_lower_quality() -> None:
    picture = smooth_picture().repeat(3, 1, 1, 1)
    quality = torch.tensor([20.0, 60.0, 95.0])

    for even in (0.0, 1.0):
        after = compressed(picture, quality, torch.full((3,), even))
        worst, middle, best = psnr(after, picture).tolist()
        assert worst < middle < best
