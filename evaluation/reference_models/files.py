"""Reads the parameter files of NIQE, SSEQ and BRISQUE into figures."""

import json
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from scipy.io import loadmat

from evaluation.errors import EvaluationError
from evaluation.metrics.brisque import BrisqueModel
from evaluation.metrics.niqe import Pristine
from evaluation.metrics.sseq import SseqModel
from evaluation.metrics.svm import Classifier, Regression, Vector

OWN_PRISTINE = "niqe_derain.json"
_BRISQUE_FEATURES = 36


@lru_cache(maxsize=4)
def niqe_model(path: Path | None) -> Pristine:
    """Returns the authors' model from their file, or the project's own for None.

    Raises:
        EvaluationError: The file is not what it should be.
    """
    if path is None:
        text = (
            files("evaluation.reference_models")
            .joinpath(OWN_PRISTINE)
            .read_text(encoding="utf-8")
        )
        return pristine_from(json.loads(text))
    fields = _mat(path, "mu_prisparam", "cov_prisparam")
    return Pristine(fields["mu_prisparam"].ravel(), fields["cov_prisparam"])


def pristine_from(fields: dict[str, Any]) -> Pristine:
    """Returns a model from the project's own JSON: the upper half, row by row."""
    mean = np.array(fields["mean"])
    covariance = np.zeros((len(mean), len(mean)))
    covariance[np.triu_indices(len(mean))] = fields["covariance_upper"]
    lower = np.tril_indices(len(mean), -1)
    covariance[lower] = covariance.T[lower]
    return Pristine(mean, covariance)


@lru_cache(maxsize=4)
def sseq_model(path: Path) -> SseqModel:
    """Returns the authors' model from `model.mat`.

    Raises:
        EvaluationError: The file is not what it should be.
    """
    fields = _mat(path, "fmin", "fmax", "svmmodel", "svrmodel")
    amounts = [_regression(fields["svrmodel"][0, i]) for i in range(5)]
    return SseqModel(
        low=fields["fmin"].ravel(),
        high=fields["fmax"].ravel(),
        kinds=_classifier(fields["svmmodel"]),
        amounts=amounts,
    )


@lru_cache(maxsize=4)
def brisque_model(path: Path) -> BrisqueModel:
    """Returns the authors' model: `allmodel` at `path`, `allrange` beside it.

    Raises:
        EvaluationError: One of the two is missing or not what it should be.
    """
    try:
        ranges = path.with_name("allrange").read_text(encoding="ascii").split("\n")
        bounds = [line.split() for line in ranges[2:] if line.strip()]
        low, high = (np.array([float(b[i]) for b in bounds]) for i in (1, 2))
        quality = _libsvm_text(path.read_text(encoding="ascii"))
    except (OSError, ValueError, IndexError, KeyError) as error:
        raise EvaluationError(
            f"{path} with allrange beside it is not the model of "
            f"github.com/utlive/BRISQUE: {error}."
        ) from error
    if len(low) != _BRISQUE_FEATURES:
        raise EvaluationError(f"{path}: allrange should hold 36 features.")
    return BrisqueModel(low=low, high=high, quality=quality)


def _mat(path: Path, *names: str) -> dict[str, Any]:
    try:
        fields: dict[str, Any] = loadmat(path)
    except (OSError, ValueError, NotImplementedError) as error:
        raise EvaluationError(f"{path} cannot be read as a .mat file.") from error
    missing = [name for name in names if name not in fields]
    if missing:
        raise EvaluationError(f"{path} holds no {missing[0]}.")
    return fields


def _field(struct: Any, name: str) -> Vector:
    value = struct[name][0, 0]
    dense = value.toarray() if hasattr(value, "toarray") else value
    return np.asarray(dense, dtype=np.float64)


def _regression(struct: Any) -> Regression:
    return Regression(
        vectors=_field(struct, "SVs"),
        weights=_field(struct, "sv_coef").ravel(),
        offset=float(_field(struct, "rho").ravel()[0]),
        gamma=float(_field(struct, "Parameters").ravel()[3]),
    )


def _classifier(struct: Any) -> Classifier:
    return Classifier(
        vectors=_field(struct, "SVs"),
        weights=_field(struct, "sv_coef"),
        counts=tuple(int(count) for count in _field(struct, "nSV").ravel()),
        offsets=_field(struct, "rho").ravel(),
        slopes=_field(struct, "ProbA").ravel(),
        shifts=_field(struct, "ProbB").ravel(),
        gamma=float(_field(struct, "Parameters").ravel()[3]),
    )


def _libsvm_text(text: str) -> Regression:
    head, _, body = text.partition("SV\n")
    settings = dict(line.split(maxsplit=1) for line in head.splitlines() if line)
    if settings["svm_type"] not in ("epsilon_svr", "nu_svr"):
        raise ValueError(f"svm_type is {settings['svm_type']}")
    if settings["kernel_type"] != "rbf":
        raise ValueError(f"kernel_type is {settings['kernel_type']}")
    lines = [line.split() for line in body.splitlines() if line.strip()]
    vectors = np.zeros((len(lines), _BRISQUE_FEATURES))
    for row, entries in enumerate(lines):
        for entry in entries[1:]:
            place, value = entry.split(":")
            vectors[row, int(place) - 1] = float(value)
    return Regression(
        vectors=vectors,
        weights=np.array([float(entries[0]) for entries in lines]),
        offset=float(settings["rho"].split()[0]),
        gamma=float(settings["gamma"]),
    )
