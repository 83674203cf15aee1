from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from evaluation.sets import TRAINING_SETS, TestSet
from training import TrainingError
from training.data.pairs import RealPairs, open_pairs

CPU = torch.device("cpu")
CLEAN = np.full((40, 48, 3), 60, np.uint8)
RAINY = np.full((40, 48, 3), 90, np.uint8)


def write(path: Path, picture: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), picture)


def make(form: str, root: Path) -> None:
    """A set of two pairs in the authors' form."""
    for n in (1, 2):
        if form == "pairs":
            write(root / f"input/{n}.png", RAINY)
            write(root / f"target/{n}.bmp", CLEAN)
        elif form == "Rain14000":
            write(root / f"rainy_image/{n}_5.png", RAINY)
            write(root / f"ground_truth/{n}.png", CLEAN)
        elif form == "Rain1800":
            write(root / f"rain/rain-{n}.png", RAINY)
            write(root / f"norain-{n}.png", CLEAN)
        elif form == "Rain800":
            write(root / f"{n}.png", np.hstack([CLEAN, RAINY]))
        elif form == "Rain1200":
            write(root / f"{n}.png", np.hstack([RAINY, CLEAN]))
        elif form == "Rain12":
            write(root / f"00{n}_in.png", RAINY)
            write(root / f"00{n}_GT.png", CLEAN)


@pytest.mark.parametrize("form", sorted(TRAINING_SETS))
def test_every_form_gives_rainy_and_clean_the_right_way_round(
    form: str, tmp_path: Path
) -> None:
    make(form, tmp_path)

    pairs = RealPairs([open_pairs(f"{form}:{tmp_path}")], CPU)
    rainy, clean = pairs.crops(4, 16, torch.Generator().manual_seed(0))

    assert rainy.shape == clean.shape == (4, 3, 16, 16)
    assert torch.all(rainy == 90 / 255)
    assert torch.all(clean == 60 / 255)


def test_halves_that_lie_the_other_way_are_refused(tmp_path: Path) -> None:
    make("Rain1200", tmp_path)

    with pytest.raises(TrainingError, match="the halves lie the other way"):
        RealPairs([open_pairs(f"Rain800:{tmp_path}")], CPU)


def test_bad_pairs_are_left_out_and_named(tmp_path: Path) -> None:
    make("pairs", tmp_path)
    write(tmp_path / "input/wide.png", RAINY[:, :40])
    write(tmp_path / "target/wide.png", CLEAN)
    (tmp_path / "input/broken.png").write_bytes(b"no picture")
    write(tmp_path / "target/broken.png", CLEAN)

    pairs = RealPairs([open_pairs(f"pairs:{tmp_path}")], CPU)

    assert len(pairs.files) == 4
    errors = "\n".join(pairs.errors)
    assert "wide.png is [40, 40]" in errors
    assert "broken.png cannot be read as a picture" in errors


def test_a_rainy_picture_without_its_clean_one_is_left_out_and_named(
    tmp_path: Path,
) -> None:
    make("pairs", tmp_path)
    write(tmp_path / "input/lonely.png", RAINY)

    pairs = RealPairs([open_pairs(f"pairs:{tmp_path}")], CPU)

    assert len(pairs.files) == 4
    assert "lonely.png: no truth of that name" in pairs.errors[0]


def test_rain1800_may_lie_in_one_folder(tmp_path: Path) -> None:
    for n in (1, 2):
        write(tmp_path / f"norain-{n}x2.png", RAINY)
        write(tmp_path / f"norain-{n}.png", CLEAN)

    pairs = open_pairs(f"Rain1800:{tmp_path}")

    names = [(s.rainy.path.name, s.truth.path.name) for s in pairs.samples if s.truth]
    assert names == [
        ("norain-1x2.png", "norain-1.png"),
        ("norain-2x2.png", "norain-2.png"),
    ]


@pytest.mark.parametrize("text", ["somewhere", "Rain999:x"])
def test_an_unknown_form_is_answered_with_those_known(text: str) -> None:
    with pytest.raises(TrainingError, match="FORM of pairs, Rain14000"):
        open_pairs(text)


def _one_pair(root: Path, side: int) -> tuple[np.ndarray, TestSet]:
    rng = np.random.default_rng(0)
    picture = rng.integers(0, 200, (side, side, 3)).astype(np.uint8)
    write(root / "target/1.png", picture)
    write(root / "input/1.png", picture + 20)
    return picture[..., ::-1], open_pairs(f"pairs:{root}")


def _drawn(pairs: RealPairs, seed: int) -> np.ndarray:
    generator = torch.Generator().manual_seed(seed)
    clean = pairs.crops(4, 16, generator)[1]
    return (clean * 255).round().permute(0, 2, 3, 1).numpy().astype(np.uint8)


def test_a_whole_batch_is_turned_alike_when_asked(tmp_path: Path) -> None:
    picture, found = _one_pair(tmp_path, 16)
    turns = [np.rot90(picture, n) for n in range(4)]
    ways = [way.tobytes() for turn in turns for way in (turn, turn[:, ::-1])]

    pairs = RealPairs([found], CPU, augment="batch")
    seen = [[crop.tobytes() for crop in _drawn(pairs, seed)] for seed in range(8)]

    assert all(len(set(batch)) == 1 and batch[0] in ways for batch in seen)
    assert len({batch[0] for batch in seen}) > 3


def test_crops_are_left_as_they_are_when_asked(tmp_path: Path) -> None:
    picture, found = _one_pair(tmp_path, 16)

    pairs = RealPairs([found], CPU, augment="none")

    assert all(np.array_equal(crop, picture) for crop in _drawn(pairs, 0))


def test_the_crops_of_an_epoch_lie_side_by_side(tmp_path: Path) -> None:
    pairs = RealPairs([_one_pair(tmp_path, 40)[1]], CPU)

    assert (len(pairs), pairs.places(16), pairs.places(40)) == (1, 4, 1)
