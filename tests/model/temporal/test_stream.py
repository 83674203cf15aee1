from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from model.backends.base import BackendBase, FuturePending, Pending, PendingBase
from model.errors import ModelError
from model.motion.fusion import shipped
from model.pictures.pixels import RgbArray
from model.temporal.stream import TemporalStream
from tests.support.media.rainy_scene import Picture, psnr, rain, scene


class Dimmer(BackendBase):
    """A network that takes the same share of light from every pixel."""

    model, device, backend, precision = "dimmer", "cpu", "fake", "exact"
    slots = 2

    def __init__(self, share: float) -> None:
        self._share = share
        self._thread = ThreadPoolExecutor(1)
        self.started = 0

    def start(self, picture: RgbArray, out: RgbArray) -> Pending:
        self.started += 1
        return FuturePending(self._thread.submit(self._fill, picture, out))

    def _fill(self, picture: RgbArray, out: RgbArray) -> None:
        np.copyto(out, picture - (picture * self._share).astype(picture.dtype))

    def close(self) -> None:
        self._thread.shutdown()


def run(network: TemporalStream, frames: Sequence[RgbArray]) -> list[RgbArray]:
    """Keeps as many frames under way as the network takes, as a scheduler does."""
    flying, results = [], []
    for frame in frames:
        out = np.empty_like(frame)
        flying.append((network.start(frame, out), out))
        if len(flying) >= network.slots:
            pending, done = flying.pop(0)
            pending.wait()
            results.append(done)
    for pending, done in flying:
        pending.wait()
        results.append(done)
    network.close()
    return results


class OneAtATime(Dimmer):
    """Takes a picture when the one before it was waited for, and not before."""

    slots = 1

    def __init__(self, share: float) -> None:
        super().__init__(share)
        self.under_way = 0

    def start(self, picture: RgbArray, out: RgbArray) -> Pending:
        assert self.under_way == 0
        self.under_way = 1
        inner = super().start(picture, out)
        return Waited(inner, self)


class Waited(PendingBase):
    def __init__(self, inner: Pending, network: OneAtATime) -> None:
        self._inner, self._network = inner, network

    def wait(self) -> None:
        self._inner.wait()
        self._network.under_way = 0


def rainy(count: int, *, first: int = 0) -> list[Picture]:
    return [rain(scene(), first + i, streaks=150) for i in range(count)]


@pytest.mark.parametrize("temporal", ["causal", "centred"])
@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_the_end_of_a_stream_asks_no_more_of_a_network_than_it_takes(
    temporal: str, count: int
) -> None:
    frames = rainy(count)

    results = run(TemporalStream(OneAtATime(0), temporal=temporal, gate="off"), frames)

    assert len(results) == count


@pytest.mark.parametrize("temporal", ["off", "causal", "centred"])
@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_every_frame_comes_out_in_its_order(temporal: str, count: int) -> None:
    frames = [np.full((60, 64, 3), 20 * i, np.uint8) for i in range(count)]

    results = run(TemporalStream(Dimmer(0), temporal=temporal, gate="off"), frames)

    assert [int(picture[0, 0, 0]) for picture in results] == [
        20 * i for i in range(count)
    ]


@pytest.mark.parametrize("temporal", ["causal", "centred"])
def test_the_network_is_used_once_for_each_frame(temporal: str) -> None:
    dimmer = Dimmer(0)

    run(TemporalStream(dimmer, temporal=temporal), rainy(6))

    assert dimmer.started == 6


@pytest.mark.parametrize("temporal", ["causal", "centred"])
def test_rain_goes_although_the_network_finds_none(temporal: str) -> None:
    frames = rainy(7)

    results = run(TemporalStream(Dimmer(0), temporal=temporal, gate="off"), frames)

    for frame, result in list(zip(frames, results, strict=True))[2:]:
        assert psnr(result, scene()) > psnr(frame, scene()) + 3


def test_the_network_has_the_first_frames_to_itself() -> None:
    frames = rainy(2)

    results = run(TemporalStream(Dimmer(0.2), temporal="causal", gate="off"), frames)

    for frame, result in zip(frames, results, strict=True):
        np.testing.assert_allclose(result, frame * 0.8, atol=1)


@pytest.mark.parametrize("temporal", ["off", "causal", "centred"])
def test_dry_frames_come_out_bit_exact(temporal: str) -> None:
    frames = [scene() for _ in range(6)]
    network = TemporalStream(Dimmer(0.01), temporal=temporal)

    results = run(network, frames)

    for frame, result in zip(frames, results, strict=True):
        np.testing.assert_array_equal(result, frame)
    assert network.frames_untouched == 6


def test_the_gate_can_be_switched_off() -> None:
    frames = [scene() for _ in range(2)]

    results = run(TemporalStream(Dimmer(0.01), gate="off"), frames)

    assert not np.array_equal(results[0], frames[0])


def test_rain_that_only_the_neighbours_find_keeps_the_gate_open() -> None:
    network = TemporalStream(Dimmer(0), temporal="causal")

    run(network, rainy(30))

    assert network.frames_untouched <= 2


def test_pictures_go_into_the_network_unchanged_for_the_comparison() -> None:
    frames = rainy(5)
    before = [frame.copy() for frame in frames]

    run(TemporalStream(Dimmer(0.2), temporal="centred"), frames)

    for frame, kept in zip(frames, before, strict=True):
        np.testing.assert_array_equal(frame, kept)


def test_two_streams_share_a_network_and_do_not_mix() -> None:
    one, other = rainy(4), rainy(4, first=50)
    alone = run(TemporalStream(Dimmer(0.1), temporal="causal", gate="off"), one)

    shared = Dimmer(0.1)
    streams = [TemporalStream(shared, temporal="causal", gate="off") for _ in range(2)]
    results = []
    for pair in zip(one, other, strict=True):
        outs = [np.empty_like(frame) for frame in pair]
        flying = [s.start(f, o) for s, f, o in zip(streams, pair, outs, strict=True)]
        for pending in flying:
            pending.wait()
        results.append(outs[0])
    shared.close()

    for expected, got in zip(alone, results, strict=True):
        np.testing.assert_array_equal(got, expected)


def test_sizes_may_change_within_the_stream() -> None:
    frames = [scene(), scene(), scene(144, 200), scene(144, 200), scene()]

    results = run(TemporalStream(Dimmer(0), temporal="centred", gate="off"), frames)

    assert [picture.shape for picture in results] == [frame.shape for frame in frames]


@pytest.mark.parametrize("wrong", [{"temporal": "both"}, {"gate": "ajar"}])
def test_unknown_kinds_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ModelError, match=f"got '{next(iter(wrong.values()))}'"):
        TemporalStream(Dimmer(0), **wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(("temporal", "loaded"), [("off", 0), ("causal", 1)])
def test_the_fusion_is_loaded_before_the_first_frame(
    temporal: str, loaded: int
) -> None:
    shipped.cache_clear()

    TemporalStream(Dimmer(0), temporal=temporal).close()

    assert shipped.cache_info().currsize == loaded
