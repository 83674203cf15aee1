"""What the values of a mask mean: `classes.toml`, or one of the named forms.

    form = "camvid"            # a named form; or, spelled out:
    void = [255]               # values that count neither way
    things = ["car"]           # of these, boxes are drawn round connected regions
    divisor = 1000             # 26001 is the first object of class 26
    [classes]
    road = 0                   # an id, several ids, or colours as "#804080"
    car = ["#400080", "#4000c0"]

Named forms: `camvid` (ids 0 to 11 of SegNet's copy, 11 void), `camvid-colours` (the
release's 32 colours as the same 11 classes; Brostow et al., 2009), `cityscapes` (ids of
`*_labelIds.png`, objects of `*_instanceIds.png`; Cordts et al., CVPR 2016,
arXiv:1604.01685), `cityscapes-train` and `bdd100k` (train ids 0 to 18, 255 void;
arXiv:1805.04687), `voc` (palette indices 0 to 20, 255 void; Everingham et al., 2010).
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation.errors import EvaluationError

VOID = 255
"""The value of a mask that counts neither way, once it has been read."""
_MOST = 254


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskClasses:
    """The classes of a set of masks, by the values of their pixels."""

    names: tuple[str, ...]
    values: Mapping[int, int]
    """The class's place in `names`, by the pixel's value: an id, or 0xRRGGBB."""
    void: frozenset[int]
    coloured: bool = False
    """Whether values are colours."""
    things: tuple[str, ...] = ()
    """Classes whose connected regions stand for objects."""
    endings: tuple[str, ...] = ()
    """How the names of the masks end, where a set keeps several for each picture: the
    one of classes first, then one of single objects."""
    divisor: int = 0
    """Values from it on are single objects: class * divisor + number. 0: there are
    none."""

    def ids(self, mask: NDArray[Any]) -> NDArray[np.uint8]:
        """Returns the class of each pixel, [height, width], `VOID` for void.

        Args:
            mask: Of ids [height, width], or of colours [height, width, 3], RGB.

        Raises:
            EvaluationError: A value has no class and is not void.
        """
        if self.coloured != (mask.ndim == 3):
            wanted, came = ("colours", "ids") if self.coloured else ("ids", "colours")
            raise EvaluationError(f"the mask holds {came}, its classes are {wanted}")
        flat = _packed(mask) if self.coloured else mask.astype(np.int64)
        values, places = np.unique(flat, return_inverse=True)
        table = np.array([self._class_of(int(v)) for v in values], dtype=np.uint8)
        return table[places].reshape(flat.shape)

    def _class_of(self, value: int) -> int:
        if self.divisor and value >= self.divisor:
            value //= self.divisor
        if value in self.void:
            return VOID
        if value not in self.values:
            shown = f"#{value:06x}" if self.coloured else str(value)
            raise EvaluationError(f"the mask holds {shown}, which has no class")
        return self.values[value]


def read_classes(path: Path) -> MaskClasses:
    """Returns what a `classes.toml` says, or the form that is named in its place.

    Raises:
        EvaluationError: It cannot be read, or says something else.
    """
    if str(path) in FORMS:
        return FORMS[str(path)]
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        return _parsed(data)
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise EvaluationError(f"{path}: {error}") from error


def _parsed(data: Mapping[str, Any]) -> MaskClasses:
    strange = set(data) - {"form", "void", "things", "divisor", "classes"}
    if strange:
        raise ValueError(
            "expected form, void, things, divisor and [classes], got "
            f"{sorted(strange)[0]}"
        )
    base = named_classes(str(data["form"])) if "form" in data else None
    if base is None and "classes" not in data:
        raise ValueError("expected form = NAME or a table [classes]")
    classes = _spelled(data["classes"]) if "classes" in data else base
    if classes is None:
        raise ValueError("expected form = NAME or a table [classes]")
    void = data.get("void")
    things = tuple(map(str, data.get("things", classes.things)))
    unknown = [name for name in things if name not in classes.names]
    if unknown:
        raise ValueError(f"things names {unknown[0]}, which is no class")
    return MaskClasses(
        names=classes.names,
        values=classes.values,
        void=classes.void if void is None else frozenset(map(_value, _listed(void))),
        coloured=classes.coloured,
        things=things,
        endings=classes.endings,
        divisor=int(data.get("divisor", classes.divisor)),
    )


def _spelled(table: Mapping[str, Any]) -> MaskClasses:
    values: dict[int, int] = {}
    kinds = set()
    for place, given in enumerate(table.values()):
        for value in _listed(given):
            kinds.add(isinstance(value, str))
            values[_value(value)] = place
    if len(kinds) != 1 or len(table) > _MOST:
        raise ValueError("[classes] must hold ids or colours, of 1 to 254 classes")
    return MaskClasses(
        names=tuple(table),
        values=values,
        void=frozenset({VOID} if not kinds.pop() else {0}),
        coloured=isinstance(_listed(next(iter(table.values())))[0], str),
    )


def _listed(given: Any) -> list[Any]:
    return given if isinstance(given, list) else [given]


def _value(value: Any) -> int:
    if isinstance(value, str):
        return int(value.removeprefix("#"), 16)
    return int(value)


def _packed(mask: NDArray[Any]) -> NDArray[np.int64]:
    wide = mask.astype(np.int64)
    return (wide[..., 0] << 16) | (wide[..., 1] << 8) | wide[..., 2]


def named_classes(form: str) -> MaskClasses:
    """Returns one of the named forms.

    Raises:
        EvaluationError: There is none of that name.
    """
    if form not in FORMS:
        raise EvaluationError(
            f"No form of masks is named {form}; known: {', '.join(FORMS)}."
        )
    return FORMS[form]


_CAMVID = (
    *("sky", "building", "pole", "road", "pavement", "tree"),
    *("sign", "fence", "car", "pedestrian", "bicyclist"),
)
_CAMVID_THINGS = ("car", "pedestrian", "bicyclist")
# The 32 colours of the release, grouped to SegNet's 11 classes; black is void.
_CAMVID_COLOURS = (
    ("sky", "808080"),
    ("building", "c00080 008040 800000 40c000 400040"),
    ("pole", "c0c080 000040"),
    ("road", "804080 8000c0 c00040"),
    ("pavement", "0000c0 40c080 8080c0"),
    ("tree", "808000 c0c000"),
    ("sign", "c08080 808040 004040"),
    ("fence", "404080"),
    ("car", "400080 4080c0 c080c0 c04080 804040"),
    ("pedestrian", "404000 c08040 4000c0 408040"),
    ("bicyclist", "0080c0 c000c0"),
)
_CITY = (
    *("road", "sidewalk", "building", "wall", "fence", "pole", "traffic light"),
    *("traffic sign", "vegetation", "terrain", "sky", "person", "rider", "car"),
    *("truck", "bus", "train", "motorcycle", "bicycle"),
)
_CITY_THINGS = ("person", "rider", "car", "truck", "bus", "motorcycle", "bicycle")
_CITY_IDS = (7, 8, 11, 12, 13, 17, 19, 20, *range(21, 29), 31, 32, 33)


_CITY_VOID = (*range(7), 9, 10, 14, 15, 16, 18, 29, 30, 255)


_VOC = (
    *("background", "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car"),
    *("cat", "chair", "cow", "diningtable", "dog", "horse", "motorbike", "person"),
    *("pottedplant", "sheep", "sofa", "train", "tvmonitor"),
)


def _by_ids(
    names: tuple[str, ...],
    ids: tuple[int, ...],
    void: tuple[int, ...],
    things: tuple[str, ...],
    endings: tuple[str, ...] = (),
    divisor: int = 0,
) -> MaskClasses:
    return MaskClasses(
        names=names,
        values={number: place for place, number in enumerate(ids)},
        void=frozenset(void),
        things=things,
        endings=endings,
        divisor=divisor,
    )


FORMS: Mapping[str, MaskClasses] = {
    "camvid": _by_ids(_CAMVID, tuple(range(11)), (11, 255), _CAMVID_THINGS),
    "camvid-colours": MaskClasses(
        names=_CAMVID,
        values={
            int(colour, 16): place
            for place, (_, colours) in enumerate(_CAMVID_COLOURS)
            for colour in colours.split()
        },
        void=frozenset({0}),
        coloured=True,
        things=_CAMVID_THINGS,
    ),
    "cityscapes": _by_ids(
        *(_CITY, _CITY_IDS, _CITY_VOID, _CITY_THINGS),
        endings=("_labelIds", "_instanceIds"),
        divisor=1000,
    ),
    "cityscapes-train": _by_ids(
        *(_CITY, tuple(range(19)), (255,), _CITY_THINGS),
        endings=("_labelTrainIds", "_instanceTrainIds"),
        divisor=1000,
    ),
    "bdd100k": _by_ids(_CITY, tuple(range(19)), (255,), _CITY_THINGS),
    "voc": _by_ids(_VOC, tuple(range(21)), (255,), _VOC[1:]),
}
"""The named forms."""
