"""Finds the pairs of a set in a folder, by name and never by order.

Sorting two folders and counting along, as some scripts do, pairs wrong pictures as
soon as one file is missing.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from evaluation.pictures import PictureFile, natural_key, picture_files
from evaluation.sets.testset import Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class PairForm:
    """Where one author keeps rainy and clean pictures, and how they are named.

    Both patterns match a file's name without its suffix; what their group `key` holds
    is the same for the two of a pair; so is `series`, where a pattern has it.
    """

    rainy: str
    truth: str
    rainy_name: str = "(?P<key>.+)"
    truth_name: str = "(?P<key>.+)"
    expected: int | None = None
    """How many were released in this form, where others hold another number."""

    def fits(self, root: Path) -> bool:
        """Says whether the folder holds at least one rainy and one clean picture."""
        folders = ((self.rainy, self.rainy_name), (self.truth, self.truth_name))
        return all(_keyed(root / folder, name) for folder, name in folders)

    def samples(self, root: Path) -> tuple[list[Sample], list[str]]:
        """Returns the pairs in natural order, and what could not be paired."""
        rainy = _keyed(root / self.rainy, self.rainy_name)
        truth = _keyed(root / self.truth, self.truth_name)
        duplicates = [*_duplicates(rainy), *_duplicates(truth)]
        samples, problems = _paired(rainy, {key: f[0] for key, f in truth.items()})
        lone = [f for key, found in truth.items() if key not in rainy for f in found]
        return samples, [
            *duplicates,
            *problems,
            *(f"{f}: no rainy picture" for f in lone),
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class HalvesForm:
    """A folder whose files hold both pictures of a pair side by side."""

    folder: str
    rainy_is_left: bool
    expected: int | None = None
    """How many were released in this form, where others hold another number."""

    def fits(self, root: Path) -> bool:
        """Says whether the folder holds a picture."""
        folder = root / self.folder
        return folder.is_dir() and bool(picture_files(folder))

    def samples(self, root: Path) -> tuple[list[Sample], list[str]]:
        """Returns the pairs in natural order; nothing can be unpaired."""
        return [self._sample(path) for path in picture_files(root / self.folder)], []

    def _sample(self, path: Path) -> Sample:
        left = PictureFile(path=path, half="left")
        right = PictureFile(path=path, half="right")
        rainy, truth = (left, right) if self.rainy_is_left else (right, left)
        return Sample(name=path.stem, rainy=rainy, truth=truth)


Form = PairForm | HalvesForm


def _keyed(folder: Path, pattern: str) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    if folder.is_dir():
        for path in picture_files(folder):
            match = re.fullmatch(pattern, path.stem)
            if match:
                series = match.groupdict().get("series") or ""
                found.setdefault(series + _plain(match["key"]), []).append(path)
    return found


def _plain(key: str) -> str:
    """Returns `7` for `007`: authors pad the two folders differently."""
    return str(int(key)) if key.isascii() and key.isdigit() else key


def _duplicates(found: Mapping[str, list[Path]]) -> Iterable[str]:
    for paths in found.values():
        # Many rainy pictures of one scene share a key; they differ in stem.
        stems: dict[str, Path] = {}
        for path in paths:
            first = stems.setdefault(path.stem, path)
            if first is not path:
                yield f"{path}: same name as {first.name}, only one is used"


def _paired(
    rainy: Mapping[str, list[Path]], truth: Mapping[str, Path]
) -> tuple[list[Sample], list[str]]:
    samples: list[Sample] = []
    problems: list[str] = []
    for key, paths in rainy.items():
        for path in {path.stem: path for path in reversed(paths)}.values():
            if key in truth:
                samples.append(_sample(path, truth[key]))
            else:
                problems.append(f"{path}: no truth of that name")
    samples.sort(key=lambda sample: natural_key(sample.rainy.path))
    return samples, problems


def _sample(rainy: Path, truth: Path) -> Sample:
    return Sample(
        name=rainy.stem,
        rainy=PictureFile(path=rainy),
        truth=PictureFile(path=truth),
    )
