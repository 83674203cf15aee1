"""Real pairs of rainy and clean pictures, in the folder forms of their authors.

- `pairs`: `input/NAME` and `target/NAME`; suffixes may differ.
- `Rain14000`: `rainy_image/N_K.jpg` and `ground_truth/N.jpg` (Fu et al., CVPR 2017).
- `Rain1800`: `norain-N.png`, and `rain-N.png` or `norain-Nx2.png`, in one folder or
  below it (Yang et al., CVPR 2017).
- `Rain800`: pictures whose left half is clean, the right rainy (Zhang et al.,
  arXiv:1701.05957).
- `Rain1200`: pictures whose left half is rainy, the right clean (Zhang and Patel,
  CVPR 2018).
- `Rain12`: `NNN_in.png` and `NNN_GT.png` (Li et al., CVPR 2016).
"""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from training.errors import TrainingError
from training.host_rng import host_generator
from training.pictures import TrainingFile, picture_files, read_picture

Pictures = Float[Tensor, "batch 3 height width"]


@dataclass(frozen=True, slots=True)
class Pair:
    """The files of one pair; both are the same file where it holds two halves."""

    rainy: Path
    clean: Path
    rainy_half: Literal["", "left", "right"] = ""


def _by_stem(folder: Path, stem_of_clean: Callable[[str], str]) -> list[Pair]:
    """Pairs of `input/` and `target/`-like folders, matched by their names."""
    rainy_folder, clean_folder = folder / "input", folder / "target"
    return _match(
        picture_files(rainy_folder), picture_files(clean_folder), stem_of_clean
    )


def _match(
    rainy: Sequence[Path], clean: Sequence[Path], stem_of_clean: Callable[[str], str]
) -> list[Pair]:
    by_stem = {path.stem: path for path in clean}
    pairs = []
    for path in rainy:
        stem = stem_of_clean(path.stem)
        if stem not in by_stem:
            raise TrainingError(
                f"{path} has no clean picture: expected one named {stem}.*."
            )
        pairs.append(Pair(path, by_stem[stem]))
    return pairs


def _plain_pairs(folder: Path) -> list[Pair]:
    return _by_stem(folder, lambda stem: stem)


def _rain14000(folder: Path) -> list[Pair]:
    rainy = picture_files(folder / "rainy_image")
    clean = picture_files(folder / "ground_truth")
    return _match(rainy, clean, lambda stem: stem.rpartition("_")[0])


def _rain1800(folder: Path) -> list[Pair]:
    files = picture_files(folder)
    clean = [path for path in files if re.fullmatch(r"norain-\d+", path.stem)]
    rainy = [path for path in files if path not in set(clean)]
    return _match(rainy, clean, _rain1800_clean)


def _rain1800_clean(stem: str) -> str:
    match = re.fullmatch(r"(?:no)?rain-(\d+)(?:x2)?", stem)
    return f"norain-{match[1]}" if match else stem


def _rain12(folder: Path) -> list[Pair]:
    files = picture_files(folder)
    rainy = [path for path in files if path.stem.lower().endswith("_in")]
    clean = [path for path in files if path.stem.lower().endswith("_gt")]
    ends = {path.stem[:-3]: path.stem for path in clean}
    return _match(rainy, clean, lambda stem: ends.get(stem[:-3], stem))


def _rain800(folder: Path) -> list[Pair]:
    return [Pair(path, path, "right") for path in picture_files(folder)]


def _rain1200(folder: Path) -> list[Pair]:
    return [Pair(path, path, "left") for path in picture_files(folder)]


FORMS: dict[str, Callable[[Path], list[Pair]]] = {
    "pairs": _plain_pairs,
    "Rain14000": _rain14000,
    "Rain1800": _rain1800,
    "Rain800": _rain800,
    "Rain1200": _rain1200,
    "Rain12": _rain12,
}


def open_pairs(text: str) -> list[Pair]:
    """Returns the pairs of `FORM:FOLDER`.

    Raises:
        TrainingError: The form is unknown, or the folder does not have it.
    """
    form, colon, folder = text.partition(":")
    if not colon or form not in FORMS:
        raise TrainingError(
            f"Expected pairs as FORM:FOLDER with FORM of {', '.join(FORMS)}; "
            f"got {text!r}."
        )
    pairs = FORMS[form](Path(folder))
    if not pairs:
        raise TrainingError(f"Expected pairs of {form} in {folder}; found none.")
    return pairs


def read_pair(pair: Pair) -> tuple[Tensor, Tensor]:
    """Returns (rainy, clean), RGB uint8 [3, height, width].

    Raises:
        TrainingError: A file cannot be decoded, or the two differ in size.
    """
    rainy = read_picture(pair.rainy)
    if pair.rainy_half:
        middle = rainy.shape[2] // 2
        if rainy.shape[2] % 2:
            raise TrainingError(
                f"{pair.rainy} should hold two halves; it is {rainy.shape[2]} wide."
            )
        left, right = rainy[:, :, :middle], rainy[:, :, middle:]
        return (left, right) if pair.rainy_half == "left" else (right, left)
    clean = read_picture(pair.clean)
    if rainy.shape != clean.shape:
        raise TrainingError(
            f"{pair.rainy} is {list(rainy.shape[1:])}, {pair.clean} is "
            f"{list(clean.shape[1:])} (height, width); a pair has one size."
        )
    return rainy, clean


class RealPairs:
    """Pairs on the training device; one thread draws crops from them.

    A bad pair - undecodable, or of two sizes - is left out and its error kept in
    `faults` for the run to print; a set whose halves lie the other way is refused.
    """

    def __init__(self, sets: Sequence[Sequence[Pair]], device: torch.device) -> None:
        self.files: list[TrainingFile] = []
        self.faults: list[str] = []
        self._pairs: list[tuple[Tensor, Tensor]] = []
        for pairs in sets:
            self._add(pairs, device)
        if not self._pairs:
            raise TrainingError(f"No pair can be used: {'; '.join(self.faults[:3])}")

    def _add(self, pairs: Sequence[Pair], device: torch.device) -> None:
        brighter = 0
        for pair in pairs:
            try:
                rainy, clean = read_pair(pair)
            except TrainingError as error:
                self.faults.append(str(error))
                continue
            brighter += int(rainy.float().mean() >= clean.float().mean())
            self._pairs.append((rainy.to(device), clean.to(device)))
            for path in {pair.rainy, pair.clean}:
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                self.files.append(TrainingFile(path.name, digest))
        if pairs[0].rainy_half and brighter < len(pairs) / 4:
            raise TrainingError(
                f"Rain adds light, but the half of {pairs[0].rainy} and most others "
                "that should be rainy is the darker: the halves lie the other way."
            )

    def crops(
        self, count: int, size: int, generator: torch.Generator
    ) -> tuple[Pictures, Pictures]:
        """Returns (rainy, clean) squares, mirrored at random, RGB in [0, 1].

        They are not turned: rain falls.

        Raises:
            TrainingError: No pair is large enough.
        """
        large = [p for p in self._pairs if min(p[0].shape[1:]) >= size]
        if not large:
            raise TrainingError(
                f"Expected pairs of at least {size} x {size} pixels to crop from."
            )
        draws = torch.rand((count, 4), generator=host_generator(generator))
        crops = [_crop(large, draw, size) for draw in draws.tolist()]
        rainy, clean = zip(*crops, strict=True)
        return torch.stack(rainy).float() / 255, torch.stack(clean).float() / 255


def _crop(
    pairs: Sequence[tuple[Tensor, Tensor]], draw: Sequence[float], size: int
) -> tuple[Tensor, Tensor]:
    rainy, clean = pairs[int(draw[0] * len(pairs))]
    top = int(draw[1] * (rainy.shape[1] - size + 1))
    left = int(draw[2] * (rainy.shape[2] - size + 1))
    place = (slice(None), slice(top, top + size), slice(left, left + size))
    if draw[3] < 0.5:
        return rainy[place].flip(2), clean[place].flip(2)
    return rainy[place], clean[place]
