from pathlib import Path

import numpy as np
import pytest

from evaluation.sets import open_set
from tests.support.sets.folders import write_named, write_pairs, write_picture
from tests.support.sets.golden_pairs import a_pair


def _names(root: Path, name: str) -> list[tuple[str, str]]:
    found = open_set(name, str(root)).samples
    return [
        (sample.rainy.path.name, sample.truth.path.name if sample.truth else "")
        for sample in found
    ]


def test_pairs_are_matched_by_name_and_ordered_by_number(tmp_path: Path) -> None:
    write_named(tmp_path / "input", "10.png", "2.png")
    write_named(tmp_path / "target", "2.jpg", "10.jpg")

    assert _names(tmp_path, "pairs") == [("2.png", "2.jpg"), ("10.png", "10.jpg")]


def test_a_lone_picture_is_named_and_its_set_not_complete(tmp_path: Path) -> None:
    write_pairs(tmp_path, 3)
    (tmp_path / "target" / "2.png").unlink()
    (tmp_path / "input" / "3.png").unlink()

    found = open_set("pairs", str(tmp_path))

    assert found.counted(len(found.samples)) == "1 of 3 pairs: NOT COMPLETE"
    assert "input/2.png: no truth" in found.problems[0]
    assert "target/3.png: no rainy picture" in found.problems[1]


def test_two_files_of_one_name_are_told_and_one_is_used(tmp_path: Path) -> None:
    write_pairs(tmp_path, 1)
    write_named(tmp_path / "input", "1.jpg")

    found = open_set("pairs", str(tmp_path))

    assert len(found.samples) == 1
    assert "same name" in found.problems[0]


def test_fourteen_rains_share_one_truth(tmp_path: Path) -> None:
    rains = [f"901_{rain}.jpg" for rain in range(1, 15)]
    write_named(tmp_path / "rainy_image", *rains)
    write_named(tmp_path / "ground_truth", "901.jpg")

    found = open_set("Test2800", str(tmp_path))

    assert len(found.samples) == 14
    assert not found.problems


@pytest.mark.parametrize(
    ("name", "folder", "expected", "rainy_is_left"),
    [("Test100", "test_syn", 100, False), ("Test1200", "DID-MDN-test", 1200, True)],
)
def test_pictures_side_by_side_are_cut(
    tmp_path: Path, name: str, folder: str, expected: int, *, rainy_is_left: bool
) -> None:
    rainy, clean = a_pair(24, 32, seed=1)
    both = (rainy, clean) if rainy_is_left else (clean, rainy)
    write_picture(tmp_path / folder / "1.png", np.hstack(both))

    found = open_set(name, str(tmp_path))

    sample = found.samples[0]
    assert found.expected == expected
    assert sample.truth is not None
    assert np.array_equal(sample.rainy.read(), rainy)
    assert np.array_equal(sample.truth.read(), clean)
