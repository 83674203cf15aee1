import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model import Derainer, ModelError, Pending, RgbArray, load_network
from model.backends.openvino.backend import OpenVinoBackend
from model.backends.openvino.processor import cpu_precisions


def psnr(image: RgbArray, truth: RgbArray, peak: float) -> float:
    error = np.mean((image.astype(float) - truth) ** 2)
    return float(10 * np.log10(peak**2 / error))


@pytest.mark.slow
def test_every_backend_agrees_with_torch_fp32(rainy_picture: RgbArray) -> None:
    reference = Derainer(backend="torch", precision="fp32")(rainy_picture)

    exact = Derainer(backend="openvino", precision="fp32")(rainy_picture)
    fast = Derainer(precision=cpu_precisions()[0])(rainy_picture)

    assert np.abs(exact.astype(int) - reference).max() <= 1
    assert psnr(fast, reference, 255) >= 50


@pytest.mark.slow
def test_sixteen_bit_pictures_keep_their_depth(rainy_picture: RgbArray) -> None:
    derainer = Derainer(precision="fp32")
    deep = rainy_picture.astype(np.uint16) * 257

    derained = derainer(deep)

    assert derained.dtype == np.uint16
    assert psnr(derained / 257, derainer(rainy_picture), 255) >= 50
    assert len(np.unique(derained % 257)) > 1  # finer than 8 bits


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["torch", "openvino"])
@pytest.mark.parametrize("size", [(16, 16), (17, 33), (90, 64), (1, 1), (5, 70)])
def test_any_size_is_taken_one_after_the_other(
    backend: str, size: tuple[int, int]
) -> None:
    derainer = Derainer(backend=backend)
    picture = np.random.default_rng(0).integers(0, 256, (*size, 3), np.uint8)

    assert derainer(picture).shape == picture.shape


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["torch", "openvino"])
def test_pictures_under_way_at_once_do_not_mix(
    backend: str, rainy_picture: RgbArray
) -> None:
    derainer = Derainer(backend=backend)
    pictures = [rainy_picture, rainy_picture[:, ::-1].copy()] * 3
    alone = [derainer(picture) for picture in pictures[:2]]
    outs = [np.empty_like(picture) for picture in pictures]

    first = 0
    under_way: list[Pending] = []
    for picture, out in zip(pictures, outs, strict=True):
        if len(under_way) == derainer.slots:
            under_way.pop(0).wait()
            first += 1
        under_way.append(derainer.start(picture, out))
    for pending in under_way:
        pending.wait()

    for out, expected in zip(outs, alone * 3, strict=True):
        np.testing.assert_array_equal(out, expected)


@pytest.mark.slow
def test_the_fastest_number_of_streams_is_measured_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    network, weights = load_network("mspfn-lite")

    def opened(**more: Any) -> OpenVinoBackend:
        return OpenVinoBackend(
            lambda: network, weights.variant, weights.sha256, precision="fp32", **more
        )

    first = opened()
    remembered = (tmp_path / "derain" / "fastest.json").read_text()
    again = opened()

    assert first.slots == again.slots
    assert "streams of mspfn-lite, fp32" in remembered
    assert (tmp_path / "derain" / "fastest.json").read_text() == remembered
    assert opened(low_latency=True).slots == 1
    assert opened(streams=2).slots == 2


@pytest.mark.slow
def test_closing_twice_is_no_error_and_leaves_no_thread(
    rainy_picture: RgbArray,
) -> None:
    before = threading.active_count()
    derainer = Derainer(backend="torch")
    derainer(rainy_picture)

    derainer.close()
    derainer.close()

    assert threading.active_count() == before


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((32, 32), np.uint8),
        np.zeros((3, 32, 32), np.uint8),
        np.zeros((32, 32, 3), np.float32),
        np.zeros((0, 32, 3), np.uint8),
    ],
)
def test_what_is_no_picture_is_refused(picture: RgbArray) -> None:
    with pytest.raises(ValueError, match=r"must be C-contiguous uint8 or uint16"):
        Derainer(backend="torch")(picture)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"model": "mspfn-huge"}, "mspfn-huge: no network has this name"),
        ({"model": "mspfn-m30n1"}, "No weights ship for 'mspfn-m30n1'"),
        ({"model": "nowhere.safetensors"}, "there is no such file"),
        ({"device": "gpu"}, "device auto, cpu, cuda"),
        ({"backend": "caffe"}, "backend auto, openvino, torch, compile; got 'caffe'"),
        ({"backend": "cuda"}, "the device is cpu, for which there are openvino"),
        ({"backend": "tensorrt"}, "Expected backend auto, openvino, torch, compile"),
        ({"backend": "cuda", "device": "cpu"}, "asked for; the device is cpu"),
        ({"precision": "fp8"}, "precision auto, fp32"),
        ({"backend": "openvino", "precision": "fp16"}, "not in fp16"),
    ],
)
def test_what_cannot_be_had_is_said_in_one_line(
    options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ModelError, match=message) as caught:
        Derainer(**options)

    assert "\n" not in str(caught.value)
