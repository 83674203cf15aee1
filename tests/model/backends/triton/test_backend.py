"""What the Triton backend says before a kernel runs; test_kernels runs them."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from model import ModelError, build_network
from model.backends.cuda.reference_kernels import ReferenceKernels
from model.backends.triton.backend import TritonBackend, programs_at_once
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


def test_a_launch_that_the_card_refuses_is_told_in_its_words() -> None:
    pytest.importorskip("triton", reason="NOT CHECKED: triton is not here")
    backend = TritonBackend(
        build_network("mspfn-lite"),
        16,
        device=DeferredDevice(),
        precision="fp16",
        kernels=ReferenceKernels(),
        name="triton-persistent",
    )

    def refused(_picture: Any) -> Any:
        raise RuntimeError("Triton Error [CUDA]: too many blocks in cooperative launch")

    backend._network = refused
    picture = np.zeros((16, 16, 3), np.uint8)

    with pytest.raises(ModelError, match="too many blocks in cooperative launch"):
        backend.start(picture, np.empty_like(picture))


def test_as_many_programs_are_at_once_on_a_card_as_its_registers_hold(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    card = SimpleNamespace(multi_processor_count=132)
    there = SimpleNamespace(get_device_properties=lambda _device: card)
    monkeypatch.setattr(torch, "cuda", there)

    assert programs_at_once("cuda:0") == 264
    assert programs_at_once("cpu") == 1
