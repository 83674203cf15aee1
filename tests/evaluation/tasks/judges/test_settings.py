from pathlib import Path

import pytest

from evaluation.errors import EvaluationError
from evaluation.tasks.judges.settings import read_judge


def judge(folder: Path, text: str) -> Path:
    (folder / "net.onnx").write_bytes(b"x")
    (folder / "net.pth").write_bytes(b"x")
    (folder / "coco.names").write_text("person\ncar\n")
    (folder / "judge.toml").write_text(text)
    return folder / "judge.toml"


_WHOLE = """
kind = "yolox"
file = "net.onnx"
names = "coco.names"
size = [416, 320]
fit = "corner"
channels = "bgr"
[class_map]
person = "pedestrian"
"""


def test_a_judge_is_read(tmp_path: Path) -> None:
    found = read_judge(judge(tmp_path, _WHOLE))

    assert found.file == tmp_path / "net.onnx"
    assert found.size == (416, 320)
    assert found.labels == ("pedestrian", "car")
    assert found.facts["fit"] == "corner"


def test_the_key_changes_with_a_setting_and_with_the_file(tmp_path: Path) -> None:
    first = read_judge(judge(tmp_path, _WHOLE)).key

    other = read_judge(judge(tmp_path, _WHOLE.replace("bgr", "rgb"))).key
    (tmp_path / "judge.toml").write_text(_WHOLE)
    (tmp_path / "net.onnx").write_bytes(b"y")

    assert len({first, other, read_judge(tmp_path / "judge.toml").key}) == 3


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "net.onnx",
            "net.pth",
            "needs its authors' code .* export the network as ONNX",
        ),
        ("net.onnx", "lost.onnx", "lost.onnx does not exist"),
        ('"yolox"', '"yolo9"', "kind must be one of darknet, yolo"),
        ("size = [416, 320]", "", r"expected size = \[width, height\], or multiple"),
        ("fit = ", "fitting = ", "got fitting"),
        ('names = "coco.names"', "", "expected classes = .* or names = FILE"),
        ('channels = "bgr"', "std = [1, 0, 1]", "std must be three numbers"),
    ],
)
def test_what_a_judge_may_not_say(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    with pytest.raises(EvaluationError, match=message):
        read_judge(judge(tmp_path, _WHOLE.replace(old, new)))
