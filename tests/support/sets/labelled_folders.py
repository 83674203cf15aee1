"""A labelled set whose judge is known: a bright square, and rain that is bright too.

The judge is `bright_judge` for pixels; a box round the square is what `constant_judge`
may find.
"""

import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

DARK, BRIGHT = 30, 220
SIZE = (48, 32)
SQUARE = (12, 8, 32, 24)
"""Left, top, right, bottom."""
RgbArray = NDArray[np.uint8]
JUDGE = 'kind = "semantic"\nfile = "bright.onnx"\nclasses = ["ground", "square"]\n'
CLASSES = "[classes]\nground = 0\nsquare = 1\n"


def dry(number: int = 0) -> RgbArray:
    """Returns the picture without rain; each number is another one."""
    picture = np.full((SIZE[1], SIZE[0], 3), DARK, np.uint8)
    left, top, right, bottom = SQUARE
    picture[top:bottom, left:right] = BRIGHT - number
    return picture


def rainy(number: int = 0) -> RgbArray:
    """Returns the picture with light over part of the ground."""
    picture = dry(number)
    picture[:, : 4 + 2 * number] = BRIGHT
    return picture


def write(path: Path, picture: NDArray[np.uint8]) -> Path:
    """Writes a picture, or a mask."""
    path.parent.mkdir(parents=True, exist_ok=True)
    shown = picture[..., ::-1] if picture.ndim == 3 else picture
    assert cv2.imwrite(str(path), shown)
    return path


def labelled_folder(
    root: Path, pictures: int = 4, *, wet: Callable[[int], RgbArray] = rainy
) -> Path:
    """Writes `input/`, `target/`, masks with their meaning, and COCO boxes."""
    mask = (dry() > 128)[..., 0].astype(np.uint8)
    left, top, right, bottom = SQUARE
    images, notes = [], []
    for number in range(pictures):
        name = f"p{number}.png"
        write(root / "input" / name, wet(number))
        write(root / "target" / name, dry(number))
        write(root / "masks" / name, mask)
        images.append(
            {"id": number, "file_name": name, "width": SIZE[0], "height": SIZE[1]}
        )
        box = [left, top, right - left, bottom - top]
        notes.append({"id": number, "image_id": number, "category_id": 5, "bbox": box})
    (root / "classes.toml").write_text(CLASSES)
    kinds = [{"id": 5, "name": "square"}]
    data = {"images": images, "annotations": notes, "categories": kinds}
    (root / "boxes.json").write_text(json.dumps(data))
    return root
