from pathlib import Path

import pytest

from evaluation.errors import EvaluationError
from evaluation.tasks.labels.pictures import (
    listed,
    matched,
    named_once,
    picture_root,
    pictures_below,
)


def put(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    return root


def test_pictures_are_named_by_their_path_and_masks_are_none(tmp_path: Path) -> None:
    root = put(
        tmp_path, "images/b10.jpg", "images/b9.jpg", "images/x/a.png", "masks/b9.png"
    )

    found, problems = pictures_below(root)

    assert list(found) == ["x/a", "b9", "b10"]
    assert problems == []
    assert picture_root(root) == root / "images"


def test_without_a_folder_for_pictures_folders_of_labels_are_left_out(
    tmp_path: Path,
) -> None:
    root = put(tmp_path, "a.png", "masks/a.png", "sub/labels/b.png", "sub/b.png")

    found, _ = pictures_below(root)

    assert list(found) == ["a", "sub/b"]


def test_of_two_files_of_one_name_the_later_is_taken_and_said_to_be(
    tmp_path: Path,
) -> None:
    paths = [tmp_path / "a.jpg", tmp_path / "a.png"]

    found, problems = named_once(tmp_path, paths)

    assert found == {"a": paths[1]}
    assert problems == [f"{paths[0]}: a.png has the same name, and is taken"]


def test_a_label_is_found_by_its_path_or_else_by_its_name_alone() -> None:
    labels = {
        "ulm/u1_gtFine_labelIds": 1,
        "bonn/b1_mask": 2,
        "x/same": 3,
        "y/same": 4,
        "nobody": 5,
    }

    found = matched(["ulm/u1_leftImg8bit", "b1", "x/same", "z/same"], labels)

    assert found.labels == {"ulm/u1_leftImg8bit": 1, "b1": 2, "x/same": 3}
    assert found.without_label == ["z/same"]  # two have this name
    assert found.without_picture == ["y/same", "nobody"]


def test_a_list_chooses_pictures_by_path_or_name(tmp_path: Path) -> None:
    pictures = {name: Path(name) for name in ("val/a", "val/b.1", "val/c")}
    (tmp_path / "list.txt").write_text("val/c.jpg\n\n a.png \nb.1\nd.jpg\n")

    chosen, problems = listed(pictures, tmp_path / "list.txt")

    assert list(chosen) == ["val/c", "val/a", "val/b.1"]
    assert problems == [f"{tmp_path}/list.txt names d.jpg: no such picture"]


def test_a_list_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_bytes(b"\xff\xfe")

    for name in ("list.txt", "none.txt"):
        with pytest.raises(EvaluationError, match=f"{name} is no readable list"):
            listed({}, tmp_path / name)
