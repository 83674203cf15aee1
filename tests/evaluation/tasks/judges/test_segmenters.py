"""Classes of pixels, and masks, out of what segmenters give."""

from pathlib import Path

import numpy as np
import pytest

from evaluation.tasks.judges.judge import open_segmenter
from evaluation.tasks.judges.segmenters import mask_of, runs_of
from tests.support.networks.judged import (
    BOX,
    PICTURE,
    SIZE,
    found,
    rows_of,
    settings,
)
from tests.support.networks.tiny_judges import bright_judge, constant_judge


@pytest.mark.parametrize("small", [True, False])
def test_mask_rcnn_gives_masks_of_boxes_or_of_the_whole(
    tmp_path: Path, small: bool
) -> None:
    masks = np.zeros((1, 1, 28, 28) if small else (1, 1, 64, 64), np.float32)
    if small:
        masks[..., :14] = 1  # the left half of the box
    else:
        masks[..., 26:34, 12:22] = 1
    outputs = {
        "boxes": rows_of([12, 26, 32, 34]),
        "labels": np.array([2], np.int64),
        "scores": np.array([0.9], np.float32),
        "masks": masks,
    }

    got = found(tmp_path, "mask-rcnn", outputs, first_class=1)

    mask = mask_of(got.masks[0], 64, 32)
    assert got.boxes.tolist() == [pytest.approx(BOX, abs=1e-4)]
    assert mask[10:18, 12:22].mean() > 0.9
    assert mask.sum() == mask[10:18, 12:22].sum()


@pytest.mark.parametrize("runtime", ["openvino", "onnxruntime"])
def test_logits_are_brought_to_the_pictures_pixels(
    tmp_path: Path, runtime: str
) -> None:
    judge = bright_judge(tmp_path / "j.onnx")
    picture = np.full((30, 50, 3), 20, np.uint8)
    picture[:, 25:] = 220
    own = settings(
        judge,
        "semantic",
        size=None,
        multiple=8,
        fit="stretch",
        classes=("dark", "bright"),
        runtime=runtime,
    )

    got = open_segmenter(own)(picture)

    assert got.shape == (30, 50)
    assert (got[:, :24] == 0).all()
    assert (got[:, 26:] == 1).all()


def test_a_class_without_a_name_is_never_chosen(tmp_path: Path) -> None:
    judge = bright_judge(tmp_path / "j.onnx")
    own = settings(judge, "semantic", classes=("dark", ""), size=None, multiple=1)

    got = open_segmenter(own)(np.full((8, 8, 3), 255, np.uint8))

    assert (got == 0).all()


def test_ids_are_taken_as_they_are(tmp_path: Path) -> None:
    ids = np.zeros((1, 64, 64), np.int64)
    ids[:, 16:48, 32:] = 1
    judge = constant_judge(tmp_path / "j.onnx", {"ids": ids}, SIZE)

    got = open_segmenter(settings(judge, "semantic"))(PICTURE)

    assert got.shape == (32, 64)
    assert (got[:, 32:] == 1).all()
    assert (got[:, :32] == 0).all()


@pytest.mark.parametrize("seed", range(3))
def test_run_lengths_stand_for_their_mask(seed: int) -> None:
    mask = np.random.default_rng(seed).random((7, 5)) < 0.5
    mask[0, 0] = seed == 1

    runs = runs_of(mask)

    assert sum(runs) == 35
    assert (runs[0] == 0) == mask[0, 0]
    assert np.array_equal(mask_of(runs, 5, 7), mask)


def test_run_lengths_go_down_the_columns() -> None:
    mask = np.zeros((3, 2), bool)
    mask[1:, 0] = True

    assert runs_of(mask) == (1, 2, 3)
    assert runs_of(np.zeros((3, 2), bool)) == (6,)
    assert runs_of(np.ones((3, 2), bool)) == (0, 6)
