from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from model import Derainer, ModelError, build_network, write_weights

SIZES = [(48, 64), (33, 50)]


@pytest.mark.slow
@pytest.mark.compiled
@pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")  # PyTorch's own
def test_the_compiled_network_agrees_with_the_plain_one(
    tmp_path: Path, rainy_picture: NDArray[np.uint8]
) -> None:
    torch.manual_seed(0)
    path = tmp_path / "small.safetensors"
    small = "mspfn-model3"  # the one that compiles soonest
    write_weights(path, build_network(small).state_dict(), {"model": small})
    plain = Derainer(path, device="cpu", backend="torch")
    compiled = Derainer(path, device="cpu", backend="compile")

    for height, width in SIZES:
        picture = rainy_picture[:height, :width].copy()
        error = plain(picture).astype(int) - compiled(picture)
        assert np.abs(error).max() <= 1

    assert compiled.backend == "compile"
    plain.close()
    compiled.close()


def test_without_a_compiler_one_line_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("model.compiled_backend.shutil.which", lambda _: None)

    with pytest.raises(ModelError, match=r"needs a C\+\+ compiler"):
        Derainer(device="cpu", backend="compile")
