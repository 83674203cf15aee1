"""Requests for pictures of one size: as many at once as there are, and no more."""

from threading import Event, Thread
from typing import Any

import numpy as np
import openvino as ov
import pytest
from openvino import opset13

from model import ModelError
from model.backends.openvino.requests import Requests
from tests.support.patience import PATIENCE_SECONDS

ops: Any = opset13
SIZE, PADDED = (5, 7), (8, 8)


def negative(depth: int) -> ov.CompiledModel:
    """A network that turns black into white, and white into black."""
    kind = ov.Type.u8 if depth == 8 else ov.Type.f32
    picture = ops.parameter([1, *PADDED, 3], kind)
    peak = np.uint8(255) if depth == 8 else np.float32(65_535)
    model = ov.Model([ops.subtract(ops.constant(peak), picture)], [picture], "negative")
    return ov.Core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})


def requests(count: int, depth: int = 8) -> Requests:
    return Requests(negative(depth), count, SIZE, PADDED, depth)


@pytest.mark.parametrize(("depth", "kind"), [(8, np.uint8), (16, np.uint16)])
def test_pictures_come_back_without_their_padding(depth: int, kind: type) -> None:
    rng = np.random.default_rng(1)
    picture: np.ndarray = rng.integers(0, 2**depth, (*SIZE, 3)).astype(kind)
    out = np.zeros_like(picture)

    requests(1, depth).start(picture, out).wait()

    assert np.array_equal(out, 2**depth - 1 - picture.astype(int))


def test_the_padding_is_a_reflection() -> None:
    pool = requests(1)
    picture = np.random.default_rng(1).integers(0, 255, (*SIZE, 3), np.uint8)

    pool.start(picture, np.zeros_like(picture)).wait()

    expected = np.pad(picture, ((0, 3), (0, 1), (0, 0)), mode="reflect")
    assert np.array_equal(pool._all[0].input[0], expected)


def test_pictures_under_way_together_do_not_mix() -> None:
    pool = requests(3)
    shown = [np.full((*SIZE, 3), level, np.uint8) for level in (1, 2, 3)]
    outs = [np.zeros_like(picture) for picture in shown]

    pairs = zip(shown, outs, strict=True)
    started = [pool.start(picture, out) for picture, out in pairs]
    for pending in reversed(started):
        pending.wait()

    assert [int(out.max()) for out in outs] == [254, 253, 252]


def test_one_more_waits_until_a_request_is_free() -> None:
    pool = requests(1)
    picture = np.zeros((*SIZE, 3), np.uint8)
    first = pool.start(picture, picture.copy())
    begun, started = Event(), Event()

    def one_more() -> None:
        begun.set()
        pool.start(picture, picture.copy()).wait()
        started.set()

    thread = Thread(target=one_more, daemon=True)
    thread.start()
    assert begun.wait(PATIENCE_SECONDS)
    before = started.is_set()
    first.wait()

    assert not before
    assert started.wait(PATIENCE_SECONDS)
    thread.join(PATIENCE_SECONDS)
    pool.finish()


def test_a_request_that_fails_is_one_error_and_is_free_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pool = requests(1)
    picture = np.zeros((*SIZE, 3), np.uint8)
    pending = pool.start(picture, picture.copy())

    ended = pool._all[0].wait

    def fail() -> None:
        ended()
        raise RuntimeError("the device is lost")

    with monkeypatch.context() as bent:
        bent.setattr(pool._all[0], "wait", fail)
        with pytest.raises(ModelError, match="OpenVINO failed: the device is lost"):
            pending.wait()

    out = picture.copy()
    pool.start(picture, out).wait()
    assert out.min() == 255
