import contextlib
import io
from typing import Any

import numpy as np
import pytest
from pycocotools import mask as coding

from evaluation.tasks.figures.coco_ap import CocoPicture, average_precision
from evaluation.tasks.figures.comparison import weights_of
from evaluation.tasks.figures.matching import Found, Truth
from evaluation.tasks.figures.metric import DETECTION, ObjectStats
from evaluation.tasks.judges.segmenters import runs_of

_CLASSES, _SIZE = 4, 120


def _boxes(rng: np.random.Generator, count: int) -> np.ndarray:
    corner = rng.uniform(0, 80, (count, 2))
    return np.concatenate([corner, corner + rng.uniform(8, 40, (count, 2))], axis=1)


def _pictures(seed: int, count: int = 12) -> list[tuple[Truth, Found]]:
    """Random objects, some of them crowds, and detections near most of them."""
    rng = np.random.default_rng(seed)
    pictures = []
    for _ in range(count):
        objects = _boxes(rng, int(rng.integers(0, 8)))
        kinds = rng.integers(0, _CLASSES - 1, len(objects))
        near = objects + rng.normal(0, 4, objects.shape)
        near[:, 2:] = np.maximum(near[:, 2:], near[:, :2] + 1)
        extra = _boxes(rng, 4)
        boxes = np.concatenate([near, extra])
        said = np.concatenate([kinds, rng.integers(0, _CLASSES, 4)])
        scores = np.round(rng.uniform(0.05, 1, len(boxes)), 6)
        order = np.argsort(-scores)
        pictures.append(
            (
                Truth(
                    boxes=objects,
                    classes=kinds.astype(np.int64),
                    ignore=rng.random(len(objects)) < 0.15,
                ),
                Found(
                    boxes=boxes[order],
                    scores=scores[order],
                    classes=said[order].astype(np.int64),
                ),
            )
        )
    return pictures


def _entry(box: Any, kind: Any, **more: Any) -> dict[str, Any]:
    left, top, right, bottom = map(float, box)
    own = {"category_id": int(kind), "bbox": [left, top, right - left, bottom - top]}
    return {**own, **more}


def _coco(pictures: list[tuple[Truth, Found]], *, masks: bool) -> list[CocoPicture]:
    def shape(box: Any) -> dict[str, Any]:
        if not masks:
            return {}
        left, top, right, bottom = (round(float(side)) for side in box)
        mask = np.zeros((_SIZE, _SIZE), bool)
        mask[max(top, 0) : max(bottom, 1), max(left, 0) : max(right, 1)] = True
        return {"segmentation": {"counts": list(runs_of(mask)), "size": [_SIZE, _SIZE]}}

    return [
        CocoPicture(
            width=_SIZE,
            height=_SIZE,
            truth=[
                _entry(b, k, iscrowd=int(i), **shape(b))
                for b, k, i in zip(t.boxes, t.classes, t.ignore, strict=True)
            ],
            found=[
                _entry(b, k, score=float(s), **shape(b))
                for b, k, s in zip(f.boxes, f.classes, f.scores, strict=True)
            ],
        )
        for t, f in pictures
    ]


def _by_pycocotools(pictures: list[CocoPicture], kind: str) -> tuple[float, float]:
    from pycocotools import mask as rle
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    def packed(entry: dict[str, Any]) -> dict[str, Any]:
        if "segmentation" not in entry:
            return entry
        own = rle.frPyObjects(entry["segmentation"], _SIZE, _SIZE)
        return {**entry, "segmentation": own}

    truth, found = COCO(), []
    truth.dataset = {
        "info": {},
        "images": [
            {"id": n, "width": _SIZE, "height": _SIZE} for n in range(len(pictures))
        ],
        "categories": [{"id": k, "name": str(k)} for k in range(_CLASSES)],
        "annotations": [],
    }
    for number, picture in enumerate(pictures):
        for entry in picture.truth:
            area = entry["bbox"][2] * entry["bbox"][3]
            own = {"image_id": number, "area": area, **packed(dict(entry))}
            own["id"] = len(truth.dataset["annotations"]) + 1
            truth.dataset["annotations"].append(own)
        found += [{"image_id": number, **packed(dict(e))} for e in picture.found]
    with contextlib.redirect_stdout(io.StringIO()):
        truth.createIndex()
        run = COCOeval(truth, truth.loadRes(found), kind)
        run.evaluate()
        run.accumulate()
        run.summarize()
    return float(run.stats[0]), float(run.stats[1])


@pytest.mark.parametrize("masks", [False, True])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_it_gives_what_pycocotools_gives(seed: int, masks: bool) -> None:
    pictures = _coco(_pictures(seed), masks=masks)

    got = average_precision(pictures, _CLASSES, masks=masks)

    ap, ap50 = _by_pycocotools(pictures, "segm" if masks else "bbox")
    assert got.ap == pytest.approx(ap, abs=1e-9)
    assert got.ap50 == pytest.approx(ap50, abs=1e-9)
    assert np.isnan(got.class_ap[_CLASSES - 1])  # of which there is no object


@pytest.mark.parametrize("seed", [0, 1, 2, 3])
def test_the_own_ap50_whose_interval_is_drawn_is_the_same_figure(seed: int) -> None:
    pictures = _pictures(seed)
    ap50 = next(metric for metric in DETECTION if metric.name == "ap50")

    own = ap50.of(ObjectStats.of(pictures, _CLASSES, 0.6))(np.ones((1, 12)))

    theirs = average_precision(_coco(pictures, masks=False), _CLASSES)
    assert float(own[0]) == pytest.approx(theirs.ap50, abs=1e-9)


def test_a_drawn_set_has_the_figure_of_a_set_that_holds_the_pictures_so_often() -> None:
    pictures = _pictures(5)
    ap50 = next(metric for metric in DETECTION if metric.name == "ap50")
    weights = weights_of(12, draws=1)

    drawn = ap50.of(ObjectStats.of(pictures, _CLASSES, 0.6))(weights)

    often = [pictures[i] for i, n in enumerate(weights[0]) for _ in range(int(n))]
    whole = average_precision(_coco(often, masks=False), _CLASSES)
    assert float(drawn[0]) == pytest.approx(whole.ap50, abs=1e-2)


@pytest.mark.parametrize("packed", [True, False])
def test_run_lengths_of_another_size_are_brought_to_the_picture(packed: bool) -> None:
    # Labels made on pictures of twice the size: a square of 8x8 at 4, 2.
    large = np.zeros((40, 60), bool)
    large[4:20, 8:24] = True
    small = np.zeros((20, 30), bool)
    small[2:10, 4:12] = True
    outline: dict[str, Any] = {"counts": list(runs_of(large)), "size": [40, 60]}
    if packed:
        outline = coding.frPyObjects(outline, 40, 60)
        outline["counts"] = outline["counts"].decode()
    entry = {"category_id": 0, "bbox": [4, 2, 8, 8]}
    own = {"counts": list(runs_of(small)), "size": [20, 30]}
    picture = CocoPicture(
        width=30,
        height=20,
        truth=[{**entry, "iscrowd": 0, "segmentation": outline}],
        found=[{**entry, "score": 0.9, "segmentation": own}],
    )

    assert average_precision([picture], 1, masks=True).ap == pytest.approx(1)


def test_a_judge_that_finds_nothing_has_0() -> None:
    picture = CocoPicture(
        width=9, height=9, truth=[_entry([0, 0, 5, 5], 1, iscrowd=0)], found=[]
    )

    got = average_precision([picture], 2)

    assert (got.ap, got.ap50) == (0, 0)
    assert np.isnan(got.class_ap[0])
