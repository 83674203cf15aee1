from dataclasses import replace
from importlib.metadata import version

import numpy as np
import pytest

from model import ModelError
from model.cores import ThreadLayout, cores
from streamer.library.state.engine import Engine, engine_of, open_as
from streamer.settings import NetworkOptions
from tests.support.fakes import PassThrough

ONE_THREAD = Engine(
    kind="cpu",
    backend="openvino",
    precision="fp32",
    runtime="openvino 1",
    streams=1,
    threads=1,
)


def test_an_engine_is_told_in_one_line_and_its_first_difference_named() -> None:
    other = replace(ONE_THREAD, precision="bf16", streams=2, threads=4)

    assert str(ONE_THREAD) == "openvino 1 on cpu in fp32, 1 thread in 1 stream"
    assert str(other) == "openvino 1 on cpu in bf16, 4 threads in 2 streams"
    assert ONE_THREAD.differs(other) == "precision was fp32 and is bf16"
    assert ONE_THREAD.differs(replace(ONE_THREAD)) == ""


def test_where_threads_change_no_value_none_are_told() -> None:
    engine = engine_of(PassThrough())

    assert engine.layout is None
    assert (engine.kind, engine.backend, engine.precision) == ("cpu", "fake", "exact")


@pytest.mark.slow
def test_a_network_opened_as_another_computes_as_that_one() -> None:
    options = NetworkOptions(model="mspfn-tiny", device="cpu", backend="openvino")
    engine = replace(ONE_THREAD, runtime=f"openvino {version('openvino')}")
    picture = np.random.default_rng(1).integers(0, 256, (64, 96, 3), np.uint8)
    outs = [np.empty_like(picture) for _ in range(2)]

    for out in outs:
        network = open_as(options, engine)
        assert engine_of(network) == engine
        assert network.layout == ThreadLayout(1, 1)
        network.start(picture, out).wait()
        network.close()

    assert np.array_equal(outs[0], outs[1])


@pytest.mark.slow
def test_more_threads_than_cores_are_refused_in_one_line() -> None:
    engine = replace(ONE_THREAD, threads=cores() + 1)
    options = NetworkOptions(model="mspfn-tiny")

    with pytest.raises(ModelError, match=r"threads were asked for; there are \d+ core"):
        open_as(options, engine)
