"""Pictures of several sizes at once, as several cameras bring them."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event

import numpy as np
import pytest

from model.backends.cache import seal
from model.backends.openvino.backend import OpenVinoBackend
from model.errors import CancelledError
from model.mspfn.variants import DEFAULT_MODEL
from model.pictures.pixels import RgbArray
from model.weights.tensors import load_network
from tests.support.patience import PATIENCE_SECONDS

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def backend() -> Iterator[OpenVinoBackend]:
    network, weights = load_network(DEFAULT_MODEL)
    made = OpenVinoBackend(
        lambda: network, weights.variant, weights.sha256, precision="fp32"
    )
    yield made
    made.close()


def a_picture(height: int, width: int) -> RgbArray:
    rng = np.random.default_rng(height)
    return rng.integers(0, 255, (height, width, 3), np.uint8)


def derained(backend: OpenVinoBackend, picture: RgbArray) -> RgbArray:
    out = np.empty_like(picture)
    backend.start(picture, out).wait()
    return out


def test_a_new_size_holds_up_no_other(
    backend: OpenVinoBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, new = a_picture(64, 64), a_picture(48, 80)
    before = derained(backend, known)
    going, compiled = Event(), backend._compile

    def slow(height: int, width: int, depth: int) -> object:
        assert going.wait(PATIENCE_SECONDS)
        return compiled(height, width, depth)

    monkeypatch.setattr(backend, "_compile", slow)
    outs = [np.empty_like(new) for _ in range(2)]
    pending = [backend.start(new, out) for out in outs]

    during = derained(backend, known)
    going.set()
    for one in pending:
        one.wait()

    np.testing.assert_array_equal(before, during)
    np.testing.assert_array_equal(outs[0], outs[1])
    np.testing.assert_array_equal(outs[0], derained(backend, new))


def test_a_stop_does_not_wait_until_a_size_is_compiled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    network, weights = load_network(DEFAULT_MODEL)
    stopped = OpenVinoBackend(
        lambda: network, weights.variant, weights.sha256, precision="fp32", streams=1
    )
    begun, ends = Event(), Event()

    def compiles(*_size: int) -> object:
        begun.set()
        assert ends.wait(PATIENCE_SECONDS)
        raise RuntimeError("nobody waits for this")

    monkeypatch.setattr(stopped, "_compile", compiles)
    picture = a_picture(48, 80)
    pending = [stopped.start(picture, picture.copy()) for _ in range(2)]
    assert begun.wait(PATIENCE_SECONDS)

    stopped.cancel()
    for one in pending:
        with pytest.raises(CancelledError):
            one.wait()
    stopped.close()

    assert not ends.is_set()
    ends.set()


def test_what_fails_for_a_new_size_is_told_to_who_waits(
    backend: OpenVinoBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_size: int) -> object:
        raise RuntimeError("no memory")

    monkeypatch.setattr(backend, "_compile", fail)
    picture = a_picture(32, 48)

    pending = backend.start(picture, picture.copy())

    with pytest.raises(RuntimeError, match="no memory"):
        pending.wait()


def test_many_small_sizes_stay_compiled_and_large_ones_replace_the_oldest(
    backend: OpenVinoBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = [(16 + 4 * step, 16) for step in range(5)]
    compiled, made = backend._compile, []

    def counted(height: int, width: int, depth: int) -> object:
        made.append((height, width))
        return compiled(height, width, depth)

    monkeypatch.setattr(backend, "_compile", counted)
    derained(backend, a_picture(64, 64))
    for _ in range(3):
        for size in sizes:
            derained(backend, a_picture(*size))

    assert made == sizes
    for side in (64, 68, 72, 76):
        derained(backend, a_picture(64, side))
    assert backend._known((*sizes[0], 8)) is None


def test_what_was_compiled_before_gives_the_same_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    network, weights = load_network(DEFAULT_MODEL)
    picture = a_picture(48, 64)
    results, blobs = [], []

    for _start in range(3):
        backend = OpenVinoBackend(
            lambda: network,
            weights.variant,
            weights.sha256,
            precision="fp32",
            streams=1,
        )
        results.append(derained(backend, picture))
        backend.close()
        kept = (tmp_path / "derain" / "compiled").rglob("*.blob")
        blobs.append(sorted(kept))

    np.testing.assert_array_equal(results[0], results[1])
    np.testing.assert_array_equal(results[1], results[2])
    assert blobs[0] == blobs[1] == blobs[2]
    assert len(blobs[2]) == 1


def test_a_start_that_finds_its_size_compiled_reads_no_graph(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    network, weights = load_network(DEFAULT_MODEL)

    def opened() -> OpenVinoBackend:
        return OpenVinoBackend(
            lambda: network,
            weights.variant,
            weights.sha256,
            precision="fp32",
            streams=1,
        )

    picture = a_picture(48, 64)
    first = opened()
    expected = derained(first, picture)
    first.close()
    second = opened()

    result = derained(second, picture)

    assert not second._graphs
    np.testing.assert_array_equal(result, expected)
    second.close()


def test_a_kept_graph_that_openvino_refuses_is_compiled_anew(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    network, weights = load_network(DEFAULT_MODEL)
    results = []

    for _start in range(2):
        with closing(
            OpenVinoBackend(
                lambda: network,
                weights.variant,
                weights.sha256,
                precision="fp32",
                streams=1,
            )
        ) as backend:
            results.append(derained(backend, a_picture(48, 64)))
        [blob] = (tmp_path / "derain" / "compiled").rglob("*.blob")
        blob.write_bytes(b"of another build")
        seal([blob])

    assert "compiled anew" in caplog.text
    np.testing.assert_array_equal(results[0], results[1])


def test_what_is_under_way_ends_when_it_is_cancelled(backend: OpenVinoBackend) -> None:
    picture = np.full((640, 640, 3), 90, np.uint8)
    out = np.empty_like(picture)
    backend.start(picture, out).wait()  # compiled

    pending = backend.start(picture, out)
    backend.cancel()

    with pytest.raises(CancelledError, match="given up"):
        pending.wait()
