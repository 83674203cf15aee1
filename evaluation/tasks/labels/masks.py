"""Masks: pictures whose pixels are classes, by id or by colour."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from evaluation.errors import EvaluationError
from evaluation.pictures import sha256_of
from evaluation.tasks.labels.classes import MaskClasses
from evaluation.tasks.labels.palette import palette_indices
from evaluation.tasks.labels.values import Instance, Objects
from sources.errors import SourceError
from sources.pictures.files import picture_bytes

ClassIds = NDArray[np.uint8]
"""[height, width], a class's place in the list of names; 255 is void."""
_SMALLEST_THING = 64
"""Pixels of the smallest region that stands for an object; smaller ones count not."""


@dataclass(frozen=True, slots=True)
class MaskFile:
    """One mask on disk."""

    path: Path
    classes: MaskClasses

    def sha256(self) -> str:
        """Returns a hash of the file."""
        return sha256_of(self.path)

    def read(self) -> ClassIds:
        """Returns the class of each pixel.

        Raises:
            EvaluationError: The file cannot be read, or holds a value without a class.
        """
        values = self.values()
        try:
            return self.classes.ids(values)
        except EvaluationError as error:
            raise EvaluationError(f"{self.path}: {error}.") from error

    def values(self) -> NDArray[Any]:
        """Returns the values as they are stored: [height, width], or RGB of colours.

        Raises:
            EvaluationError: The file cannot be read.
        """
        try:
            data = picture_bytes(self.path)
        except SourceError as error:
            raise EvaluationError(str(error)) from error
        indices = None if self.classes.coloured else palette_indices(data)
        if indices is not None:
            return indices
        decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
        if decoded is None:
            raise EvaluationError(f"{self.path} cannot be read as a mask.")
        if decoded.ndim == 3:
            decoded = decoded[..., 2::-1]  # BGR, or BGRA, to RGB
            if not self.classes.coloured and _is_grey(decoded):
                decoded = decoded[..., 0]
        return decoded


def _numbered(mask: MaskFile, ids: ClassIds) -> list[Instance] | None:
    """Returns the objects that a mask numbers; None if it numbers none."""
    values = mask.values()
    if not mask.classes.divisor or not (values >= mask.classes.divisor).any():
        return None
    instances: list[Instance] = []
    for value in np.unique(values).tolist():
        rows, columns = np.nonzero(values == value)
        place = int(ids[rows[0], columns[0]])
        name = mask.classes.names[place] if place < len(mask.classes.names) else ""
        if name in mask.classes.things:
            left, top = int(columns.min()), int(rows.min())
            box = (left, top, int(columns.max()) + 1, int(rows.max()) + 1)
            crowd = value < mask.classes.divisor
            instances.append(Instance(label=name, box=box, ignore=crowd))
    return instances


def _is_grey(mask: NDArray[Any]) -> bool:
    return bool((mask == mask[..., :1]).all())


def objects_of(mask: MaskFile) -> Objects:
    """Returns a box round each object of the classes that are things.

    Where the mask numbers its objects, each has its box, and pixels of a thing without
    a number are a crowd. Else each connected region has one: objects that touch are one
    region; regions of less than 64 pixels are neither found nor missed.

    Raises:
        EvaluationError: As `MaskFile.read`.
    """
    ids = mask.read()
    height, width = ids.shape
    numbered = _numbered(mask, ids)
    if numbered is not None:
        return Objects(instances=tuple(numbered), size=(width, height))
    instances: list[Instance] = []
    for name in mask.classes.things:
        own = (ids == mask.classes.names.index(name)).astype(np.uint8)
        count, _, stats, _ = cv2.connectedComponentsWithStats(own, connectivity=8)
        for left, top, across, down, area in stats[1:count].tolist():
            instances.append(
                Instance(
                    label=name,
                    box=(left, top, left + across, top + down),
                    ignore=area < _SMALLEST_THING,
                )
            )
    return Objects(instances=tuple(instances), size=(width, height))
