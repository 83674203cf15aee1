"""Average precision over all overlaps, of boxes and of masks: COCO's own figure.

Computed by `faster-coco-eval` (Apache-2.0), an extra, which gives what pycocotools
gives; without it AP is not computed and says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from evaluation.tasks.figures.confusion import mean_known

PLEA = "needs pip install 'derain[tasks]' (faster-coco-eval)"


@dataclass(frozen=True, slots=True, kw_only=True)
class AveragePrecision:
    """Shares of 1; NaN where there is no object."""

    ap: float
    """Mean over overlaps 0.50 to 0.95."""
    ap50: float
    class_ap: tuple[float, ...]
    class_ap50: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CocoPicture:
    """One picture, as COCO's program takes it."""

    width: int
    height: int
    truth: Sequence[Mapping[str, Any]]
    """`category_id` from 0, `bbox` [left, top, width, height], `iscrowd`, and
    `segmentation` for masks."""
    found: Sequence[Mapping[str, Any]]
    """The same with `score`."""


def is_there() -> bool:
    """Says whether the extra is installed."""
    try:
        import faster_coco_eval  # noqa: F401
    except ImportError:
        return False
    return True


def average_precision(
    pictures: Sequence[CocoPicture], classes: int, *, masks: bool = False
) -> AveragePrecision:
    """Returns the figures of a set of pictures.

    Raises:
        ImportError: The extra is not installed.
    """
    from faster_coco_eval import COCO, COCOeval_faster

    truth = COCO(_dataset(pictures, classes))
    found = [
        {"image_id": number, **entry, "category_id": entry["category_id"] + 1}
        for number, picture in enumerate(pictures, 1)
        for entry in picture.found
    ]
    if not found:
        return _nothing(pictures, classes)
    kind = "segm" if masks else "bbox"
    run = COCOeval_faster(truth, truth.loadRes(found), iouType=kind)
    run.evaluate()
    run.accumulate()
    # [overlaps, recalls, classes, areas, limits]; all areas, 100 detections.
    precision = np.asarray(run.eval["precision"])[:, :, :, 0, -1]
    precision = np.where(precision < 0, np.nan, precision)
    whole = mean_known(precision.mean(axis=1).T)
    half = precision[0].mean(axis=0)
    return AveragePrecision(
        ap=float(mean_known(whole)),
        ap50=float(mean_known(half)),
        class_ap=tuple(whole.tolist()),
        class_ap50=tuple(half.tolist()),
    )


def _nothing(pictures: Sequence[CocoPicture], classes: int) -> AveragePrecision:
    """A judge that finds nothing at all has 0 wherever there are objects."""
    there = {e["category_id"] for p in pictures for e in p.truth if not e["iscrowd"]}
    each = tuple(0.0 if kind in there else float("nan") for kind in range(classes))
    mean = 0.0 if there else float("nan")
    return AveragePrecision(ap=mean, ap50=mean, class_ap=each, class_ap50=each)


def _of_size(entry: Mapping[str, Any], width: int, height: int) -> dict[str, Any]:
    """Returns an entry whose run lengths are of the picture's size."""
    outline = entry.get("segmentation")
    if not isinstance(outline, Mapping) or outline["size"] == [height, width]:
        return dict(entry)
    from faster_coco_eval.core import mask as coding

    counts = outline["counts"]
    packed = dict(outline)
    if isinstance(counts, list):
        packed = coding.frPyObjects(packed, *outline["size"])
    elif isinstance(counts, str):
        packed["counts"] = counts.encode()
    plane = cv2.resize(
        coding.decode(packed), (width, height), interpolation=cv2.INTER_NEAREST
    )
    return {**entry, "segmentation": coding.encode(np.asfortranarray(plane))}


def _dataset(pictures: Sequence[CocoPicture], classes: int) -> dict[str, Any]:
    truth = [
        {
            "image_id": number,
            **_of_size(entry, picture.width, picture.height),
            "category_id": entry["category_id"] + 1,
            "area": entry["bbox"][2] * entry["bbox"][3],
        }
        for number, picture in enumerate(pictures, 1)
        for entry in picture.truth
    ]
    return {
        "info": {},
        "images": [
            {"id": number, "width": picture.width, "height": picture.height}
            for number, picture in enumerate(pictures, 1)
        ],
        "annotations": [{"id": i, **entry} for i, entry in enumerate(truth, 1)],
        "categories": [{"id": k + 1, "name": str(k)} for k in range(classes)],
    }
