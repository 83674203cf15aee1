"""PyTorch's network with its operations fused by `torch.compile`.

It compiles anew for each size of picture; the first picture of a size waits for that.
"""

import os
import shutil
from importlib.util import find_spec

import torch
from torch import nn

from model.backends.compile.cache import keep_code_apart
from model.backends.torch_backend import TorchBackend
from model.errors import ModelError
from model.pictures.pixels import RgbArray


class CompiledBackend(TorchBackend):
    """The reference backend with a compiled network.

    Raises:
        ModelError: What generates its code, a C++ compiler or Triton, is not here.
    """

    backend = "compile"

    def __init__(
        self, network: nn.Module, *, device: str, precision: str, threads: int = 0
    ) -> None:
        _check_compiler(device)
        keep_code_apart()
        super().__init__(network, device=device, precision=precision, threads=threads)
        # Not dynamic: a kernel for one size beats one for all, and a video has one.
        self._network.compile(dynamic=False)

    def _derain(self, picture: RgbArray, out: RgbArray) -> None:
        from torch._dynamo.exc import BackendCompilerFailed

        try:
            super()._derain(picture, out)
        except BackendCompilerFailed:  # what was kept is gone with it: once more
            torch.compiler.reset()
            try:
                super()._derain(picture, out)
            except BackendCompilerFailed as error:
                reason = " ".join(str(error).split())[:300]
                raise ModelError(
                    f"Backend 'compile' could not compile the network: {reason}"
                ) from error


def _check_compiler(device: str) -> None:
    if device == "cpu" and shutil.which(os.environ.get("CXX", "c++")) is None:
        raise ModelError(
            "Backend 'compile' needs a C++ compiler on the CPU: apt install g++."
        )
    if device != "cpu" and find_spec("triton") is None:
        raise ModelError(
            "Backend 'compile' needs Triton on CUDA; PyTorch's CUDA builds bring it."
        )
