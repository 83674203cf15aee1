import pytest

from model import Derainer, ModelError
from tests.conftest import in_a_fresh_python


def test_the_cpu_does_not_slip_into_a_precision_it_is_not_made_for() -> None:
    with pytest.raises(ModelError, match="not in fp16"):
        Derainer(device="cpu", precision="fp16")


def test_a_backend_of_another_device_is_refused_with_those_there_are() -> None:
    with pytest.raises(ModelError, match="there are openvino, torch, compile"):
        Derainer(device="cpu", backend="cuda")


@pytest.mark.slow
def test_the_choice_is_made_once_and_kept(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    first = Derainer(device="cpu", precision="fp32")
    first.close()

    def never(*_: object) -> float:
        raise AssertionError("measured again")

    monkeypatch.setattr("model.backends.autotune._measured", never)
    again = Derainer(device="cpu", precision="fp32")

    assert again.backend == first.backend
    again.close()


@pytest.mark.slow
def test_a_network_on_a_gpu_runs_without_openvino() -> None:
    barred = """
import sys
sys.modules["openvino"] = None
import numpy as np
from model import load_network
from model.backends import select
from model.backends.cuda.backend import CudaBackend
from model.backends.cuda.reference_kernels import ReferenceKernels
from model.backends.tiling_fallback import TilingFallback
from model.temporal.stream import TemporalStream
from streamer import api
from streamer.cli.doctor import checks as doctor_checks
from tests.support.networks.deferred_device import DeferredDevice

network, weights = load_network("mspfn-lite")
inner = CudaBackend(network, weights.variant.multiple, device=DeferredDevice(),
    precision="fp32", kernels=ReferenceKernels())
stream = TemporalStream(TilingFallback(inner, weights.variant.multiple))
picture = np.full((40, 56, 3), 90, np.uint8)
out = np.zeros_like(picture)
stream.start(picture, out).wait()
assert abs(int(out.mean()) - 90) < 5, out.mean()
"""

    done = in_a_fresh_python(barred)

    assert done.returncode == 0, done.stderr
