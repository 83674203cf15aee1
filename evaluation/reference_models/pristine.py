"""Fits NIQE's pristine model to a folder of good pictures: `--fit-niqe FOLDER`.

The model that is shipped was made so; it needs nobody's parameter file, and is nobody
else's NIQE.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from evaluation.errors import EvaluationError
from evaluation.metrics.niqe import Pristine, fitted, pristine_features
from evaluation.pictures import picture_files, read_picture
from model.whole_file import write_whole


def fit_folder(
    folder: Path, advance: Callable[[], None] = lambda: None
) -> dict[str, Any]:
    """Returns a model of a folder's pictures, as it is written to JSON.

    Of each picture the blocks above 0.75 of its sharpest block are taken.

    Raises:
        EvaluationError: No such folder, an unreadable picture, or too few blocks.
    """
    if not folder.is_dir():
        raise EvaluationError(f"{folder} is no folder.")
    paths = picture_files(folder)
    features = []
    for path in paths:
        try:
            features.append(pristine_features(read_picture(path)))
        except ValueError as error:
            raise EvaluationError(f"{path}: {error}") from error
        advance()
    try:
        model = fitted(features)
    except ValueError as error:
        raise EvaluationError(f"{folder}: {error}") from error
    return _fields(model, len(paths), sum(map(len, features)))


def write_model(fields: dict[str, Any], path: Path) -> None:
    """Writes a fitted model."""
    write_whole(path, json.dumps(fields, indent=1) + "\n")


def _fields(model: Pristine, pictures: int, blocks: int) -> dict[str, Any]:
    upper = model.covariance[np.triu_indices(len(model.mean))]
    return {
        "about": "Pristine model for NIQE: mean and covariance (upper half, by rows) "
        "of 36 features of the sharp 96x96 blocks of good pictures.",
        "pictures": pictures,
        "blocks": blocks,
        "mean": [float(value) for value in model.mean],
        "covariance_upper": [float(value) for value in upper],
    }
