from pathlib import Path

from evaluation.sets import open_set
from tests.support.sets.folders import write_named


def test_photographs_have_no_truth(tmp_path: Path) -> None:
    write_named(tmp_path, "a.jpg", "b.png")

    found = open_set("Real200", str(tmp_path))

    assert not found.has_truth
    assert found.counted(2) == "2 of 200 pictures: NOT COMPLETE"


def test_dry_pictures_are_their_own_truth(tmp_path: Path) -> None:
    write_named(tmp_path, "a.jpg", "b.png")

    found = open_set("clean", str(tmp_path))

    assert found.has_truth
    assert all(sample.rainy == sample.truth for sample in found.samples)
