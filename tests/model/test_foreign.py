"""Networks of a user's own, with all that stands around the project's networks."""

from pathlib import Path

import numpy as np
import pytest
import torch
from onnx import TensorProto
from torch import Tensor, nn

from model import Derainer, ModelError
from model.pictures.pixels import RgbArray
from model.temporal.stream import TemporalStream
from tests.support.networks.onnx_network import written_onnx


class Halves(nn.Module):
    """Takes half of the light, by way of half the size: wants even sides."""

    def __init__(self) -> None:
        super().__init__()
        self.share = nn.Parameter(torch.tensor(0.5))

    def forward(self, x: Tensor) -> Tensor:
        small = x[:, :, ::2, ::2]
        large = small.repeat_interleave(2, 2).repeat_interleave(2, 3)
        return (large * 0 + x) * self.share


def a_picture(height: int = 37, width: int = 53, kind: type = np.uint8) -> RgbArray:
    peak = np.iinfo(kind).max
    numbers = np.random.default_rng(3).integers(0, peak, (height, width, 3))
    return numbers.astype(kind)


@pytest.fixture
def onnx_file(tmp_path: Path) -> Path:
    return written_onnx(tmp_path / "dim.onnx")


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["openvino", "torch"])
@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_a_module_of_a_user_derains_pictures_of_any_size(
    backend: str, kind: type
) -> None:
    picture = a_picture(kind=kind)

    with_it = Derainer(network=Halves(), multiple=2, backend=backend, precision="fp32")

    assert (with_it.model, with_it.backend) == ("Halves", backend)
    assert np.abs(with_it(picture).astype(int) - picture / 2).max() <= 1
    with_it.close()


@pytest.mark.slow
def test_tiles_and_the_gate_go_with_a_module_of_a_user() -> None:
    derainer = Derainer(
        network=Halves(), multiple=2, backend="torch", precision="fp32", tile=128
    )
    stream = TemporalStream(derainer, gate="auto")
    picture = a_picture(150, 200)
    out = np.empty_like(picture)

    pending = stream.start(picture, out)
    pending.wait()

    assert not pending.untouched
    assert np.abs(out.astype(int) - picture / 2).max() <= 1
    stream.close()


@pytest.mark.slow
def test_two_modules_that_look_alike_do_not_take_each_others_graph() -> None:
    picture = a_picture()
    for share in (0.5, 0.25):
        network = Halves()
        network.share.data.fill_(share)
        derainer = Derainer(
            network=network, multiple=2, backend="openvino", precision="fp32"
        )
        assert np.abs(derainer(picture).astype(int) - picture * share).max() <= 1
        derainer.close()


@pytest.mark.slow
@pytest.mark.parametrize("kind", [TensorProto.FLOAT, TensorProto.UINT8])
def test_an_onnx_file_derains_pictures(tmp_path: Path, kind: int) -> None:
    path = written_onnx(tmp_path / "dim.onnx", kind=kind)
    picture = a_picture()

    derainer = Derainer(path, precision="fp32")

    assert (derainer.model, derainer.backend) == ("dim", "openvino")
    assert np.abs(derainer(picture).astype(int) - picture / 2).max() <= 1
    derainer.close()


@pytest.mark.slow
def test_an_onnx_file_keeps_the_depth_of_sixteen_bit_pictures(onnx_file: Path) -> None:
    picture = a_picture(kind=np.uint16)

    derainer = Derainer(onnx_file, precision="fp32")

    assert np.abs(derainer(picture).astype(int) - picture / 2).max() <= 1
    derainer.close()


def test_what_cannot_be_run_is_told_in_one_line(tmp_path: Path) -> None:
    fixed = written_onnx(tmp_path / "fixed.onnx", sides=(64, 96))
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"no network")

    for path, message in (
        (fixed, "takes pictures of 96x64 alone; export it with open height"),
        (broken, "cannot read .*broken.onnx as ONNX"),
        (tmp_path / "none.onnx", "there is no such file"),
    ):
        with pytest.raises(ModelError, match=message) as told:
            Derainer(path)
        assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"backend": "torch"},
            "ONNX, which runs in OpenVINO on the CPU; backend torch",
        ),
        ({"multiple": 0}, "multiple of 1 or more pixels, got 0"),
        ({"precision": "fp16"}, "not in fp16"),
    ],
)
def test_options_that_do_not_go_with_onnx_are_refused(
    onnx_file: Path, options: dict[str, str], message: str
) -> None:
    with pytest.raises(ModelError, match=message):
        Derainer(onnx_file, **options)  # type: ignore[arg-type]
