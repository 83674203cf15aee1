"""How work is captured on CUDA, with stand-ins for what of PyTorch needs a device."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import torch

from model.backends.cuda.streams import CudaDevice

CURRENT: list[str] = []
"""The stream that is current, as PyTorch would have it."""


class BrokenGraph:
    """A capture that ends badly if the work inside it failed."""

    work_failed = False

    def capture_begin(self, pool: object, capture_error_mode: str) -> None:
        assert (pool, capture_error_mode) == ("pool", "thread_local")

    def capture_end(self) -> None:
        if self.work_failed:
            raise RuntimeError("operation failed due to a previous error")

    def replay(self) -> None: ...


@contextmanager
def made_current(stream: str) -> Iterator[None]:
    CURRENT.append(stream)
    try:
        yield
    finally:
        CURRENT.remove(stream)


@pytest.fixture(autouse=True)
def _torch_without_a_device(monkeypatch: pytest.MonkeyPatch) -> None:
    CURRENT.clear()
    monkeypatch.setattr(BrokenGraph, "work_failed", False)
    for name, stand_in in {
        "CUDAGraph": BrokenGraph,
        "stream": made_current,
        "graph_pool_handle": lambda: "pool",
        "empty_cache": lambda: None,
        "synchronize": lambda: None,
    }.items():
        monkeypatch.setattr(torch.cuda, name, stand_in)


@pytest.mark.standin
def test_work_that_breaks_a_capture_is_told_by_its_own_error() -> None:
    def work() -> None:
        BrokenGraph.work_failed = True
        raise ValueError("the cause")

    with pytest.raises(ValueError, match="the cause"):
        CudaDevice("cuda:0")._captured("capture stream", work)  # type: ignore[arg-type]

    assert CURRENT == []


@pytest.mark.standin
def test_a_capture_that_ends_badly_leaves_its_stream() -> None:
    def work() -> None:
        BrokenGraph.work_failed = True

    with pytest.raises(RuntimeError, match="previous error"):
        CudaDevice("cuda:0")._captured("capture stream", work)  # type: ignore[arg-type]

    assert CURRENT == []


@pytest.mark.standin
def test_work_is_captured_on_the_stream_and_replayed_by_its_graph() -> None:
    seen: list[str] = []

    replay = CudaDevice("cuda:0")._captured(
        "capture stream",  # type: ignore[arg-type]
        lambda: seen.extend(CURRENT),
    )

    assert seen == ["capture stream"]
    assert replay.__name__ == "replay"
