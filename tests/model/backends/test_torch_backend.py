import numpy as np
import pytest
import torch
from torch import nn

from model import ModelError
from model.backends.torch_backend import TorchBackend
from model.cores import ThreadLayout


@pytest.mark.parametrize("precision", ["fp32", "fp16", "bf16"])
@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_black_and_white_come_through_in_every_precision(
    precision: str, kind: type[np.uint8] | type[np.uint16]
) -> None:
    backend = TorchBackend(nn.Identity(), device="cpu", precision=precision)
    picture = np.zeros((16, 16, 3), kind)
    picture[8:] = np.iinfo(kind).max
    out = np.ones_like(picture)

    backend.start(picture, out).wait()

    assert np.array_equal(out, picture)
    backend.close()


class Fails(nn.Module):
    """Fails as CUDA does when a device is gone."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        raise torch.AcceleratorError("CUDA error: device lost\nCompile with ...")


def test_a_lost_device_is_named_in_one_line() -> None:
    backend = TorchBackend(Fails(), device="cpu", precision="fp32")
    picture = np.zeros((16, 16, 3), np.uint8)

    with pytest.raises(ModelError, match=r"^The device cpu failed: .*: device lost$"):
        backend.start(picture, np.zeros_like(picture)).wait()
    backend.close()


def test_it_computes_in_as_many_threads_as_are_asked_for() -> None:
    before = torch.get_num_threads()

    backend = TorchBackend(nn.Identity(), device="cpu", precision="fp32", threads=3)
    threads = torch.get_num_threads()
    backend.close()
    torch.set_num_threads(before)

    assert threads == 3
    assert backend.layout == ThreadLayout(1, 3)
