"""A judge: looks at a picture, and says which objects or which classes it sees."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from evaluation.errors import EvaluationError
from evaluation.metrics.luma import RgbArray
from evaluation.tasks.judges import heads, segmenters
from evaluation.tasks.judges.detections import Detections
from evaluation.tasks.judges.engine import open_engine
from evaluation.tasks.judges.geometry import Fitted, fitted
from evaluation.tasks.judges.segmenters import ClassIds
from evaluation.tasks.judges.settings import JudgeSettings

_Outputs = Mapping[str, NDArray[Any]]
_Head = Callable[[_Outputs, Fitted, JudgeSettings], Detections]
_HEADS: Mapping[str, _Head] = {
    "yolo": heads.yolo,
    "yolo-chosen": heads.yolo_chosen,
    "darknet": heads.yolo,
    "yolox": heads.yolox,
    "ssd": heads.ssd,
    "detr": heads.detr,
    "mask-rcnn": segmenters.mask_rcnn,
}


class Detector(Protocol):
    """Finds objects."""

    def __call__(self, picture: RgbArray) -> Detections:
        """Returns what is in a picture, uint8 RGB [height, width, 3]."""


class Segmenter(Protocol):
    """Gives each pixel a class."""

    def __call__(self, picture: RgbArray) -> ClassIds:
        """Returns places in the judge's list of names, [height, width]."""


def open_detector(settings: JudgeSettings) -> Detector:
    """Opens a judge that finds objects.

    Raises:
        EvaluationError: It cannot be opened, or is of another kind.
    """
    if settings.kind not in _HEADS:
        known = ", ".join(_HEADS)
        raise EvaluationError(
            f"Detection needs a judge of kind {known}; got {settings.kind}."
        )
    settings, network = _opened(settings)
    head = _HEADS[settings.kind]

    def detect(picture: RgbArray) -> Detections:
        fit = fitted(picture, settings)
        return head(network(fit.values), fit, settings)

    return detect


def open_segmenter(settings: JudgeSettings) -> Segmenter:
    """Opens a judge that gives each pixel a class.

    Raises:
        EvaluationError: It cannot be opened, or is of another kind.
    """
    if settings.kind != "semantic":
        raise EvaluationError(
            f"Segmentation needs a judge of kind semantic; got {settings.kind}."
        )
    settings, network = _opened(settings)

    def segment(picture: RgbArray) -> ClassIds:
        fit = fitted(picture, settings)
        return segmenters.semantic(network(fit.values), fit, settings)

    return segment


def _opened(
    settings: JudgeSettings,
) -> tuple[JudgeSettings, Callable[[NDArray[np.float32]], _Outputs]]:
    if settings.kind != "darknet":
        return settings, open_engine(settings.file, settings.runtime)
    # torch takes seconds to import: not for judges that do without it.
    from evaluation.tasks.judges.darknet import DarknetDetector

    if settings.weights is None:
        raise EvaluationError(f"{settings.file} needs weights = FILE.")
    network = DarknetDetector(settings.file, settings.weights)
    size = settings.size or network.size
    # Darknet takes RGB from 0 to 1, as its own programs do.
    sized = replace(settings, size=size, std=(255.0, 255.0, 255.0))
    return sized, lambda values: {"boxes": network(values)}
