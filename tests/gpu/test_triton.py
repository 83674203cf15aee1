"""The Triton kernels on a GPU, against PyTorch."""

import numpy as np
import pytest
import torch

from model import load_network
from model.backends.cuda.kernels import PlaneKernels
from model.backends.triton.available import why_not
from model.backends.triton.backend import TritonBackend
from model.backends.triton.forms import FORMS, forms_for
from model.pictures.pixels import RgbArray

pytestmark = pytest.mark.gpu


def pictures(count: int, height: int, width: int) -> list[RgbArray]:
    rng = np.random.default_rng(3)
    coarse = rng.integers(20, 230, (count, height // 8 + 1, width // 8 + 1, 3))
    fine = coarse.repeat(8, 1).repeat(8, 2)[:, :height, :width]
    return [np.ascontiguousarray(one) for one in fine.astype(np.uint8)]


def backend_in(precision: str) -> TritonBackend:
    network, weights = load_network("mspfn-lite")
    assert why_not(network, "cuda:0", precision) == ""
    return TritonBackend(
        network,
        weights.variant.multiple,
        device="cuda:0",
        precision=precision,
        kernels=PlaneKernels(),
    )


@pytest.mark.parametrize("size", [(160, 224), (161, 227)])
@pytest.mark.parametrize(("precision", "levels"), [("fp16", 2.0), ("bf16", 6.0)])
def test_pictures_come_out_as_from_pytorch_in_fp32(
    size: tuple[int, int], precision: str, levels: float
) -> None:
    [picture] = pictures(1, *size)
    out = np.zeros_like(picture)
    backend = backend_in(precision)

    backend.start(picture, out).wait()

    backend.close()
    network, _ = load_network("mspfn-lite")
    x = torch.from_numpy(picture).permute(2, 0, 1)[None].float() / 255
    with torch.inference_mode():
        truth = network(x)[0].clamp(0, 1).permute(1, 2, 0).numpy() * 255
    assert np.abs(out - truth).max() < levels


def test_a_batch_gives_each_picture_as_it_comes_alone() -> None:
    shown = pictures(8, 96, 128)
    together = [np.zeros_like(one) for one in shown]
    backend = backend_in("fp16")

    backend.start_many(shown, together).wait()

    for picture, expected in zip(shown, together, strict=True):
        out = np.zeros_like(picture)
        backend.start(picture, out).wait()
        assert np.array_equal(out, expected)
    backend.close()


@pytest.mark.parametrize("name", FORMS)
def test_every_form_computes_what_the_default_one_does(name: str) -> None:
    if name not in forms_for(torch.cuda.get_device_capability()):
        pytest.skip(f"{name} is for newer cards than this one")
    network, weights = load_network("mspfn-lite")
    backend = TritonBackend(
        network,
        weights.variant.multiple,
        device="cuda:0",
        precision="fp16",
        kernels=PlaneKernels(),
        name=name,
    )

    backend.check((96, 128))  # raises if they differ in a bit

    backend.close()
