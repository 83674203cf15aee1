"""What a step learns from: made rain and real pairs, in their shares."""

from pathlib import Path

import pytest
import torch

from training.data.batches import Batches, Pictures
from training.data.pictures import CleanPictures
from training.progress.schedule import Phase
from training.rain.pool import RainPool

PHASE = Phase(start=0.0, size=16, batch=4)
CPU = torch.device("cpu")


class Levels:
    """Pairs that are known again by their levels: 0.75 in rain, 0.25 clean."""

    def crops(
        self, count: int, size: int, generator: torch.Generator
    ) -> tuple[Pictures, Pictures]:
        shape = (count, 3, size, size)
        return torch.full(shape, 0.75), torch.full(shape, 0.25)


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def made(folder: Path, **options: object) -> Batches:
    """Batches that can make rain, on pictures of a folder."""
    generator = seeded()
    return Batches(
        generator,
        clean=CleanPictures([folder], CPU),
        pool=RainPool({"light": 1.0}, 2, 32, generator),
        **options,  # type: ignore[arg-type] # a test names them
    )


def real(rainy: torch.Tensor, clean: torch.Tensor) -> list[bool]:
    """Which pairs of a batch are the real ones."""
    return [
        bool((one == 0.75).all() and (other == 0.25).all())
        for one, other in zip(rainy, clean, strict=True)
    ]


@pytest.mark.parametrize(("share", "count"), [(0.0, 0), (0.5, 2), (0.8, 3), (1.0, 4)])
def test_a_batch_has_its_share_of_real_pairs(
    clean_folder: Path, share: float, count: int
) -> None:
    batches = made(clean_folder, pairs=Levels(), pair_share=share)

    rainy, clean = batches.draw(PHASE)

    assert rainy.shape == clean.shape == (4, 3, 16, 16)
    assert real(rainy, clean) == [number < count for number in range(4)]


def test_without_clean_pictures_all_pairs_are_real_whatever_the_share() -> None:
    batches = Batches(seeded(), clean=None, pool=None, pairs=Levels(), pair_share=0.5)

    assert real(*batches.draw(PHASE)) == [True] * 4
    assert batches.state() == {}


def test_without_pictures_and_pairs_there_is_nothing_to_draw() -> None:
    with pytest.raises(RuntimeError, match="only be made on clean pictures"):
        Batches(seeded(), clean=None, pool=None).draw(PHASE)


def test_a_batch_goes_on_from_a_state_with_the_same_rain(clean_folder: Path) -> None:
    first, second = made(clean_folder), made(clean_folder)
    first.draw(PHASE)

    second.restore(first.state())

    assert second.state().keys() == first.state().keys() != set()
    assert all(
        torch.equal(torch.as_tensor(value), torch.as_tensor(second.state()[name]))
        for name, value in first.state().items()
    )
