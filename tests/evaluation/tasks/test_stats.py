import numpy as np
import pytest

from evaluation.tasks.labelled_set import LabelledSample
from evaluation.tasks.labels.values import Instance, Objects
from evaluation.tasks.looking import ClassTable, Lists
from evaluation.tasks.stats import (
    Seeing,
    coco_pictures,
    confusions,
    instances_of,
    object_stats,
    outside,
)

CLASSES = ClassTable.of(("car", "person"), ("person", "car"))
CAR = Instance(label="car", box=(0, 0, 10, 10))
OUT = Instance(label="person", box=(50, 40, 80, 60))
TREE = Instance(label="tree", box=(0, 0, 5, 5))
SAMPLE = LabelledSample(
    name="p", dry=None, objects=Objects(instances=(CAR, OUT, TREE), size=(64, 48))
)
LISTS: Lists = {
    "size": [64, 48],
    "boxes": [0, 0, 10, 10, 20, 20, 30, 30],
    "scores": [0.9, 0.5],
    "classes": [0, 1],
}
SEEN = [Seeing(sample=SAMPLE, lists=LISTS)]


def test_objects_that_count_are_cut_to_the_picture_and_scaled_to_it() -> None:
    found = instances_of(SAMPLE, CLASSES, 128, 96)

    assert [(i.label, i.box) for i in found] == [
        ("car", (0, 0, 20, 20)),
        ("person", (100, 80, 128, 96)),
    ]
    assert instances_of(LabelledSample(name="q", dry=None), CLASSES, 9, 9) == []


def test_boxes_that_reach_out_are_named() -> None:
    assert outside(SAMPLE, 64, 48) == [
        "p: a box of person reaches out of the picture (50, 40, 80, 60 in 64x48)"
    ]


def test_finds_above_the_threshold_are_counted_in_both_ways() -> None:
    stats = object_stats(SEEN, CLASSES, 0.6)

    assert (stats.darknet[0].objects, stats.darknet[0].proposals) == (2, 1)
    assert stats.sure[0].hit.tolist() == [True]
    assert stats.all[0].hit.tolist() == [True, False]
    assert stats.all[0].objects.tolist() == [1, 1]


def test_matrices_have_a_column_more_than_rows() -> None:
    lists: Lists = {"confusion": [1, 2, 3, 4, 5, 6]}

    [matrix] = confusions([Seeing(sample=SAMPLE, lists=lists)], CLASSES)

    assert matrix.tolist() == [[1, 2, 3], [4, 5, 6]]


def test_cocos_program_gets_corners_and_sizes() -> None:
    [picture] = coco_pictures(SEEN, CLASSES, masks=False)

    assert (picture.width, picture.height) == (64, 48)
    assert picture.truth[0] == {
        "category_id": 0,
        "bbox": [0, 0, 10, 10],
        "iscrowd": 0,
    }
    assert picture.found[1] == {
        "category_id": 1,
        "bbox": [20, 20, 10, 10],
        "score": 0.5,
    }


def test_masks_are_run_lengths_of_each_find_and_boxes_where_nobody_drew_one() -> None:
    lists = {**LISTS, "mask_lengths": [3, 1], "mask_runs": [1, 2, 3069, 3072]}

    [picture] = coco_pictures([Seeing(sample=SAMPLE, lists=lists)], CLASSES, masks=True)

    assert [found["segmentation"] for found in picture.found] == [
        {"counts": [1, 2, 3069], "size": [48, 64]},
        {"counts": [3072], "size": [48, 64]},
    ]
    assert picture.truth[0]["segmentation"] == [[0, 0, 10, 0, 10, 10, 0, 10]]


def test_a_picture_without_objects_or_finds_has_empty_tables() -> None:
    lists: Lists = {"size": [9, 9], "boxes": [], "scores": [], "classes": []}
    sample = LabelledSample(name="q", dry=None)

    stats = object_stats([Seeing(sample=sample, lists=lists)], CLASSES, 0.6)

    assert (stats.darknet[0].objects, len(stats.all[0].hit)) == (0, 0)
    assert np.asarray(stats.all[0].objects).tolist() == pytest.approx([0, 0])
