"""Writes LPIPS as ONNX from the two files that its authors' package reads.

    python -m evaluation.reference_models.lpips_export TRUNK LINEAR OUT

TRUNK is torchvision's ImageNet network, LINEAR the layers of `pip download lpips`. The
graph is LPIPS 0.1: Zhang et al., "The Unreasonable Effectiveness of Deep Features as a
Perceptual Metric", CVPR 2018, arXiv:1801.03924.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evaluation.errors import EvaluationError
from evaluation.pictures import sha256_of
from evaluation.reference_models.lpips_graph import TRUNKS, Tensors, Trunk, lpips_model


def export_lpips(
    trunk_file: Path, linear_file: Path, out: Path, *, other_weights: bool = False
) -> str:
    """Writes the ONNX file, and `OUT.sha256` beside it; returns the network's name.

    Args:
        trunk_file: State dict of torchvision's alexnet, vgg16 or squeezenet1_1.
        linear_file: `alex.pth`, `vgg.pth` or `squeeze.pth` of lpips' `weights/v0.1`.
        out: The .onnx file to write.
        other_weights: Whether files whose hash is not the published one are taken.

    Raises:
        EvaluationError: A file cannot be read, is of another network, or is not the
            published one; or the package `onnx` is missing.
    """
    linear = _tensors(linear_file)
    trunk = _trunk_of(linear, linear_file)
    if not other_weights:
        _check(trunk_file, trunk.weights_hash, f"torchvision's weights of {trunk.name}")
        _check(linear_file, trunk.linear_hash, f"lpips' linear layers of {trunk.name}")
    try:
        import onnx
    except ImportError as error:
        raise EvaluationError(
            "Writing ONNX needs onnx: pip install 'derain[export]'."
        ) from error
    onnx.save(lpips_model(trunk, _tensors(trunk_file), linear, trunk_file), str(out))
    beside = out.with_name(f"{out.name}.sha256")
    beside.write_text(f"{sha256_of(out)}  {out.name}\n", encoding="utf-8")
    return trunk.name


def _trunk_of(linear: Tensors, path: Path) -> Trunk:
    """Returns the network whose linear layers these are, known by their widths."""
    widths = tuple(
        linear[key].size
        for key in sorted(linear)
        if key.startswith("lin") and key.endswith(".model.1.weight")
    )
    for trunk in TRUNKS:
        if trunk.widths == widths:
            return trunk
    expected = "; ".join(f"{trunk.name} {list(trunk.widths)}" for trunk in TRUNKS)
    raise EvaluationError(
        f"{path} should hold lin0.model.1.weight and so on, as wide as one of "
        f"{expected}; got {list(widths)}."
    )


def _tensors(path: Path) -> Tensors:
    """Returns a state dict's arrays; tensors alone are read, no code is run."""
    import torch

    try:
        found = torch.load(path, map_location="cpu", weights_only=True)
        return {name: _float32(tensor.numpy()) for name, tensor in found.items()}
    except OSError as error:
        raise EvaluationError(f"{path}: {error.strerror}.") from error
    except Exception as error:
        first = str(error).strip().splitlines()[:1]
        raise EvaluationError(
            f"{path} is no state dict of PyTorch: {' '.join(first)}"
        ) from error


def _float32(array: NDArray[np.generic]) -> NDArray[np.float32]:
    return np.ascontiguousarray(array, dtype=np.float32)


def _check(path: Path, begins: str, what: str) -> None:
    found = sha256_of(path)
    if not found.startswith(begins):
        raise EvaluationError(
            f"{path} is not {what}: SHA-256 should begin {begins[:12]}, it begins "
            f"{found[:12]}. --other-weights takes it all the same."
        )


def main(arguments: list[str] | None = None) -> int:
    """Carries out the command; returns its exit status."""
    parser = argparse.ArgumentParser(description="Writes LPIPS as ONNX.")
    parser.add_argument("trunk", type=Path, metavar="TRUNK")
    parser.add_argument("linear", type=Path, metavar="LINEAR")
    parser.add_argument("out", type=Path, metavar="OUT")
    parser.add_argument("--other-weights", action="store_true")
    given = parser.parse_args(arguments)
    try:
        name = export_lpips(
            given.trunk, given.linear, given.out, other_weights=given.other_weights
        )
    except EvaluationError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{given.out}: LPIPS 0.1 of {name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
