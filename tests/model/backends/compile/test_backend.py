import copy
from dataclasses import replace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from model import VARIANTS, Derainer, ModelError, build_network
from model.backends.compile.backend import CompiledBackend
from model.backends.torch_backend import TorchBackend

SMALL = replace(VARIANTS["mspfn-model1"], modules=1, width=8, units=(1,))


@pytest.mark.slow
@pytest.mark.compiled
@pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")  # PyTorch's own
def test_the_compiled_network_agrees_with_the_plain_one(
    rainy_picture: NDArray[np.uint8],
) -> None:
    torch.manual_seed(0)
    network = build_network(SMALL).eval()
    plain = TorchBackend(copy.deepcopy(network), device="cpu", precision="fp32")
    compiled = CompiledBackend(network, device="cpu", precision="fp32")
    picture = rainy_picture[:33, :50].copy()
    expected, found = np.empty_like(picture), np.empty_like(picture)

    plain.start(picture, expected).wait()
    compiled.start(picture, found).wait()

    assert np.abs(expected.astype(int) - found).max() <= 1
    assert compiled.backend == "compile"
    plain.close()
    compiled.close()


def test_without_a_compiler_one_line_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("model.backends.compile.backend.shutil.which", lambda _: None)

    with pytest.raises(ModelError, match=r"needs a C\+\+ compiler"):
        Derainer(device="cpu", backend="compile")
