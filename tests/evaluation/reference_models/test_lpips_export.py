"""LPIPS against values of its authors' package, lpips 0.1.4 over torchvision 0.29.1.

The package ran on the weights that `_made` computes; ImageNet's were not at hand.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from evaluation.errors import EvaluationError
from evaluation.measures import measures_for
from evaluation.metrics.luma import RgbArray
from evaluation.reference_models.lpips import lpips
from evaluation.reference_models.lpips_export import export_lpips, main

Shapes = dict[str, tuple[int, ...]]


def _convs(*layers: tuple[int, int, int, int]) -> Shapes:
    """Shapes of convolutions: place in `features`, channels in and out, side."""
    shapes: Shapes = {}
    for place, inside, out, side in layers:
        shapes[f"features.{place}.weight"] = (out, inside, side, side)
        shapes[f"features.{place}.bias"] = (out,)
    return shapes


def _fires(*layers: tuple[int, int, int, int]) -> Shapes:
    shapes: Shapes = {}
    for place, inside, narrow, wide in layers:
        parts = {
            "squeeze": (narrow, inside, 1, 1),
            "expand1x1": (wide, narrow, 1, 1),
            "expand3x3": (wide, narrow, 3, 3),
        }
        for part, shape in parts.items():
            shapes[f"features.{place}.{part}.weight"] = shape
            shapes[f"features.{place}.{part}.bias"] = shape[:1]
    return shapes


TRUNKS = {
    "alexnet": _convs(
        (0, 3, 64, 11),
        (3, 64, 192, 5),
        *((6, 192, 384, 3), (8, 384, 256, 3), (10, 256, 256, 3)),
    ),
    "squeezenet1_1": _convs((0, 3, 64, 3))
    | _fires(
        *((3, 64, 16, 64), (4, 128, 16, 64), (6, 128, 32, 128), (7, 256, 32, 128)),
        *((9, 256, 48, 192), (10, 384, 48, 192)),
        *((11, 384, 64, 256), (12, 512, 64, 256)),
    ),
    "vgg16": _convs(
        *((0, 3, 64, 3), (2, 64, 64, 3), (5, 64, 128, 3), (7, 128, 128, 3)),
        *((10, 128, 256, 3), (12, 256, 256, 3), (14, 256, 256, 3)),
        *((17, 256, 512, 3), (19, 512, 512, 3), (21, 512, 512, 3)),
        *((24, 512, 512, 3), (26, 512, 512, 3), (28, 512, 512, 3)),
    ),
}
WIDTHS = {
    "alexnet": (64, 192, 384, 256, 256),
    "squeezenet1_1": (64, 128, 256, 384, 384, 512, 512),
    "vgg16": (64, 128, 256, 512, 512),
}
GOLDEN: dict[str, dict[tuple[int, int], float]] = {
    "alexnet": {(64, 64): 0.256335973739624, (75, 98): 0.2760697305202484},
    "squeezenet1_1": {(64, 64): 0.28403139114379883, (75, 98): 0.2735201418399811},
    "vgg16": {(64, 64): 0.25855553150177, (75, 98): 0.2569791078567505},
}


def _made(shape: tuple[int, ...], seed: int) -> torch.Tensor:
    """Weights from whole numbers alone: the same on every machine and version."""
    low = np.uint64(0xFFFFFFFF)
    k = np.arange(np.prod(shape), dtype=np.uint64) + np.uint64(seed * 1000003)
    k = (k * np.uint64(2654435761)) & low
    k ^= k >> np.uint64(15)
    k = (k * np.uint64(2246822519)) & low
    k ^= k >> np.uint64(13)
    share = 2 * (k.astype(np.float64) / 2**32 - 0.5)
    fan_in = np.prod(shape[1:]) if len(shape) > 1 else 600
    values = share * np.sqrt(6 / fan_in)
    return torch.from_numpy(values.astype(np.float32).reshape(shape))


def _picture(height: int, width: int, seed: int) -> RgbArray:
    k = np.arange(height * width * 3, dtype=np.uint64) + np.uint64(seed)
    values = ((k * np.uint64(7919)) >> np.uint64(3)) % np.uint64(251)
    return values.astype(np.uint8).reshape(height, width, 3)


def _files(folder: Path, name: str) -> tuple[Path, Path]:
    """Writes both state dicts as the authors' package reads them."""
    trunk, linear = folder / f"{name}.pth", folder / "linear.pth"
    keys = enumerate(TRUNKS[name].items())
    torch.save({key: _made(shape, i + 1) for i, (key, shape) in keys}, trunk)
    torch.save(
        {
            f"lin{i}.model.1.weight": _made((1, width, 1, 1), 90 + i).abs()
            for i, width in enumerate(WIDTHS[name])
        },
        linear,
    )
    return trunk, linear


@pytest.fixture(scope="module", params=list(TRUNKS))
def exported(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("lpips")
    out = folder / "lpips.onnx"
    trunk, linear = _files(folder, request.param)
    export_lpips(trunk, linear, out, other_weights=True)
    trunk.unlink()
    yield request.param, out
    out.unlink()


@pytest.mark.slow
def test_the_written_network_gives_what_the_authors_package_gives(
    exported: tuple[str, Path],
) -> None:
    name, out = exported

    found = {
        (h, w): lpips(_picture(h, w, 1), _picture(h, w, 5000), out)
        for h, w in GOLDEN[name]
    }

    assert found == pytest.approx(GOLDEN[name], rel=1e-5)


@pytest.mark.slow
def test_a_picture_has_no_distance_to_itself(exported: tuple[str, Path]) -> None:
    picture = _picture(70, 90, 3)

    assert lpips(picture, picture, exported[1]) == 0


@pytest.mark.slow
def test_the_hash_written_beside_is_the_files(exported: tuple[str, Path]) -> None:
    (measure,) = measures_for(["lpips"], "mprnet", {"lpips": exported[1]})

    written = exported[1].with_name("lpips.onnx.sha256").read_text().split()[0]

    assert measure.file_hash == written


def test_weights_that_are_not_the_published_ones_are_refused(tmp_path: Path) -> None:
    trunk, linear = _files(tmp_path, "squeezenet1_1")

    with pytest.raises(EvaluationError, match="should begin b8a52dc0, it begins"):
        export_lpips(trunk, linear, tmp_path / "lpips.onnx")


def test_the_weights_of_another_trunk_are_refused(tmp_path: Path) -> None:
    trunk, _ = _files(tmp_path, "squeezenet1_1")
    torch.save(
        {
            f"lin{i}.model.1.weight": _made((1, width, 1, 1), i)
            for i, width in enumerate(WIDTHS["alexnet"])
        },
        tmp_path / "alex.pth",
    )

    with pytest.raises(EvaluationError, match=r"holds no features.3.weight"):
        export_lpips(
            trunk, tmp_path / "alex.pth", tmp_path / "lpips.onnx", other_weights=True
        )


def test_a_file_that_is_no_state_dict_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "alex.pth").write_bytes(b"no weights")
    paths = [str(tmp_path / name) for name in ("trunk.pth", "alex.pth", "out.onnx")]

    status = main(paths)

    said = capsys.readouterr().err
    assert status == 1
    assert said.count("\n") == 1
    assert "alex.pth is no state dict of PyTorch" in said


def test_other_linear_layers_are_named_by_their_widths(tmp_path: Path) -> None:
    torch.save({"lin0.model.1.weight": torch.ones(1, 5, 1, 1)}, tmp_path / "lin.pth")

    with pytest.raises(EvaluationError, match=r"alexnet \[64, 192.*got \[5\]"):
        export_lpips(tmp_path / "trunk.pth", tmp_path / "lin.pth", tmp_path / "o.onnx")
