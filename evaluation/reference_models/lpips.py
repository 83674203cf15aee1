"""LPIPS from an ONNX file that the user gives: nothing is downloaded, nothing shipped.

Zhang et al., "The Unreasonable Effectiveness of Deep Features as a Perceptual Metric",
CVPR 2018, arXiv:1801.03924. The file takes the output and the truth, float RGB
[1, 3, height, width] in [-1, 1], and gives one number, as `lpips_export` writes it.
"""

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from evaluation.errors import EvaluationError
from evaluation.metrics.luma import RgbArray

_EXACT = {"INFERENCE_PRECISION_HINT": "f32"}
"""By itself OpenVINO takes bf16 where the processor has it: other figures there."""


def lpips(output: RgbArray, truth: RgbArray, path: Path) -> float:
    """Returns the distance of the two pictures: 0 for equal ones.

    Raises:
        EvaluationError: The file is no network with two pictures and one number.
        ValueError: It cannot compare pictures of this size.
    """
    network = _opened(path)
    try:
        (found,) = network([_as_input(output), _as_input(truth)]).values()
    except (RuntimeError, ValueError) as error:
        first = str(error).strip().splitlines()[-1]
        raise ValueError(f"{path} cannot compare them: {first}") from error
    return float(np.asarray(found).mean())


def _as_input(picture: RgbArray) -> np.ndarray:
    planes = picture.astype(np.float32).transpose(2, 0, 1)[None]
    return np.ascontiguousarray(planes / 127.5 - 1)


@lru_cache(maxsize=2)
def _opened(path: Path) -> Any:
    import model  # bars OpenVINO's reports over the network

    del model
    import openvino

    try:
        network = openvino.Core().compile_model(str(path), "CPU", _EXACT)
    except RuntimeError as error:
        raise EvaluationError(f"{path} is no network that can be opened.") from error
    if (len(network.inputs), len(network.outputs)) != (2, 1):
        raise EvaluationError(
            f"{path} has {len(network.inputs)} inputs and {len(network.outputs)} "
            "outputs; LPIPS takes two pictures and gives one number."
        )
    return network
