"""Whether cuDNN tries kernels out again, by what earlier starts have measured."""

from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
import torch
from torch import nn

from model.backends.cuda.backend import CudaBackend
from model.backends.cuda.reference_kernels import ReferenceKernels
from model.backends.cuda.trials import ConvolutionTrials
from tests.support.networks.deferred_device import DeferredDevice


class Noting(nn.Module):
    """Stands for a network; notes whether cuDNN would try kernels out."""

    flags: ClassVar[list[tuple[bool, bool]]] = []

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        cudnn = torch.backends.cudnn
        self.flags.append((cudnn.benchmark, cudnn.allow_tf32))
        return x


def started(
    path: Path, seconds: list[float], *, precision: str = "fp16", key: str = "a card"
) -> tuple[list[tuple[bool, bool]], DeferredDevice]:
    """Returns the flags of each capture at a start of a program, and its device."""
    device = DeferredDevice()
    device.seconds = list(seconds)
    backend = CudaBackend(
        Noting(),
        8,
        device=device,
        precision=precision,
        kernels=ReferenceKernels(),
        trials=ConvolutionTrials(path, key),
    )
    picture = np.zeros((16, 24, 3), np.uint8)
    Noting.flags.clear()
    backend.start(picture, picture.copy())
    return [*Noting.flags], device


def test_the_first_start_tries_the_second_is_measured_without(tmp_path: Path) -> None:
    path = tmp_path / "trials.json"

    assert started(path, [0.010])[0] == [(True, True)]
    assert started(path, [0.0102])[0] == [(False, False)]

    flags, device = started(path, [])
    assert flags == [(False, False)]
    assert device.timed == 0


def test_where_trials_pay_the_second_start_tries_at_once_by_the_other_flag(
    tmp_path: Path,
) -> None:
    path = tmp_path / "trials.json"
    started(path, [0.010])

    assert started(path, [0.015])[0] == [(False, False), (True, True)]
    assert started(path, [])[0] == [(True, True)]


def test_another_card_or_size_is_found_out_anew(tmp_path: Path) -> None:
    path = tmp_path / "trials.json"
    for seconds in ([0.010], [0.010]):
        started(path, seconds)

    assert started(path, [0.010], key="another card")[0] == [(True, True)]
    trials = ConvolutionTrials(path, "a card")
    assert trials.wanted((1, 3, 64, 64))
    assert not trials.wanted((1, 3, 16, 24))


def test_in_fp32_cudnn_always_tries_and_never_in_tf32(tmp_path: Path) -> None:
    path = tmp_path / "trials.json"

    for _ in range(2):
        assert started(path, [], precision="fp32")[0] == [(True, False)]
    assert not path.exists()


@pytest.mark.parametrize("text", ["", "[]", "{broken"])
def test_a_torn_file_is_as_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "trials.json"
    path.write_text(text)

    assert started(path, [0.010])[0] == [(True, True)]
    assert not ConvolutionTrials(path, "a card").lacks((1, 3, 16, 24), tried=True)
