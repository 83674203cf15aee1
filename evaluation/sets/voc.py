"""Object boxes in Pascal VOC's XML, one file for each picture."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

from evaluation.errors import EvaluationError

_SIDES = ("xmin", "ymin", "xmax", "ymax")


@dataclass(frozen=True, slots=True, kw_only=True)
class VocObject:
    """One object; sides in pixels of the size that the file names."""

    label: str
    left: float
    top: float
    right: float
    bottom: float
    difficult: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VocLabels:
    """What one file says."""

    width: int
    """Of the picture; 0 where the file does not say, as is the height."""
    height: int
    objects: tuple[VocObject, ...]


def read_voc(path: Path) -> VocLabels:
    """Returns the objects of one file.

    Raises:
        EvaluationError: The file cannot be read, or something is missing in it.
    """
    try:
        # A label file is the user's own; the parser loads nothing from elsewhere.
        tree = ET.parse(path).getroot()  # noqa: S314
        size = [_side(tree, name) for name in ("width", "height")]
        objects = tuple(_object(entry) for entry in tree.iter("object"))
    except (ET.ParseError, ValueError, OSError) as error:
        raise EvaluationError(f"{path} is no readable label: {error}.") from error
    return VocLabels(width=size[0], height=size[1], objects=objects)


def _object(entry: ET.Element) -> VocObject:
    left, top, right, bottom = (float(_text(entry, f"bndbox/{s}")) for s in _SIDES)
    return VocObject(
        label=_text(entry, "name"),
        left=left,
        top=top,
        right=right,
        bottom=bottom,
        difficult=(entry.findtext("difficult") or "0").strip() not in ("0", ""),
    )


def _side(tree: ET.Element, name: str) -> int:
    """Returns a side of the picture; 0 where the file names none."""
    text = tree.findtext(f"size/{name}")
    return int(float(text)) if text and text.strip() else 0


def _text(element: ET.Element, path: str) -> str:
    text = element.findtext(path)
    if text is None:
        raise ValueError(f"it has no {path}")
    return text.strip()
