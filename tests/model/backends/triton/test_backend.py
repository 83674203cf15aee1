"""What the Triton backend says before a kernel runs; test_kernels runs them."""

import pytest
from torch import nn

from model import ModelError
from model.backends.cuda.reference_kernels import ReferenceKernels
from model.backends.triton.backend import TritonBackend
from tests.support.networks.deferred_device import DeferredDevice


def test_the_backend_refuses_numbers_that_it_does_not_compute_in() -> None:
    with pytest.raises(ModelError, match="fp16 or bf16; got fp32"):
        TritonBackend(nn.Identity(), 1, device="cuda:0", precision="fp32")


def test_a_network_of_another_kind_is_named() -> None:
    pytest.importorskip("triton", reason="NOT CHECKED: triton is not here")

    with pytest.raises(ModelError, match="runs an MSPFN; got Identity"):
        TritonBackend(
            nn.Identity(),
            1,
            device=DeferredDevice(),
            precision="fp16",
            kernels=ReferenceKernels(),
        )
