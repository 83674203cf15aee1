"""What a judge sees in a picture, told beforehand: boxes by hand, in every form."""

from pathlib import Path
from typing import Any

import numpy as np

from evaluation.tasks.judges.judge import open_detector
from evaluation.tasks.judges.settings import JudgeSettings
from tests.support.networks.tiny_judges import constant_judge

SIZE = (64, 64)
PICTURE = np.full((32, 64, 3), 60, np.uint8)
"""A letterbox puts it 16 rows down."""
CLASSES = ("person", "car")
BOX = [12.0, 10.0, 32.0, 18.0]
"""A box of 20x8 in the picture: 12, 26 of the letterbox, centre 22, 30."""


def settings(path: Path, kind: Any, **more: Any) -> JudgeSettings:
    own: dict[str, Any] = {"classes": CLASSES, "size": SIZE, "fit": "letterbox"}
    return JudgeSettings(kind=kind, file=path, **(own | more))


def rows_of(*rows: list[float]) -> np.ndarray:
    return np.array(rows, np.float32)


def found(path: Path, kind: Any, gives: dict[str, Any], **more: Any) -> Any:
    judge = constant_judge(path / "j.onnx", gives, SIZE)
    return open_detector(settings(judge, kind, **more))(PICTURE)
