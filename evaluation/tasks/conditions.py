"""Under which conditions a judge looks: dry, in the rain of the set, in made rain."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from evaluation.errors import EvaluationError
from evaluation.metrics.luma import RgbArray
from evaluation.tasks.labelled_set import LabelledSample, LabelledSet
from evaluation.tasks.rain import RainMaker, seed_of

CLEAN, RAIN = "clean", "rain"
_ROOM = 256 * 2**20
"""Bytes of made pictures that one condition keeps."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One part of the table."""

    name: str
    picture: Callable[[LabelledSample], RgbArray] = field(repr=False)
    """Gives a sample's picture; an `EvaluationError` says why it cannot be had."""

    @property
    def is_clean(self) -> bool:
        """Whether it is what all others are held against."""
        return self.name == CLEAN


def conditions_of(
    labelled: LabelledSet, rain: Sequence[RainMaker], seed: int
) -> tuple[Condition, ...]:
    """Returns the conditions of a set, the clean one first where there is one.

    A set without pictures of both kinds is taken as dry where rain is to be made, else
    as rainy: then nothing is known of its clean pictures.

    Raises:
        EvaluationError: Rain is to be made, and there are no dry pictures.
    """
    dry = any(sample.dry is not None for sample in labelled.samples)
    rainy = any(sample.rainy is not None for sample in labelled.samples)
    if rain and not dry:
        raise EvaluationError(f"{labelled.root} holds no dry pictures to make rain on.")
    if not rainy and not rain:
        return (Condition(RAIN, _dry),)
    found = [Condition(CLEAN, _dry)] if dry else []
    if rain:
        return (*found, *(Condition(m.name, _Made(m, seed)) for m in rain))
    return (*found, Condition(RAIN, _rainy))


def _dry(sample: LabelledSample) -> RgbArray:
    if sample.dry is None:
        raise EvaluationError(f"{sample.name}: no dry picture.")
    return sample.dry.read()


def _rainy(sample: LabelledSample) -> RgbArray:
    if sample.rainy is None:
        raise EvaluationError(f"{sample.name}: no rainy picture.")
    return sample.rainy.read()


class _Made:
    """Makes rain, and keeps what it made as far as that fits: every method asks."""

    def __init__(self, maker: RainMaker, seed: int) -> None:
        self._maker, self._seed = maker, seed
        self._kept: dict[str, RgbArray] = {}
        self._room = _ROOM

    def __call__(self, sample: LabelledSample) -> RgbArray:
        if sample.name in self._kept:
            return self._kept[sample.name]
        picture = self._maker(_dry(sample), seed_of(self._seed, sample.name))
        if picture.nbytes <= self._room:
            self._room -= picture.nbytes
            self._kept[sample.name] = picture
        return picture
