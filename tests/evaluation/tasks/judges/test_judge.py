from pathlib import Path

import pytest

from evaluation.errors import EvaluationError
from evaluation.tasks.judges.judge import open_detector, open_segmenter
from tests.support.networks.judged import settings
from tests.support.networks.tiny_judges import bright_judge


def test_a_detector_is_no_segmenter(tmp_path: Path) -> None:
    judge = bright_judge(tmp_path / "j.onnx")

    with pytest.raises(EvaluationError, match="Segmentation needs a judge of kind"):
        open_segmenter(settings(judge, "yolo"))
    with pytest.raises(EvaluationError, match="Detection needs a judge of kind"):
        open_detector(settings(judge, "semantic"))


def test_a_file_that_is_no_network_is_named(tmp_path: Path) -> None:
    (tmp_path / "j.onnx").write_bytes(b"no network")

    with pytest.raises(EvaluationError, match=r"j\.onnx cannot be run"):
        open_detector(settings(tmp_path / "j.onnx", "yolo"))
