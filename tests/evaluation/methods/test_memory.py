"""Networks with a memory as rows of a table."""

from pathlib import Path

import numpy as np
import pytest

from evaluation.errors import EvaluationError
from evaluation.evaluate import Plan, methods_of
from evaluation.methods import MemoryMethod, has_memory
from evaluation.methods.streams import through
from model import build_network, load_weights, write_weights
from model.mspfn.video import widened
from model.weights.header import SHIPPED
from tests.support.media.rainy_scene import rain, scene

NAME = "mspfn-tiny-video"


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights of a network with a memory, begun from those of the still one."""
    path = tmp_path_factory.mktemp("weights") / "video.safetensors"
    shapes = build_network(NAME).state_dict()
    begun = widened(load_weights("mspfn-tiny").tensors, shapes)
    write_weights(path, begun, {"model": NAME})
    return path


def test_which_networks_have_a_memory_is_told_by_name_and_by_file(
    weights: Path, tmp_path: Path
) -> None:
    assert has_memory(NAME)
    assert has_memory(str(weights))
    assert not has_memory("mspfn-tiny")
    assert not has_memory(str(SHIPPED / "mspfn-tiny.safetensors"))
    assert not has_memory(str(tmp_path / "gone.safetensors"))


def test_its_row_stands_once_beside_the_temporal_steps_of_others(weights: Path) -> None:
    plan = Plan(
        set_name="video-pairs",
        root="",
        models=(str(weights), "mspfn-tiny"),
        device="cpu",
        backend="torch",
        temporal=("off", "causal"),
    )

    names = [row.name for row in methods_of(plan, "video-pairs", clips=True)]

    assert names == ["input", str(weights), "mspfn-tiny", "mspfn-tiny causal"]


@pytest.mark.slow
def test_frames_come_at_once_and_know_what_came_before(weights: Path) -> None:
    method = MemoryMethod(str(weights), device="cpu", name="video")
    wet = [rain(scene(), seed) for seed in range(3)]

    clip = list(through(method.stream(), wet))

    assert method.name == "video"
    assert method.facts["memory"] == "carried over each clip"
    assert np.array_equal(clip[0], method(wet[0]))
    assert not np.array_equal(clip[2], method(wet[2]))
    assert all(len(method.stream().push(frame)) == 1 for frame in wet)


def test_a_network_that_ships_no_weights_is_an_error_of_one_line() -> None:
    with pytest.raises(EvaluationError, match="No weights ship for 'mspfn-tiny-video'"):
        MemoryMethod(NAME)


def test_another_precision_than_it_has_is_refused(weights: Path) -> None:
    with pytest.raises(EvaluationError, match="computes in fp32; got int8"):
        MemoryMethod(str(weights), precision="int8")


def test_a_network_without_a_memory_is_refused() -> None:
    with pytest.raises(EvaluationError, match="mspfn-tiny has no memory"):
        MemoryMethod("mspfn-tiny", device="cpu")


def test_a_frame_that_the_network_cannot_take_is_an_error_of_one_line(
    weights: Path,
) -> None:
    method = MemoryMethod(str(weights), device="cpu", name="video")

    with pytest.raises(EvaluationError, match="video: A picture must be at least 32"):
        method(np.zeros((12, 12, 3), np.uint8))
