"""What people marked in one picture: objects with boxes, or a class for each pixel."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Sides = tuple[float, float, float, float]
"""Left, top, right, bottom."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One object."""

    label: str
    box: Sides
    """In pixels of the size that the labels count in."""
    ignore: bool = False
    """A crowd, or too difficult: neither a find nor a miss (COCO `iscrowd`)."""
    outline: Any = None
    """COCO's `segmentation`: polygons, or run lengths; None for a box alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Objects:
    """All objects of one picture."""

    instances: tuple[Instance, ...]
    size: tuple[float, float] | None = None
    """Width and height that the boxes count in; None for the picture's own pixels."""

    def scaled(self, width: int, height: int) -> "Objects":
        """Returns them in pixels of a picture of this size."""
        if self.size is None or self.size == (width, height):
            return Objects(instances=self.instances, size=(width, height))
        across, down = width / self.size[0], height / self.size[1]
        return Objects(
            instances=tuple(_stretched(i, across, down) for i in self.instances),
            size=(width, height),
        )


def _stretched(instance: Instance, across: float, down: float) -> Instance:
    left, top, right, bottom = instance.box
    return Instance(
        label=instance.label,
        box=(left * across, top * down, right * across, bottom * down),
        ignore=instance.ignore,
        outline=_stretched_outline(instance.outline, across, down),
    )


def _stretched_outline(outline: Any, across: float, down: float) -> Any:
    """Returns polygons in other pixels; run lengths are of their own size, and stay."""
    if not isinstance(outline, list):
        return outline
    scale = (across, down)
    return [[v * scale[i % 2] for i, v in enumerate(part)] for part in outline]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelFile:
    """Labels of many pictures, as one form of the field keeps them."""

    form: str
    """What the form is called."""
    classes: tuple[str, ...]
    """Every class that the labels know, in their order."""
    objects: Mapping[str, Objects]
    """By the picture's name: its path without the suffix, or the end of that path."""
    problems: tuple[str, ...] = ()
    """What could not be read, by file and reason."""


def inside(instance: Instance, width: float, height: float) -> Instance | None:
    """Returns the object cut to the picture; None if nothing of its box is in it."""
    left, top, right, bottom = instance.box
    box = (max(left, 0.0), max(top, 0.0), min(right, width), min(bottom, height))
    if box[2] <= box[0] or box[3] <= box[1]:
        return None
    return Instance(
        label=instance.label, box=box, ignore=instance.ignore, outline=instance.outline
    )


def reaches_out(instance: Instance, width: float, height: float) -> bool:
    """Says whether a box leaves the picture by more than one part in a hundred.

    Some forms count from 1 and may touch the last pixel.
    """
    left, top, right, bottom = instance.box
    return (
        min(left / width, top / height) < -0.01
        or max(right / width, bottom / height) > 1.01
    )
