import json
from pathlib import Path

import numpy as np
import openvino as ov
import pytest
import torch

from model import Derainer, ModelError, RgbArray, build_network, write_weights
from model.backends.openvino.backend import OpenVinoBackend
from model.backends.openvino.processor import has_int8_dot
from model.quantisation import (
    Quantisation,
    QuantParams,
    load_quantisation,
    quantisation_file,
    write_quantisation,
)
from model.weights.header import weights_file
from model.weights.tensors import load_network


def a_quantisation(sha256: str = "abc") -> Quantisation:
    inputs = {
        "first": QuantParams(zero_point=8, scales=(0.5, 0.25)),
        "second": QuantParams(zero_point=None, scales=(0.125,)),
    }
    return Quantisation(weights_sha256=sha256, inputs=inputs)


def psnr(image: RgbArray, truth: RgbArray) -> float:
    error = np.mean((image.astype(float) - truth) ** 2)
    return float(10 * np.log10(255**2 / error))


def test_written_steps_come_back(tmp_path: Path) -> None:
    weights = tmp_path / "my.safetensors"

    path = quantisation_file(weights)
    write_quantisation(path, a_quantisation(), {"found_on": "noise"})

    assert load_quantisation(weights, "abc") == a_quantisation()
    assert json.loads(path.read_text())["found_on"] == "noise"


def test_steps_of_other_weights_are_as_if_there_were_none(tmp_path: Path) -> None:
    weights = tmp_path / "my.safetensors"
    write_quantisation(quantisation_file(weights), a_quantisation(), {})

    assert load_quantisation(weights, "trained on") is None
    assert load_quantisation(tmp_path / "another.safetensors", "abc") is None


@pytest.mark.parametrize(
    "text", ["", "null", '{"inputs": {}}', '{"inputs": []}', "[" * 100_000]
)
def test_a_broken_file_of_steps_is_named(tmp_path: Path, text: str) -> None:
    weights = tmp_path / "my.safetensors"
    quantisation_file(weights).write_text(text)

    with pytest.raises(ModelError, match=r"my\.int8\.json cannot be read"):
        load_quantisation(weights, "abc")


def test_the_ends_of_the_scale_are_those_of_a_byte() -> None:
    with_zero, signed = (
        QuantParams(zero_point=8, scales=(1.0,)),
        QuantParams(zero_point=None, scales=(1.0,)),
    )

    assert (with_zero.lowest, with_zero.highest) == (-8, 247)
    assert (signed.lowest, signed.highest) == (-127, 127)


def test_the_shipped_weights_have_steps_of_their_own() -> None:
    network, weights = load_network("mspfn-lite")

    found = load_quantisation(weights_file("mspfn-lite"), weights.sha256)

    assert found is not None, "new weights: run 'derain calibrate' on clean pictures"
    over_pictures = {
        name.removesuffix(".gates")
        for name, module in network.named_modules()
        if isinstance(module, torch.nn.Conv2d | torch.nn.ConvTranspose2d)
        and module.kernel_size == (3, 3)
    }
    assert found.inputs.keys() == over_pictures


@pytest.mark.slow
def test_int8_stays_close_to_what_the_network_says(rainy_picture: RgbArray) -> None:
    exact = Derainer(precision="fp32")(rainy_picture)

    counted = Derainer(precision="int8")

    assert psnr(counted(rainy_picture), exact) >= 50
    assert counted.precision == "int8"


@pytest.mark.slow
@pytest.mark.parametrize("phases", [False, True])
def test_every_convolution_with_steps_really_runs_on_bytes(phases: bool) -> None:
    network, weights = load_network("mspfn-lite")
    steps = load_quantisation(weights_file("mspfn-lite"), weights.sha256)
    assert steps is not None

    backend = OpenVinoBackend(
        lambda: network,
        weights.variant,
        weights.sha256,
        precision="int8",
        streams=1,
        quantisation=steps,
        phases=phases,
    )

    ran = [
        node.get_rt_info()["primitiveType"].astype(str)
        for node in compiled(backend).get_runtime_model().get_ordered_ops()
        if node.get_rt_info()["layerType"].astype(str)
        in {"Convolution", "Deconvolution"}
    ]
    on_bytes = [kind for kind in ran if kind.lower().endswith("i8")]
    # The three Conv-LSTM gates are convolutions of their own there.
    gates = 2 * 3
    # In phases 3 doublings and a strided one of each module are four.
    parted = 3 * 4 * 5 if phases else 0
    assert len(on_bytes) == len(steps.inputs) + gates + parted
    backend.close()


def compiled(backend: OpenVinoBackend) -> ov.CompiledModel:
    picture = np.zeros((64, 64, 3), np.uint8)
    backend.start(picture, picture.copy()).wait()
    requests = next(iter(backend._compiled.values()))
    model = requests._all[0]._request.get_compiled_model()
    assert isinstance(model, ov.CompiledModel)
    return model


@pytest.mark.slow
def test_weights_without_steps_run_in_another_precision(tmp_path: Path) -> None:
    path = tmp_path / "new.safetensors"
    write_weights(path, build_network().state_dict(), {"model": "mspfn-lite"})

    with pytest.raises(ModelError, match="'derain calibrate' finds them"):
        Derainer(path, precision="int8")
    assert Derainer(path, backend="openvino").precision in {"bf16", "fp32"}


@pytest.mark.slow
@pytest.mark.skipif(not has_int8_dot(), reason="the processor is not made for int8")
def test_int8_is_chosen_where_the_processor_is_made_for_it() -> None:
    assert Derainer().precision == "int8"
    assert Derainer(precision="bf16").precision == "bf16"


def test_int8_is_refused_where_it_cannot_run() -> None:
    with pytest.raises(ModelError, match="int8 runs in OpenVINO"):
        Derainer(backend="torch", precision="int8")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        (
            {"nowhere": QuantParams(zero_point=0, scales=(1.0,))},
            "no convolution named nowhere",
        ),
        (
            {"reconstruction.rain": QuantParams(zero_point=0, scales=(1.0,))},
            "takes 32 channels",
        ),
    ],
)
def test_steps_that_do_not_fit_the_network_are_refused(
    inputs: dict[str, QuantParams], message: str
) -> None:
    network, weights = load_network("mspfn-lite")
    wrong = Quantisation(weights_sha256=weights.sha256, inputs=inputs)

    with pytest.raises(ModelError, match=message):
        OpenVinoBackend(
            lambda: network,
            weights.variant,
            "none",
            precision="int8",
            quantisation=wrong,
        )


@pytest.mark.slow
def test_a_network_in_phases_is_as_exact_in_int8(rainy_picture: RgbArray) -> None:
    network, weights = load_network("mspfn-lite")
    exact = Derainer(backend="torch", precision="fp32")(rainy_picture)
    found = {}

    for phases in (False, True):
        backend = OpenVinoBackend(
            lambda: network,
            weights.variant,
            weights.sha256,
            precision="int8",
            streams=1,
            quantisation=load_quantisation(weights_file("mspfn-lite"), weights.sha256),
            phases=phases,
        )
        out = np.empty_like(rainy_picture)
        backend.start(rainy_picture, out).wait()
        backend.close()
        found[phases] = psnr(out, exact)

    assert found[False] > 45
    assert found[True] > found[False] - 0.5
