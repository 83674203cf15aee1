"""The columns of the table: figures of a set, from what is known of each picture.

Each figure takes how often each picture counts, so that its interval comes of the same
arithmetic as its value.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation.tasks.figures.comparison import Figure
from evaluation.tasks.figures.confusion import (
    Counts,
    Segmentation,
    mean_known,
    segmentation,
)
from evaluation.tasks.figures.matching import (
    Darknet,
    Found,
    Matches,
    Truth,
    ap_curve,
    darknet,
    greedy,
)

Floats = NDArray[np.float64]
OVERLAP = 0.5
"""Intersection over union that a find must reach, beside the threshold of the score."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One column."""

    name: str
    title: str
    """The column's head."""
    definition: str
    """What it is, in one line for a person."""
    of: Callable[[Any], Figure] = field(repr=False)
    """Returns the figure of a row's pictures (`Stats`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectStats:
    """What detection counts in each picture of a row."""

    darknet: tuple[Darknet, ...]
    sure: tuple[Matches, ...]
    """Of the detections above the threshold."""
    all: tuple[Matches, ...]
    """Of every detection, for AP50."""
    classes: int

    @classmethod
    def of(
        cls, pictures: Sequence[tuple[Truth, Found]], classes: int, threshold: float
    ) -> "ObjectStats":
        """Counts in pictures, of which each has its objects and its detections."""
        return cls(
            darknet=tuple(darknet(t, f, threshold, OVERLAP) for t, f in pictures),
            sure=tuple(
                greedy(t, _above(f, threshold), classes, OVERLAP) for t, f in pictures
            ),
            all=tuple(greedy(t, f, classes, OVERLAP) for t, f in pictures),
            classes=classes,
        )


def _above(found: Found, threshold: float) -> Found:
    sure = found.scores > threshold
    return Found(
        boxes=found.boxes[sure], scores=found.scores[sure], classes=found.classes[sure]
    )


def _ratio(upper: Sequence[float], lower: Sequence[float]) -> Figure:
    """Returns the figure of a sum over another; NaN where the lower is 0."""
    above, below = np.array(upper, np.float64), np.array(lower, np.float64)

    def figure(weights: Floats) -> Floats:
        total = weights @ below
        share = weights @ above / np.where(total > 0, total, 1)
        return np.where(total > 0, share, math.nan)

    return figure


def _darknet_precision(stats: ObjectStats) -> Figure:
    own = stats.darknet
    return _ratio([d.correct for d in own], [d.proposals for d in own])


def _darknet_recall(stats: ObjectStats) -> Figure:
    own = stats.darknet
    return _ratio([d.correct for d in own], [d.objects for d in own])


def _darknet_iou(stats: ObjectStats) -> Figure:
    own = stats.darknet
    return _ratio([d.overlap for d in own], [d.objects for d in own])


def _precision(stats: ObjectStats) -> Figure:
    return _ratio(
        [m.hit.sum() for m in stats.sure], [(~m.ignored).sum() for m in stats.sure]
    )


def _recall(stats: ObjectStats) -> Figure:
    return _ratio(
        [m.hit.sum() for m in stats.sure], [m.objects.sum() for m in stats.sure]
    )


def _mean_iou(stats: ObjectStats) -> Figure:
    return _ratio(
        [m.overlap.sum() for m in stats.sure], [m.hit.sum() for m in stats.sure]
    )


def class_ap50(stats: ObjectStats, weights: Floats) -> Floats:
    """Returns AP50 of each class, [draws, classes]; NaN where it has no object."""
    kinds = range(stats.classes)
    return np.stack([ap_curve(stats.all, weights, kind) for kind in kinds], axis=1)


def _ap50(stats: ObjectStats) -> Figure:
    return lambda weights: mean_known(class_ap50(stats, weights))


def _of_pixels(name: str) -> Callable[[Sequence[Counts]], Figure]:
    def of(stats: Sequence[Counts]) -> Figure:
        table = np.stack(stats).astype(np.float64)

        def figure(weights: Floats) -> Floats:
            flat = weights @ table.reshape(len(table), -1)
            found: Segmentation = segmentation(flat.reshape(-1, *table.shape[1:]))
            return np.asarray(getattr(found, name))

        return figure

    return of


_DARKNET = (
    "as darknet's `detector recall` counts: any class, overlap above 0.5; likely the "
    "paper's, not proven"
)
_GREEDY = "classes agree, the surest first, each object once, overlap from 0.5"
SEGMENTATION: tuple[Metric, ...] = (
    Metric(
        name="miou",
        title="mIoU",
        definition="mean intersection over union of the classes, of the set's matrix",
        of=_of_pixels("miou"),
    ),
    Metric(
        name="mpa",
        title="mPA",
        definition="mean over the classes of the share of their pixels that is right",
        of=_of_pixels("mpa"),
    ),
    Metric(
        name="pa",
        title="PA",
        definition="share of all pixels that is right; void counts neither way",
        of=_of_pixels("pa"),
    ),
)
DETECTION: tuple[Metric, ...] = (
    Metric(
        name="ap50",
        title="AP50",
        definition="COCO's average precision at overlap 0.5, mean over the classes",
        of=_ap50,
    ),
    Metric(
        name="darknet-precision",
        title="P darknet",
        definition=f"precision {_DARKNET}",
        of=_darknet_precision,
    ),
    Metric(
        name="darknet-recall",
        title="R darknet",
        definition=f"recall {_DARKNET}",
        of=_darknet_recall,
    ),
    Metric(
        name="darknet-iou",
        title="IoU darknet",
        definition=f"mean best overlap of an object {_DARKNET}",
        of=_darknet_iou,
    ),
    Metric(
        name="greedy-precision",
        title="P greedy",
        definition=f"precision: {_GREEDY}",
        of=_precision,
    ),
    Metric(
        name="greedy-recall",
        title="R greedy",
        definition=f"recall: {_GREEDY}",
        of=_recall,
    ),
    Metric(
        name="greedy-iou",
        title="IoU greedy",
        definition=f"mean overlap of the finds: {_GREEDY}",
        of=_mean_iou,
    ),
)
METRICS: Mapping[str, tuple[Metric, ...]] = {
    "segmentation": SEGMENTATION,
    "detection": DETECTION,
}
