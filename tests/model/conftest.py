import numpy as np
import pytest
from numpy.typing import NDArray


@pytest.fixture(scope="session")
def rainy_picture() -> NDArray[np.uint8]:
    """Shapes, shading and slanted bright lines, 240 x 320."""
    rng = np.random.default_rng(7)
    y, x = np.mgrid[0:240, 0:320]
    scene = 90 + 60 * np.sin(x / 37) * np.cos(y / 23) + 40 * ((x // 40 + y // 30) % 2)
    streaks = np.zeros((240, 320))
    for _ in range(150):
        top, left = rng.integers(0, 220), rng.integers(0, 310)
        length = int(rng.integers(8, 20))
        for step in range(length):
            streaks[top + step, left + step // 3 if left < 300 else left] += 70
    picture = np.clip(scene + streaks + rng.normal(0, 2, scene.shape), 0, 255)
    return np.repeat(picture[:, :, None], 3, 2).astype(np.uint8)
