import pytest

from model import Derainer, ModelError
from tests.conftest import in_a_fresh_python


def test_the_cpu_does_not_slip_into_a_precision_it_is_not_made_for() -> None:
    with pytest.raises(ModelError, match="not in fp16"):
        Derainer(device="cpu", precision="fp16")


@pytest.mark.parametrize("backend", ["cuda", "tensorrt"])
def test_a_backend_of_another_device_is_refused_with_those_there_are(
    backend: str,
) -> None:
    with pytest.raises(ModelError, match="there are openvino, torch, compile"):
        Derainer(device="cpu", backend=backend)


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
def test_a_network_on_a_gpu_needs_no_openvino() -> None:
    barred = (
        "import sys; sys.modules['openvino'] = None\n"
        "import model\nfrom streamer import api\n"
    )

    done = in_a_fresh_python(barred)

    assert done.returncode == 0, done.stderr
