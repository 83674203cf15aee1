"""Draws what a judge sees into a picture: boxes with names, or a colour a class."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from evaluation.metrics.luma import RgbArray
from evaluation.tasks.judges.detections import Detections

_SHARE = 0.45
"""Of the class's colour in a pixel."""
_FONT = cv2.FONT_HERSHEY_SIMPLEX


def colour_of(place: int) -> tuple[int, int, int]:
    """Returns a colour for a class, RGB; neighbours in a list differ clearly."""
    hue = (place * 0.61803399) % 1
    value = 255 if place % 2 == 0 else 190
    hsv = np.array([[[round(hue * 179), 190, value]]], np.uint8)
    red, green, blue = cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)[0, 0].tolist()
    return red, green, blue


def with_boxes(
    picture: RgbArray, found: Detections, names: Sequence[str], least: float
) -> RgbArray:
    """Returns the picture with the boxes whose score is above `least`."""
    drawn = np.ascontiguousarray(picture).copy()
    height = picture.shape[0]
    scale, thick = max(height / 900, 0.4), max(round(height / 300), 1)
    for box, score, kind in zip(found.boxes, found.scores, found.classes, strict=True):
        if score <= least:
            continue
        colour = colour_of(int(kind))
        left, top, right, bottom = (round(float(side)) for side in box)
        cv2.rectangle(drawn, (left, top), (right, bottom), colour, thick)
        text = f"{names[int(kind)]} {score:.2f}"
        (width, tall), _ = cv2.getTextSize(text, _FONT, scale, 1)
        low = max(top, tall + 4)
        cv2.rectangle(
            drawn, (left, low - tall - 4), (left + width + 2, low), colour, -1
        )
        cv2.putText(
            drawn, text, (left + 1, low - 3), _FONT, scale, (0, 0, 0), 1, cv2.LINE_AA
        )
    return drawn


def with_classes(picture: RgbArray, ids: NDArray[np.uint8], classes: int) -> RgbArray:
    """Returns the picture with a colour laid over each class; others stay grey."""
    colours = np.full((256, 3), 128, np.float32)
    colours[:classes] = [colour_of(place) for place in range(classes)]
    mixed = (1 - _SHARE) * picture + _SHARE * colours[ids]
    return np.asarray(mixed.round().clip(0, 255), np.uint8)
