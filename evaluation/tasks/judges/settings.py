"""What a user says of a judge, in TOML.

kind = "yolox"                  # see KINDS
file = "yolox_nano.onnx"        # beside this file; darknet: its .cfg
weights = "yolov3.weights"      # darknet alone
names = "coco.names"            # or classes = ["person", ...], in the network's order
size = [416, 416]               # width, height; or multiple = 8: the picture's own
fit = "letterbox"               # letterbox, corner (padded right and below), stretch
channels = "bgr"                # or rgb
mean = [0, 0, 0]                # of values 0 to 255; then
std = [1, 1, 1]                 # (value - mean) / std
pad = 114                       # what a letterbox is filled with
nms = 0.45                      # overlap from which the weaker box goes
floor = 5.0                     # percent on clean pictures under which it is wrong
[class_map]                     # the judge's word = the labels' word
person = "pedestrian"
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, get_args

from evaluation.errors import EvaluationError
from evaluation.pictures import sha256_of
from evaluation.tasks.labels.text_objects import read_names

Kind = Literal[
    "darknet", "yolo", "yolo-chosen", "yolox", "ssd", "detr", "mask-rcnn", "semantic"
]
KINDS: tuple[Kind, ...] = get_args(Kind)
Fit = Literal["letterbox", "corner", "stretch"]
FITS: tuple[Fit, ...] = get_args(Fit)
RUNTIMES = ("openvino", "onnxruntime")
_PICKLED = (".pth", ".pt", ".ckpt", ".pkl")
_FLOORS = {"semantic": 10.0}
_FLOOR = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeSettings:
    """One judge; plain data, so that another process can open it."""

    kind: Kind
    file: Path
    weights: Path | None = None
    classes: tuple[str, ...]
    """In the network's order; an empty name is never chosen."""
    size: tuple[int, int] | None = None
    """Width and height of what the network takes; None for the picture's own."""
    multiple: int = 1
    """Sides are rounded down to it where `size` is None."""
    fit: Fit = "stretch"
    channels: Literal["rgb", "bgr"] = "rgb"
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    std: tuple[float, float, float] = (1.0, 1.0, 1.0)
    """In the order of `channels`, as `mean`."""
    pad: float = 114.0
    nms: float = 0.45
    floor: float = _FLOOR
    """AP50 or mIoU on clean pictures, in percent, under which the judge is wrong."""
    runtime: str = "openvino"
    class_map: tuple[tuple[str, str], ...] = ()
    """The judge's words with the labels' words for them."""
    first_class: int = 0
    """The number of the first name: 1 where a network counts the background as 0."""
    boxes: str = "xyxy"
    """Order of an SSD's sides: `xyxy`, or `yxyx` as TensorFlow gives them."""
    outputs: tuple[str, ...] = ()
    """Names of the outputs boxes, scores, labels[, masks], where they do not tell."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The judge's classes in the words of the labels."""
        words = dict(self.class_map)
        return tuple(words.get(name, name) for name in self.classes)

    @property
    def key(self) -> str:
        """Changes with the files and with every setting."""
        hashes = [sha256_of(self.file)]
        hashes += [sha256_of(self.weights)] if self.weights else []
        rest = {
            f.name: getattr(self, f.name)
            for f in fields(self)
            if f.name not in ("file", "weights", "floor")
        }
        return "/".join((*hashes, repr(rest)))

    @property
    def facts(self) -> dict[str, str]:
        """What a report says of it."""
        files = {"file": self.file, "weights": self.weights}
        found = {"kind": str(self.kind), "runtime": self.runtime}
        if self.kind == "darknet":
            found["runtime"] = "torch"
        for name, path in files.items():
            if path is not None:
                found |= {name: path.name, f"{name}_sha256": sha256_of(path)}
        size = (
            "the picture's" if self.size is None else f"{self.size[0]}x{self.size[1]}"
        )
        return found | {"size": size, "fit": self.fit}


def read_judge(path: Path) -> JudgeSettings:
    """Returns what a judge's TOML says.

    Raises:
        EvaluationError: It cannot be read, says something unknown, or names a file
            that is missing or would run somebody's code.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        return _settings(data, path.parent)
    except OSError as error:
        raise EvaluationError(f"{path}: {error.strerror}.") from error
    except (ValueError, TypeError, RecursionError) as error:
        raise EvaluationError(f"{path}: {error}.") from error


def _settings(data: Mapping[str, Any], folder: Path) -> JudgeSettings:
    known = {f.name for f in fields(JudgeSettings)} | {"names"}
    strange = sorted(set(data) - known)
    if strange:
        raise ValueError(
            f"expected one of {', '.join(sorted(known))}; got {strange[0]}"
        )
    kind = _one_of(data, "kind", KINDS, None)
    if "size" not in data and "multiple" not in data and kind != "darknet":
        raise ValueError("expected size = [width, height], or multiple = N")
    return JudgeSettings(
        kind=kind,
        file=_file(data, "file", folder),
        weights=_file(data, "weights", folder) if kind == "darknet" else None,
        classes=_classes(data, folder),
        size=_size(data),
        multiple=int(data.get("multiple", 1)),
        fit=_one_of(data, "fit", FITS, "stretch"),
        channels=_one_of(data, "channels", ("rgb", "bgr"), "rgb"),
        mean=_three(data, "mean", 0.0),
        std=_three(data, "std", 1.0),
        pad=float(data.get("pad", 114)),
        nms=float(data.get("nms", 0.45)),
        floor=float(data.get("floor", _FLOORS.get(kind, _FLOOR))),
        runtime=_one_of(data, "runtime", RUNTIMES, "openvino"),
        class_map=tuple(
            sorted((str(k), str(v)) for k, v in data.get("class_map", {}).items())
        ),
        first_class=int(data.get("first_class", 0)),
        boxes=_one_of(data, "boxes", ("xyxy", "yxyx"), "xyxy"),
        outputs=tuple(map(str, data.get("outputs", ()))),
    )


def _one_of(data: Mapping[str, Any], key: str, known: Any, usual: Any) -> Any:
    value = data.get(key, usual)
    if value not in known:
        raise ValueError(f"{key} must be one of {', '.join(known)}; got {value!r}")
    return value


def _file(data: Mapping[str, Any], key: str, folder: Path) -> Path:
    if key not in data:
        raise ValueError(f"expected {key} = FILE")
    path = folder / str(data[key])
    if path.suffix.lower() in _PICKLED:
        raise ValueError(
            f"{path.name} needs its authors' code and runs whatever is pickled in it; "
            "export the network as ONNX (torch.onnx.export) and name that file"
        )
    if not path.is_file():
        raise ValueError(f"{path} does not exist")
    return path


def _classes(data: Mapping[str, Any], folder: Path) -> tuple[str, ...]:
    if "classes" in data:
        return tuple(map(str, data["classes"]))
    if "names" in data:
        return read_names(folder / str(data["names"]))
    raise ValueError("expected classes = [...] or names = FILE")


def _size(data: Mapping[str, Any]) -> tuple[int, int] | None:
    if "size" not in data:
        return None
    width, height = map(int, data["size"])
    if min(width, height) < 1:
        raise ValueError(f"size must be [width, height], got {data['size']}")
    return width, height


def _three(
    data: Mapping[str, Any], key: str, usual: float
) -> tuple[float, float, float]:
    values = [float(value) for value in data.get(key, [usual] * 3)]
    if len(values) != 3 or (key == "std" and 0 in values):
        raise ValueError(f"{key} must be three numbers, got {data[key]}")
    return values[0], values[1], values[2]
