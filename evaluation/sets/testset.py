"""A test set as it was found on disk: its samples, and what is missing of it."""

from dataclasses import dataclass

from evaluation.pictures import PictureFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """An object that people marked; sides are shares of the picture, 0 to 1.

    Shares, because labels may count in pixels of another size than the file's.
    """

    label: str
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One rainy picture, with its truth where there is one."""

    name: str
    rainy: PictureFile
    truth: PictureFile | None = None
    boxes: tuple[Box, ...] = ()
    mask: PictureFile | None = None
    """White where what must stay is; the set `stay` has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """One rainy clip, with its truth where there is one.

    Each is a path or URI that `sources.open_source` takes.
    """

    name: str
    rainy: str
    truth: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TestSet:
    """What was found of a set; either `samples` or `clips` is filled."""

    __test__ = False  # not a test, whatever pytest makes of the name

    name: str
    root: str
    unit: str
    """What is counted: `pairs`, `pictures` or `clips`."""
    samples: tuple[Sample, ...] = ()
    clips: tuple[Clip, ...] = ()
    expected: int | None = None
    """How many the authors published; None for a user's own folder."""
    problems: tuple[str, ...] = ()
    """Files that are missing, or not paired, by name."""
    label_problems: tuple[str, ...] = ()
    """Object boxes that are missing or fit no picture; the figures do not need them."""
    measures: tuple[str, ...] = ()
    """What is measured of it when nobody says; empty: what fits its kind."""
    cut: str = ""
    """What of each clip was left out on purpose; empty when nothing was."""
    notes: tuple[str, ...] = ()
    """What a reader of the figures has to know of this set."""

    @property
    def found(self) -> int:
        """How many samples or clips there are."""
        return len(self.samples) + len(self.clips)

    @property
    def is_video(self) -> bool:
        """Whether the set consists of clips."""
        return bool(self.clips)

    @property
    def has_truth(self) -> bool:
        """Whether every sample has a picture without rain."""
        truths = [sample.truth for sample in self.samples]
        return None not in truths and None not in [clip.truth for clip in self.clips]

    @property
    def whole(self) -> int:
        """How many there should be: as published, else as many as were named."""
        return self.expected or self.found + len(self.problems)

    def is_whole(self, measured: int) -> bool:
        """Says whether so many are all of the set, and nothing is amiss in it."""
        return measured == self.whole and not self.problems and not self.cut

    def counted(self, measured: int) -> str:
        """Says how many were measured of how many there should be."""
        if measured == self.whole:
            return f"{measured} {self.unit if measured > 1 else self.unit[:-1]}"
        error = "NOT COMPLETE" if measured < self.whole else "MORE THAN PUBLISHED"
        return f"{measured} of {self.whole} {self.unit}: {error}"
