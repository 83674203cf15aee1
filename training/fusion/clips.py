"""Scenes out of dry clips: motion as cameras have it, and all that hides and passes."""

from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from evaluation.frames import frames_of
from training.data.camera import Frames
from training.errors import TrainingError
from training.fusion.scenes import FRAMES, with_lights

_STEPS = (1, 1, 1, 2, 3)
"""Every which frame is taken, drawn by lot: a faster camera."""
_ENLARGED = (1.0, 1.0, 1.35, 1.75)
"""Times that a crop is enlarged, by lot: a faster camera again, and softer."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a clip."""

    path: Path
    begin: int
    end: int
    """The first frame that is not taken."""


def part_of(text: str) -> Part:
    """Returns the part that `PATH:BEGIN:END` names.

    Raises:
        TrainingError: It names none.
    """
    path, *numbers = text.rsplit(":", 2)
    try:
        begin, end = (int(number) for number in numbers)
    except ValueError:
        raise TrainingError(f"Expected PATH:BEGIN:END of a clip; got {text}.") from None
    return Part(Path(path), begin, end)


class ClipScenes:
    """Draws scenes from parts of clips; one thread uses it."""

    def __init__(self, parts: list[Part], generator: torch.Generator) -> None:
        """Reads the parts.

        Raises:
            TrainingError: A part is too short.
        """
        self._clips = [_read(part) for part in parts]
        seed = int(torch.randint(2**31, (), generator=generator))
        self._rng = np.random.default_rng(seed)

    def frames(self, count: int, size: int) -> Frames:
        """Returns so many scenes of squares, RGB in [0, 1].

        Raises:
            TrainingError: A clip is smaller than the squares.
        """
        scenes = np.stack([self._scene(size) for _ in range(count)], 1)
        frames = torch.from_numpy(scenes.astype(np.float32) / 255)
        return with_lights(frames.permute(0, 1, 4, 2, 3), self._rng)

    def _scene(self, size: int) -> NDArray[np.uint8]:
        rng = self._rng
        lengths = np.array([len(clip) for clip in self._clips], float)
        clip = self._clips[int(rng.choice(len(lengths), p=lengths / lengths.sum()))]
        step = int(rng.choice(_STEPS))
        if len(clip) <= step * (FRAMES - 1):
            step = 1
        side = int(size / rng.choice(_ENLARGED))
        height, width = clip[0].shape[:2]
        if min(height, width) < size:
            raise TrainingError(
                f"Expected clips of {size} pixels on a side; got {width}x{height}."
            )
        begin = int(rng.integers(0, len(clip) - step * (FRAMES - 1)))
        top = int(rng.integers(0, height - side + 1))
        left = int(rng.integers(0, width - side + 1))
        whole = clip[begin : begin + step * (FRAMES - 1) + 1 : step]
        crops = [one[top : top + side, left : left + side] for one in whole]
        to = (size, size)
        scene = np.stack(
            [cv2.resize(one, to, None, 0, 0, cv2.INTER_CUBIC) for one in crops]
        )
        if rng.random() < 0.5:
            scene = scene[:, :, ::-1]
        if rng.random() < 0.5:
            scene = scene[::-1]
        return np.asarray(scene, np.uint8)


def _read(part: Part) -> list[NDArray[np.uint8]]:
    read = islice(frames_of(str(part.path)), part.begin, part.end)
    frames = [np.array(frame, np.uint8) for frame in read]
    if len(frames) < FRAMES:
        raise TrainingError(
            f"Expected {FRAMES} frames and more in {part.path} from {part.begin} to "
            f"{part.end}; got {len(frames)}."
        )
    return frames
