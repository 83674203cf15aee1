"""Draws what must stay: thin, upright or bright things that are no rain.

    python -m evaluation.sets.thin_things out/stay && derain evaluate stay out/stay

Fences, masts, wires, lane marks, text, grass, glints and scraps of colour: each scene
dry and in rain, with its truth and a mask of the things themselves.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from evaluation.metrics.luma import RgbArray
from sources.synthetic.falling_rain import FallingRain

HEIGHT, WIDTH = 288, 384
_SCENES_OF_A_KIND = 2
_RAIN = 0.6

Draw = Callable[[RgbArray, np.random.Generator], None]


def _fence(picture: RgbArray, rng: np.random.Generator) -> None:
    for x in range(int(rng.integers(4, 12)), WIDTH, int(rng.integers(10, 18))):
        cv2.line(picture, (x, 90), (x, 270), (226, 224, 216), 2, cv2.LINE_AA)
    cv2.line(picture, (0, 130), (WIDTH, 130), (210, 208, 200), 2, cv2.LINE_AA)


def _masts(picture: RgbArray, rng: np.random.Generator) -> None:
    for x in rng.integers(10, WIDTH - 10, 9):
        top, lean = int(rng.integers(10, 80)), int(rng.integers(-4, 5))
        ends = (int(x), 250), (int(x) + lean, top)
        cv2.line(picture, *ends, (200, 202, 205), int(rng.integers(1, 4)), cv2.LINE_AA)


def _wires(picture: RgbArray, rng: np.random.Generator) -> None:
    for y in rng.integers(10, 140, 7):
        ends = (0, int(y)), (WIDTH, int(y + rng.integers(-60, 60)))
        cv2.line(picture, *ends, (215, 215, 220), 1, cv2.LINE_AA)


def _lanes(picture: RgbArray, rng: np.random.Generator) -> None:
    for start in rng.integers(120, 264, 4):
        for near in (0.15, 0.4, 0.7):
            far, close = (
                (int(192 + (start - 192) * 2 * t), int(120 + 160 * t))
                for t in (near, near + 0.15)
            )
            thick = int(1 + 5 * near)
            cv2.line(picture, far, close, (235, 235, 230), thick, cv2.LINE_AA)


def _text(picture: RgbArray, rng: np.random.Generator) -> None:
    for row in range(40, 280, 26):
        words = "".join(rng.choice(list("ILT1Hilt| "), 24))
        font, size = cv2.FONT_HERSHEY_SIMPLEX, 0.6
        cv2.putText(
            picture, words, (12, row), font, size, (238, 238, 238), 1, cv2.LINE_AA
        )


def _grass(picture: RgbArray, rng: np.random.Generator) -> None:
    for x, y in zip(
        rng.integers(0, WIDTH, 700), rng.integers(150, 287, 700), strict=True
    ):
        tip = int(x + rng.integers(-5, 6)), int(y - rng.integers(6, 22))
        green = (int(rng.integers(90, 190)), int(rng.integers(150, 230)), 90)
        cv2.line(picture, (int(x), int(y)), tip, green, 1, cv2.LINE_AA)


def _glints(picture: RgbArray, rng: np.random.Generator) -> None:
    for x, y in zip(
        rng.integers(0, WIDTH, 350), rng.integers(120, 287, 350), strict=True
    ):
        end = int(x + rng.integers(2, 9)), int(y)
        cv2.line(picture, (int(x), int(y)), end, (250, 250, 240), 1, cv2.LINE_AA)


def _scraps(picture: RgbArray, rng: np.random.Generator) -> None:
    for x, y in zip(
        rng.integers(0, WIDTH, 220), rng.integers(0, 287, 220), strict=True
    ):
        colour = tuple(int(c) for c in rng.integers(60, 256, 3))
        end = int(x + rng.integers(-3, 4)), int(y + rng.integers(2, 9))
        cv2.line(picture, (int(x), int(y)), end, colour, 2, cv2.LINE_AA)


THINGS: dict[str, Draw] = {
    "fence": _fence,
    "masts": _masts,
    "wires": _wires,
    "lanes": _lanes,
    "text": _text,
    "grass": _grass,
    "glints": _glints,
    "scraps": _scraps,
}


def scene(name: str, number: int) -> tuple[RgbArray, RgbArray]:
    """Returns a dry scene of a kind of thing, and a mask, white on the things."""
    rng = np.random.default_rng([number, *name.encode()])
    coarse = rng.uniform(30, 130, (5, 6, 3)).astype(np.float32)
    ground = cv2.resize(coarse, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    empty = np.clip(ground, 0, 255).astype(np.uint8)
    picture = empty.copy()
    THINGS[name](picture, rng)
    changed = (picture != empty).any(2)
    mask = np.where(changed, 255, 0).astype(np.uint8)[..., None].repeat(3, axis=2)
    return picture, mask


def write(root: Path) -> int:
    """Writes the set as `input/`, `target/` and `mask/`; returns how many pairs."""
    count = 0
    for name in THINGS:
        for number in range(_SCENES_OF_A_KIND):
            picture, mask = scene(name, number)
            rain = FallingRain(WIDTH, HEIGHT, intensity=_RAIN, seed=number)
            for kind, rainy in (("dry", picture), ("rain", rain.apply(picture, 0))):
                stem = f"{name}{number}-{kind}.png"
                parts = {"input": rainy, "target": picture, "mask": mask}
                for folder, part in parts.items():
                    (root / folder).mkdir(parents=True, exist_ok=True)
                    cv2.imwrite(str(root / folder / stem), part[..., ::-1])
                count += 1
    return count


if __name__ == "__main__":
    write(Path(sys.argv[1]))
