"""A labelled set as it was found: pictures in rain, dry ones, and what is in them."""

from dataclasses import dataclass
from typing import Literal

from evaluation.pictures import PictureFile
from evaluation.tasks.labels.masks import MaskFile
from evaluation.tasks.labels.values import Objects

Task = Literal["detection", "segmentation"]
TASKS: tuple[Task, ...] = ("detection", "segmentation")


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledSample:
    """One picture with its labels; it is there dry, in rain, or both."""

    name: str
    dry: PictureFile | None
    rainy: PictureFile | None = None
    objects: Objects | None = None
    """For detection."""
    mask: MaskFile | None = None
    """For segmentation, and for boxes drawn round its regions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledSet:
    """What was found below one folder."""

    name: str
    root: str
    task: Task
    classes: tuple[str, ...]
    samples: tuple[LabelledSample, ...]
    expected: int | None = None
    """How many the set's authors speak of; None for a user's own folder."""
    problems: tuple[str, ...] = ()
    """What is missing, not matched or not readable, by name."""
    notes: tuple[str, ...] = ()
    """What a reader of the figures has to know of this set."""

    @property
    def whole(self) -> int:
        """How many pictures there should be."""
        return self.expected or len(self.samples)

    def counted(self, measured: int, problems: int) -> str:
        """Says how many were measured of how many there should be."""
        told = f"{measured} of {self.whole} pictures"
        if measured == self.whole and not problems:
            return f"{measured} pictures"
        error = "MORE THAN PUBLISHED" if measured > self.whole else "NOT COMPLETE"
        return f"{told}: {error}"
