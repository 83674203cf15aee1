"""Reads classes of pixels from what segmenters give, and masks from Mask R-CNN's."""

from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from evaluation.errors import EvaluationError
from evaluation.tasks.judges.detections import LEAST, MOST, Detections, Runs
from evaluation.tasks.judges.geometry import Fitted
from evaluation.tasks.judges.heads import apart
from evaluation.tasks.judges.settings import JudgeSettings

Array = NDArray[Any]
ClassIds = NDArray[np.uint8]


def semantic(
    outputs: Mapping[str, Array], fit: Fitted, settings: JudgeSettings
) -> ClassIds:
    """Returns the class of each pixel, [height, width], of the picture's size.

    Logits [1, classes, h, w] are brought to the picture's size before the largest is
    taken; ids [1, h, w] or [1, 1, h, w] by the nearest pixel.

    Raises:
        EvaluationError: The output is neither.
    """
    output = next(iter(outputs.values()))
    classes = len(settings.classes) + settings.first_class
    if output.ndim == 4 and output.shape[1] == classes and classes > 1:
        return _of_logits(output[0].astype(np.float32), fit, settings)
    if output.ndim == 3 or (output.ndim == 4 and output.shape[1] == 1):
        ids = output.reshape(output.shape[-2:]).astype(np.float32)
        found = _on_picture(ids, fit, cv2.INTER_NEAREST) - settings.first_class
        return np.where(
            (found >= 0) & (found < len(settings.classes)), found, 255
        ).astype(np.uint8)
    raise EvaluationError(
        f"expected logits [1, {classes}, h, w] or ids [1, h, w] for {classes} classes, "
        f"got {list(output.shape)}"
    )


def _of_logits(logits: Array, fit: Fitted, settings: JudgeSettings) -> ClassIds:
    best: Array | None = None
    chosen = np.zeros(fit.picture[::-1], np.uint8)
    for place, name in enumerate(settings.classes):
        if not name:
            continue
        layer = logits[place + settings.first_class]
        layer = _on_picture(layer, fit, cv2.INTER_LINEAR)
        if best is None:
            best, chosen = layer, np.full(layer.shape, place, np.uint8)
            continue
        better = layer > best
        chosen[better] = place
        best = np.where(better, layer, best)
    return chosen


def _on_picture(layer: Array, fit: Fitted, how: int) -> Array:
    """Brings a plane of the network's output to the picture's pixels."""
    width, height = fit.size
    plane = np.ascontiguousarray(layer)
    if plane.shape != (height, width):
        plane = np.asarray(cv2.resize(plane, (width, height), None, 0, 0, how))
    across, down = round(fit.picture[0] * fit.across), round(fit.picture[1] * fit.down)
    left, top = int(fit.left), int(fit.top)
    inner = np.ascontiguousarray(plane[top : top + down, left : left + across])
    if inner.shape == fit.picture[::-1]:
        return inner
    return np.asarray(cv2.resize(inner, fit.picture, None, 0, 0, how))


def mask_rcnn(
    outputs: Mapping[str, Array], fit: Fitted, settings: JudgeSettings
) -> Detections:
    """Returns boxes with masks, as torchvision exports them.

    He et al., "Mask R-CNN", ICCV 2017, arXiv:1703.06870. Masks [n, 1, h, w] are of the
    box where they are 28x28, else of the whole input.
    """
    parts = apart(outputs, settings.outputs)
    if "masks" not in parts:
        raise EvaluationError("expected masks [n, 1, h, w] beside boxes and labels")
    kinds = parts["labels"].astype(np.int64) - settings.first_class
    scores = parts["scores"].astype(np.float32)
    named = (kinds >= 0) & (kinds < len(settings.classes)) & (scores >= LEAST)
    order = np.argsort(-np.where(named, scores, -1), kind="stable")
    order = order[: min(int(named.sum()), MOST)]
    boxes = fit.to_picture(parts["boxes"][order])
    masks = parts["masks"].reshape(-1, *parts["masks"].shape[-2:])[order]
    return Detections(
        boxes=boxes,
        scores=scores[order],
        classes=kinds[order],
        masks=tuple(_runs(m, b, fit) for m, b in zip(masks, boxes, strict=True)),
    )


def _runs(mask: Array, box: Array, fit: Fitted) -> Runs:
    width, height = fit.picture
    if mask.shape == fit.size[::-1]:
        return runs_of(
            _on_picture(mask.astype(np.float32), fit, cv2.INTER_LINEAR) >= 0.5
        )
    left, top = int(np.floor(box[0])), int(np.floor(box[1]))
    across = max(min(int(np.ceil(box[2])), width) - left, 1)
    down = max(min(int(np.ceil(box[3])), height) - top, 1)
    whole = np.zeros((height, width), bool)
    inner = cv2.resize(
        mask.astype(np.float32), (across, down), None, 0, 0, cv2.INTER_LINEAR
    )
    whole[top : top + down, left : left + across] = (np.asarray(inner) >= 0.5)[
        : height - top, : width - left
    ]
    return runs_of(whole)


def runs_of(mask: NDArray[np.bool_]) -> Runs:
    """Returns a mask, [height, width], as run lengths down its columns."""
    flat = np.concatenate([[False], mask.ravel(order="F"), [False]])
    changes = np.flatnonzero(flat[1:] != flat[:-1])
    ends = np.concatenate([[0], changes, [mask.size]])
    runs = np.diff(ends)
    return tuple(runs[:-1].tolist() if runs[-1] == 0 else runs.tolist())


def mask_of(runs: Runs, width: int, height: int) -> NDArray[np.bool_]:
    """Returns the mask, [height, width], that run lengths stand for."""
    inside = np.arange(len(runs)) % 2 == 1
    return np.repeat(inside, runs).reshape((height, width), order="F")
