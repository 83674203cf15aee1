"""How steady a clip is: warping error, tOF, frame-difference error, flicker.

Lai et al., "Learning Blind Video Temporal Consistency", ECCV 2018 (warping error and
its occlusion mask); Chu et al., "Learning Temporal Coherence via Self-Supervision for
GAN-based Video Generation", ACM TOG 2020 (tOF). Blur lowers all of them: they are read
beside PSNR, and beside the same figure of the truth.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from evaluation.metrics.luma import RgbArray, luma

Flow = NDArray[np.float32]
Mask = NDArray[np.bool_]

_STILL = 0.1
_TILE, _BORDER = 32, 16


@dataclass(frozen=True, slots=True)
class Step:
    """What moved between two frames of the reference sequence."""

    forward: Flow
    """[height, width, 2] in pixels, from the first frame to the second."""
    visible: Mask
    """Where a pixel of the first frame is seen in the second too."""
    still: Mask
    """Where nothing moves: below 0.1 px both ways."""


def step_between(first: RgbArray, second: RgbArray) -> Step:
    """Returns the motion from one frame to the next: DIS flow, both ways."""
    forward, backward = _dis(first, second), _dis(second, first)
    still = (_length(forward) < _STILL) & (_length(backward) < _STILL)
    return Step(forward, _visible(forward, backward), still)


def warping_error(first: RgbArray, second: RgbArray, step: Step) -> float | None:
    """Returns 1000 x the mean square of what motion does not explain, values 0 to 1.

    None where everything is hidden.
    """
    if not step.visible.any():
        return None
    back = warped(np.float32(1 / 255) * second.astype(np.float32), step.forward)
    difference = (back - first.astype(np.float32) / 255)[step.visible]
    return 1000 * float(np.mean(difference.astype(np.float64) ** 2))


def flicker(first: RgbArray, second: RgbArray, step: Step) -> float | None:
    """Returns the mean change of luma, 0 to 255, where nothing moves.

    None where everything moves.
    """
    if not step.still.any():
        return None
    return float(np.mean(np.abs(luma(second) - luma(first))[step.still]))


def difference_error(
    outputs: tuple[RgbArray, RgbArray], truths: tuple[RgbArray, RgbArray]
) -> float:
    """Returns the mean error of the change from frame to frame, 0 to 255."""
    change = outputs[1].astype(np.int16) - outputs[0]
    true_change = truths[1].astype(np.int16) - truths[0]
    return float(np.mean(np.abs(change - true_change)))


def motion_error(
    outputs: tuple[RgbArray, RgbArray], truths: tuple[RgbArray, RgbArray]
) -> float:
    """Returns tOF: the mean difference of the two motions, in pixels.

    Raises:
        ValueError: The frames are smaller than 48x48, of which tOF cuts the border.
    """
    inner = _inner(outputs[0].shape[0], outputs[0].shape[1])
    ours, theirs = _farneback(*outputs), _farneback(*truths)
    return float(np.mean(np.abs(ours - theirs)[inner]))


def warped(frame: NDArray[np.float32], flow: Flow) -> NDArray[np.float32]:
    """Returns the frame fetched back along the flow, bilinear."""
    height, width = flow.shape[:2]
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    places = (flow + np.stack([x, y], axis=-1)).astype(np.float32)
    return np.asarray(
        cv2.remap(frame, places[..., 0], places[..., 1], cv2.INTER_LINEAR),
        dtype=np.float32,
    )


def _dis(first: RgbArray, second: RgbArray) -> Flow:
    # Typed as Any: the stubs ask for a flow to start from, which changes the result.
    engine: Any = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    return np.asarray(engine.calc(_grey(first), _grey(second), None), dtype=np.float32)


def _farneback(first: RgbArray, second: RgbArray) -> Flow:
    estimate: Any = cv2.calcOpticalFlowFarneback
    flow = estimate(_grey(first), _grey(second), None, 0.5, 3, 15, 3, 5, 1.2, 0)
    return np.asarray(flow, dtype=np.float32)


def _grey(picture: RgbArray) -> RgbArray:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def _length(flow: Flow) -> NDArray[np.float32]:
    return np.asarray(np.hypot(flow[..., 0], flow[..., 1]), dtype=np.float32)


def _visible(forward: Flow, backward: Flow) -> Mask:
    returned = warped(backward, forward)
    apart = np.sum((forward + returned) ** 2, axis=-1)
    size = np.sum(forward**2, axis=-1) + np.sum(returned**2, axis=-1)
    gradients = np.gradient(forward, axis=(0, 1))
    bend = sum(np.sum(gradient**2, axis=-1) for gradient in gradients)
    hidden = apart > 0.01 * size + 0.5
    edge = bend > 0.01 * np.sum(forward**2, axis=-1) + 0.002
    return np.asarray(~(hidden | edge))


def _inner(height: int, width: int) -> tuple[slice, slice]:
    return _middle(height), _middle(width)


def _middle(size: int) -> slice:
    kept = (size - _BORDER) // _TILE * _TILE
    if kept <= 0:
        raise ValueError(f"tOF needs 48x48 pixels or more, got a side of {size}.")
    start = (size - kept) // 2
    return slice(start, start + kept)
