"""Reads boxes out of what detectors give: YOLO's, SSD's and DETR's forms.

YOLOv5 gives [1, n, 5 + classes] and YOLOv8 [1, 4 + classes, n], centre and size in
pixels of the input; YOLOv10 (Wang et al., arXiv:2405.14458) and exports with the choice
built in [1, n, 6]; YOLOX the first with distances on grids of 8, 16 and 32 (Ge et al.,
arXiv:2107.08430); SSD [1, 1, n, 7], or boxes, labels and scores apart; DETR logits with
a last class for nothing and boxes as shares (Carion et al., arXiv:2005.12872), its
successors logits without it, each class by itself.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation.errors import EvaluationError
from evaluation.tasks.judges.detections import LEAST, Detections, kept
from evaluation.tasks.judges.geometry import Fitted
from evaluation.tasks.judges.settings import JudgeSettings

Array = NDArray[Any]
_YOLOX_STRIDES = (8, 16, 32)
_CHOSEN = 6
"""Columns of detections that a YOLO has chosen itself."""


def yolo(
    outputs: Mapping[str, Array], fit: Fitted, settings: JudgeSettings
) -> Detections:
    """Returns the detections of YOLOv5's or YOLOv8's output, told by its shape.

    Rows of six are taken as chosen already where no other form has six.
    """
    output = next(iter(outputs.values()))
    if output.shape[-1] == _CHOSEN and len(settings.classes) > 2:
        return yolo_chosen(outputs, fit, settings)
    rows = _rows(outputs, len(settings.classes))
    return _centred(rows, fit, settings)


def yolo_chosen(
    outputs: Mapping[str, Array], fit: Fitted, settings: JudgeSettings
) -> Detections:
    """Returns the detections of a YOLO that chooses among them itself.

    Rows [1, n, 6]: left, top, right, bottom in pixels of the input, score, class.

    Raises:
        EvaluationError: The output has another form.
    """
    output = next(iter(outputs.values()))
    if output.shape[-1] != _CHOSEN:
        raise EvaluationError(
            "expected [1, n, 6]: left, top, right, bottom, score and class; got "
            f"{list(output.shape)}"
        )
    rows = output.reshape(-1, _CHOSEN).astype(np.float32)
    return known(fit.to_picture(rows[:, :4]), rows[:, 4], rows[:, 5], settings)


def yolox(
    outputs: Mapping[str, Array], fit: Fitted, settings: JudgeSettings
) -> Detections:
    """Returns the detections of YOLOX's output."""
    rows = _rows(outputs, len(settings.classes)).copy()
    width, height = fit.size
    grids, steps = [], []
    for stride in _YOLOX_STRIDES:
        across, down = width // stride, height // stride
        x, y = np.meshgrid(np.arange(across), np.arange(down))
        grids.append(np.stack([x, y], axis=2).reshape(-1, 2))
        steps.append(np.full((across * down, 1), stride))
    grid, step = np.concatenate(grids), np.concatenate(steps)
    if len(grid) != len(rows):
        raise EvaluationError(
            f"a YOLOX of {width}x{height} gives {len(grid)} rows, this gave {len(rows)}"
        )
    rows[:, :2] = (rows[:, :2] + grid) * step
    rows[:, 2:4] = np.exp(rows[:, 2:4]) * step
    return _centred(rows, fit, settings)


def _rows(outputs: Mapping[str, Array], classes: int) -> Array:
    """Returns [n, 5 + classes]: centre, size, objectness, classes."""
    output = next(iter(outputs.values()))
    table: Array = output.reshape(output.shape[-2:]).astype(np.float32)
    if table.shape[1] == 5 + classes:
        return table
    if table.shape[0] == 4 + classes:
        table = table.T
    if table.shape[1] != 4 + classes:
        raise EvaluationError(
            f"expected [1, n, {5 + classes}] or [1, {4 + classes}, n] for {classes} "
            f"classes, got {list(output.shape)}"
        )
    ones = np.ones((len(table), 1), np.float32)
    return np.concatenate([table[:, :4], ones, table[:, 4:]], axis=1)


def _centred(rows: Array, fit: Fitted, settings: JudgeSettings) -> Detections:
    scores = rows[:, 4:5] * rows[:, 5:]
    boxes = _corners(rows[:, :4])
    return _of_all_classes(fit.to_picture(boxes), scores, settings.nms)


def _corners(boxes: Array) -> Array:
    half = boxes[:, 2:4] / 2
    return np.concatenate([boxes[:, :2] - half, boxes[:, :2] + half], axis=1)


def _of_all_classes(boxes: Array, scores: Array, nms: float | None) -> Detections:
    """Every class of a box above the least score is a detection of its own."""
    place, kind = np.nonzero(scores >= LEAST)
    return kept(boxes[place], scores[place, kind], kind.astype(np.int64), nms)


def ssd(
    outputs: Mapping[str, Array], fit: Fitted, settings: JudgeSettings
) -> Detections:
    """Returns the detections of an SSD, which has chosen among them already."""
    only = next(iter(outputs.values()))
    if len(outputs) == 1 and only.shape[-1] == 7:
        rows = only.reshape(-1, 7)
        rows = rows[rows[:, 0] >= 0]  # the list ends with an image number of -1
        boxes, scores, labels = rows[:, 3:7], rows[:, 2], rows[:, 1]
    else:
        parts = apart(outputs, settings.outputs)
        boxes, scores, labels = parts["boxes"], parts["scores"], parts["labels"]
    if settings.boxes == "yxyx":
        boxes = boxes[:, [1, 0, 3, 2]]
    width, height = fit.size
    if boxes.size and float(np.abs(boxes).max()) <= 2:  # shares, not pixels
        boxes = boxes * np.array([width, height] * 2, np.float32)
    return known(fit.to_picture(boxes), scores, labels, settings)


def known(
    boxes: Array, scores: Array, labels: Array, settings: JudgeSettings
) -> Detections:
    """Returns the detections of classes that have a name."""
    kinds = np.asarray(labels).reshape(-1).astype(np.int64) - settings.first_class
    named = (kinds >= 0) & (kinds < len(settings.classes))
    return kept(boxes[named], np.asarray(scores, np.float32)[named], kinds[named], None)


def apart(outputs: Mapping[str, Array], names: tuple[str, ...]) -> dict[str, Array]:
    """Returns boxes [n, 4], scores [n], labels [n] and masks of outputs kept apart.

    They are told by `names`, else by their own names, else by shape and type.

    Raises:
        EvaluationError: They cannot be told.
    """
    if names:
        missing = [name for name in names if name not in outputs]
        if missing:
            raise EvaluationError(
                f"no output is named {missing[0]}; there are {', '.join(outputs)}"
            )
        found = {role: outputs[name] for role, name in zip(_ROLES, names, strict=False)}
    else:
        found = _by_name(outputs)
        told = {"boxes", "scores", "labels"} <= set(found)
        found = found if told else _by_shape(outputs)
    if not {"boxes", "scores", "labels"} <= set(found):
        shapes = ", ".join(f"{n} {list(a.shape)}" for n, a in outputs.items())
        raise EvaluationError(
            f"expected boxes, scores and labels, got {shapes}; name them: outputs = "
            "[boxes, scores, labels]"
        )
    flat = {role: found[role].reshape(-1) for role in ("scores", "labels")}
    boxes = found["boxes"].reshape(-1, 4)
    if len({len(boxes), *map(len, flat.values())}) > 1:
        raise EvaluationError(
            f"{len(boxes)} boxes, {len(flat['scores'])} scores and "
            f"{len(flat['labels'])} labels; name them: outputs = [boxes, scores, "
            "labels]"
        )
    return found | flat | {"boxes": boxes}


_ROLES = ("boxes", "scores", "labels", "masks")
_WORDS = (
    *(("boxes", "boxes"), ("scores", "scores"), ("masks", "masks")),
    *(("labels", "labels"), ("labels", "classes"), ("labels", "class_ids")),
)
_OTHERS = ("raw", "multiclass", "num")
"""Words in the names of what TensorFlow's detectors give besides."""


def _by_name(outputs: Mapping[str, Array]) -> dict[str, Array]:
    found: dict[str, Array] = {}
    for name, array in outputs.items():
        for role, word in _WORDS:
            if word in name and not any(other in name for other in _OTHERS):
                found.setdefault(role, array)
    return found


def _by_shape(outputs: Mapping[str, Array]) -> dict[str, Array]:
    found: dict[str, Array] = {}
    for array in outputs.values():
        if array.ndim == 4:
            found.setdefault("masks", array)
        elif array.ndim >= 2 and array.shape[-1] == 4:
            found.setdefault("boxes", array)
        elif array.dtype.kind in "iu":
            found.setdefault("labels", array)
        elif array.ndim <= 2:
            found.setdefault("scores" if "scores" not in found else "labels", array)
    return found


def detr(
    outputs: Mapping[str, Array], fit: Fitted, settings: JudgeSettings
) -> Detections:
    """Returns the detections of DETR, or of a successor without a class for nothing."""
    classes = len(settings.classes) + settings.first_class
    logits = next(
        (a for a in outputs.values() if a.shape[-1] in (classes, classes + 1)), None
    )
    boxes = next(
        (a for a in outputs.values() if a.shape[-1] == 4 and a is not logits), None
    )
    if logits is None or boxes is None:
        shapes = ", ".join(f"{n} {list(a.shape)}" for n, a in outputs.items())
        raise EvaluationError(
            f"expected logits [1, n, {classes} or {classes + 1}] and boxes [1, n, 4], "
            f"got {shapes}"
        )
    flat = logits.reshape(-1, logits.shape[-1]).astype(np.float32)
    if flat.shape[1] == classes + 1:
        shares = np.exp(flat - flat.max(axis=1, keepdims=True))
        scores = (shares / shares.sum(axis=1, keepdims=True))[:, :-1]
    else:
        scores = 1 / (1 + np.exp(-flat))
    pixels = _corners(boxes.reshape(-1, 4)) * np.array([*fit.size] * 2, np.float32)
    return _of_all_classes(
        fit.to_picture(pixels), scores[:, settings.first_class :], None
    )
