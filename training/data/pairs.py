"""Crops of real pairs of rainy and clean pictures, kept on the training device.

How the pairs of each set lie in their folders, `evaluation.sets` knows.
"""

from collections.abc import Sequence
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor

from evaluation import EvaluationError
from evaluation.sets import TRAINING_SETS, Sample, TestSet
from training.data.pictures import TrainingFile, sha256_of
from training.device.squares import PictureStore, Square
from training.errors import TrainingError
from training.rain.sampling import host_generator

Pictures = Float[Tensor, "batch 3 height width"]


def open_pairs(text: str) -> TestSet:
    """Returns the pairs of `FORM:FOLDER`.

    Raises:
        TrainingError: The form is unknown, or the folder does not have it.
    """
    form, colon, folder = text.partition(":")
    if not colon or form not in TRAINING_SETS:
        raise TrainingError(
            f"Expected pairs as FORM:FOLDER with FORM of {', '.join(TRAINING_SETS)}; "
            f"got {text!r}."
        )
    try:
        return TRAINING_SETS[form].open(Path(folder))
    except EvaluationError as error:
        raise TrainingError(str(error)) from error


class RealPairs:
    """Pairs on the training device; one thread draws crops from them.

    A bad pair - undecodable, or of two sizes - and a picture without its partner are
    left out and named in `errors`, for the run to print; a set whose halves lie the
    other way is refused.

    Args:
        sets: As `open_pairs` returns them.
        device: Where the pairs are kept.
        augment: `mirror`, `batch` or `none`, as the settings say.

    Raises:
        TrainingError: No pair can be used, or the halves lie the other way.
    """

    def __init__(
        self,
        sets: Sequence[TestSet],
        device: torch.device,
        *,
        augment: str = "mirror",
    ) -> None:
        self._augment = augment
        self.files: list[TrainingFile] = []
        self.errors: list[str] = []
        rainy: list[Tensor] = []
        clean: list[Tensor] = []
        for pairs in sets:
            self.errors += pairs.problems
            self._add(pairs.samples, rainy, clean)
        if not rainy:
            raise TrainingError(f"No pair can be used: {'; '.join(self.errors[:3])}")
        self._rainy = PictureStore(rainy, device)
        self._clean = PictureStore(clean, device)

    def _add(
        self, samples: Sequence[Sample], rainy: list[Tensor], clean: list[Tensor]
    ) -> None:
        brighter = 0
        for sample in samples:
            try:
                before, after = _read(sample)
            except EvaluationError as error:
                self.errors.append(str(error))
                continue
            brighter += int(before.float().mean() >= after.float().mean())
            rainy.append(before)
            clean.append(after)
            self.files += _files(sample)
        if samples[0].rainy.half and brighter < len(samples) / 4:
            raise TrainingError(
                f"Rain adds light, but the half of {samples[0].rainy.path} and most "
                "others that should be rainy is the darker: the halves lie the other "
                "way."
            )

    def __len__(self) -> int:
        """How many pairs there are."""
        return len(self._rainy.sizes)

    def places(self, size: int) -> int:
        """Returns how many squares of that size lie side by side in all pairs."""
        sizes = self._rainy.sizes
        return sum((height // size) * (width // size) for height, width in sizes)

    def crops(
        self, count: int, size: int, generator: torch.Generator
    ) -> tuple[Pictures, Pictures]:
        """Returns (rainy, clean) squares, RGB in [0, 1].

        Mirrored at random by default, and not turned: rain falls.

        Raises:
            TrainingError: No pair is large enough.
        """
        sizes = enumerate(self._rainy.sizes)
        large = [number for number, shape in sizes if min(shape) >= size]
        if not large:
            raise TrainingError(
                f"Expected pairs of at least {size} x {size} pixels to crop from."
            )
        draws = torch.rand((count, 4), generator=host_generator(generator))
        mirror = self._augment == "mirror"
        squares = [
            self._square(large, draw, size, mirror=mirror) for draw in draws.tolist()
        ]
        rainy, clean = (
            store.cut(squares, size).float() / 255
            for store in (self._rainy, self._clean)
        )
        if self._augment == "batch":
            place = int(draws[0, 3] * 8)
            return _turned(rainy, place), _turned(clean, place)
        return rainy, clean

    def _square(
        self, large: Sequence[int], draw: Sequence[float], size: int, *, mirror: bool
    ) -> Square:
        number = large[int(draw[0] * len(large))]
        height, width = self._rainy.sizes[number]
        return Square(
            picture=number,
            top=int(draw[1] * (height - size + 1)),
            left=int(draw[2] * (width - size + 1)),
            mirrored=mirror and draw[3] < 0.5,
        )


def _turned(crops: Pictures, place: int) -> Pictures:
    """One of the eight ways a square lies: four quarter turns, each mirrored or not."""
    turned = torch.rot90(crops, place % 4, (2, 3))
    return turned.flip(3) if place >= 4 else turned


def _read(sample: Sample) -> tuple[Tensor, Tensor]:
    """Returns (rainy, clean), RGB uint8 [3, height, width]."""
    if sample.truth is None:
        raise EvaluationError(f"{sample.rainy.path} has no clean picture.")
    rainy, clean = (
        torch.from_numpy(file.read()).permute(2, 0, 1).contiguous()
        for file in (sample.rainy, sample.truth)
    )
    if rainy.shape != clean.shape:
        raise EvaluationError(
            f"{sample.rainy.path} is {list(rainy.shape[1:])}, {sample.truth.path} is "
            f"{list(clean.shape[1:])} (height, width); a pair has one size."
        )
    return rainy, clean


def _files(sample: Sample) -> list[TrainingFile]:
    paths = dict.fromkeys(file.path for file in (sample.rainy, sample.truth) if file)
    return [TrainingFile(path.name, sha256_of(path)) for path in paths]
