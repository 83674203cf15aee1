import hashlib
from pathlib import Path

import pytest
import torch

from training import TrainingError
from training.data.pictures import CleanPictures

CPU = torch.device("cpu")


def seeded() -> torch.Generator:
    return torch.Generator().manual_seed(3)


def test_crops_are_squares_in_range_and_repeat_with_the_seed(
    clean_folder: Path,
) -> None:
    pictures = CleanPictures([clean_folder], CPU)

    crops = pictures.crops(5, 32, seeded())

    assert crops.shape == (5, 3, 32, 32)
    assert 0 <= crops.min() <= crops.max() <= 1
    assert torch.equal(crops, pictures.crops(5, 32, seeded()))


def test_every_training_file_is_listed_with_its_hash(clean_folder: Path) -> None:
    files = CleanPictures([clean_folder], CPU).files

    assert [file.name for file in files] == ["0.png", "1.png", "2.png"]
    content = (clean_folder / "0.png").read_bytes()
    assert files[0].sha256 == hashlib.sha256(content).hexdigest()


def test_a_file_that_is_no_picture_is_named(clean_folder: Path) -> None:
    (clean_folder / "bad.jpg").write_bytes(b"no picture")

    with pytest.raises(TrainingError, match=r"bad\.jpg cannot be read"):
        CleanPictures([clean_folder], CPU)


def test_crops_larger_than_every_picture_are_refused(clean_folder: Path) -> None:
    pictures = CleanPictures([clean_folder], CPU)

    with pytest.raises(TrainingError, match="at least 128 x 128 pixels"):
        pictures.crops(1, 128, seeded())


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="Expected pictures"):
        CleanPictures([tmp_path], CPU)
