"""The network with a memory: as the still one without it, and better informed with."""

from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
import torch
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

from model import ModelError, build_network
from model.derainer import Derainer
from model.mspfn.conv_lstm import ConvLSTM
from model.mspfn.network import MSPFN
from model.mspfn.variant import Variant
from model.mspfn.variants import variant_named
from model.mspfn.video import Alignment, Memory, VideoMSPFN, fetched, widened
from model.weights.tensors import write_weights


def small(name: str) -> Variant:
    """A network of that name with few channels."""
    return replace(
        variant_named(name),
        modules=1,
        width=8,
        recurrent=(4, 4, 4),
        recurrent_inputs=(4, 4, 4),
    )


STILL = small("mspfn-tiny")
VIDEO = small("mspfn-tiny-video")
STATES = small("mspfn-tiny-video-states")


def network_of(variant: Variant) -> VideoMSPFN:
    """A network with random numbers in all its parts."""
    torch.manual_seed(0)
    return cast(VideoMSPFN, build_network(variant).eval())


def begun() -> tuple[MSPFN, VideoMSPFN]:
    """A still network, and the one with a memory that begins with its weights."""
    torch.manual_seed(0)
    still = cast(MSPFN, build_network(STILL).eval())
    video = network_of(VIDEO)
    video.load_state_dict(widened(still.state_dict(), video.state_dict()))
    return still, video


def frames(count: int, height: int = 37, width: int = 41) -> torch.Tensor:
    seeded = torch.Generator().manual_seed(1)
    return torch.rand(count, 1, 3, height, width, generator=seeded)


def moved(dx: float, dy: float, height: int = 37, width: int = 41) -> Alignment:
    """A scene of which each pixel was so far to the right and below."""
    rows, columns = torch.meshgrid(
        torch.arange(height), torch.arange(width), indexing="ij"
    )
    places = torch.stack([columns + dx, rows + dy], -1)[None].float()
    return Alignment(places, torch.ones(1, 1, height, width))


@pytest.mark.parametrize("variant", [VIDEO, STATES], ids=lambda form: form.name)
def test_without_a_memory_a_frame_is_a_picture_by_itself(variant: Variant) -> None:
    network, [picture] = network_of(variant), frames(1)

    derained, memory = network.step(picture)

    assert torch.equal(derained, network(picture))
    assert torch.equal(memory.derained, derained)


def test_it_begins_as_the_still_network_bit_for_bit() -> None:
    still, video = begun()

    for picture in frames(2):
        assert torch.equal(video.step(picture)[0], still(picture))


def test_begun_from_still_weights_a_memory_changes_little_and_is_learned_from() -> None:
    still, video = begun()
    first, second = frames(2)

    derained, _ = video.step(second, video.step(first)[1])
    derained.mean().backward()  # type: ignore[no-untyped-call]  # torch's own stub

    off = (derained - still(second)).abs().max()
    removed = (second - still(second)).abs().max()
    assert off < 0.2 * removed
    kernel = video.get_parameter("initial.0.conv.weight").grad
    gates = video.get_parameter("coarse.units.1.cell.gates.weight").grad
    assert kernel is not None
    assert gates is not None
    assert (kernel[:, 12:] != 0).any()  # what looks at the output before
    assert (gates[:, 4:] != 0).any()  # what looks at the state
    share = video.get_parameter("share.weight").grad
    assert share is not None
    assert (share != 0).any()


@pytest.mark.parametrize("variant", [VIDEO, STATES], ids=lambda form: form.name)
def test_what_was_seen_flows_on_to_the_frames_after(variant: Variant) -> None:
    network, (first, other, last) = network_of(variant), frames(3)

    after_first, _ = network.step(last, network.step(first)[1])
    after_other, _ = network.step(last, network.step(other)[1])

    assert not torch.allclose(after_first, network(last), atol=1e-5)
    assert not torch.allclose(after_first, after_other, atol=1e-5)


def test_a_share_of_what_is_brighter_than_the_output_before_is_rain() -> None:
    network, (first, second) = network_of(VIDEO), frames(2)
    torch.nn.init.zeros_(network.get_parameter("reconstruction.rain.weight"))
    _, memory = network.step(first)  # which it leaves as it is

    derained, _ = network.step(second, memory)

    removed, brighter = second - derained, second > first
    assert (removed[brighter] != 0).any()
    assert (removed[~brighter] == 0).all()


def test_a_stream_that_begins_anew_knows_nothing_of_what_came_before() -> None:
    network, (first, second) = network_of(VIDEO), frames(2)
    _, memory = network.step(first)
    network.step(second, memory)

    assert torch.equal(network.step(second, None)[0], network(second))


def test_streams_of_a_batch_do_not_mix() -> None:
    network, clip = network_of(VIDEO), frames(4)
    one, two = clip[:2], clip[2:]

    _, memory = network.step(torch.cat([one[0], two[0]]))
    together, _ = network.step(torch.cat([one[1], two[1]]), memory)

    for stream, derained in zip((one, two), together, strict=True):
        alone, _ = network.step(stream[1], network.step(stream[0])[1])
        torch.testing.assert_close(derained[None], alone, rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", ["mspfn-lite-video", "mspfn-tiny-video"])
def test_a_memory_is_a_seventh_more_work_at_most(name: str) -> None:
    work = []
    with torch.device("meta"):
        network = cast(VideoMSPFN, build_network(name))
        picture = torch.empty(1, 3, 64, 96)
        _, memory = network.step(picture)
        for known in (None, memory):
            with FlopCounterMode(display=False) as counter:
                network.step(picture, known)
            work.append(counter.get_total_flops())

    assert 1 < work[1] / work[0] < 8 / 7


def test_the_state_is_a_cells_own_and_fits_the_full_cell() -> None:
    torch.manual_seed(0)
    cell = ConvLSTM(3, 4)
    x = torch.randn(1, 3, 8, 8)

    for cut, full in zip(cell.first(x), cell.step(x)[1], strict=True):
        torch.testing.assert_close(cut, full, rtol=0, atol=1e-6)


def test_places_are_where_a_map_is_looked_at() -> None:
    row = torch.arange(5.0).expand(1, 1, 4, 5)

    one_right = fetched(row, moved(1, 0, 4, 5).places)
    half_left = fetched(row, moved(-0.5, 2, 4, 5).places)

    assert one_right[0, 0, 0].tolist() == [1, 2, 3, 4, 4]
    assert half_left[0, 0, 0].tolist() == pytest.approx([0, 0.5, 1.5, 2.5, 3.5])


def test_a_scene_that_moved_is_followed_at_every_scale() -> None:
    network = network_of(VIDEO)
    scene = F.interpolate(frames(1, 8, 12)[0], (96, 144), mode="bicubic")
    _, memory = network.step(scene[:, :, :64, :96])

    followed, _ = network._fetched(memory, moved(32, 16, 64, 96), torch.Size((64, 96)))

    assert len(followed) == 2  # full scale's begins anew
    for scale, (cell, old) in enumerate(zip(followed, memory.cells, strict=True), 1):
        step = 2 * 2**scale
        down, right = 16 // step, 32 // step
        for now, past in zip(cell, old, strict=True):
            inside = now[:, :, : now.shape[2] - down, : now.shape[3] - right]
            torch.testing.assert_close(
                inside, past[:, :, down:, right:], rtol=0, atol=1e-5
            )


def test_where_nothing_is_known_a_frame_is_as_one_without_a_memory() -> None:
    network, (first, second) = network_of(VIDEO), frames(2)
    places = moved(0, 0).places
    unknown = Alignment(places, torch.zeros(1, 1, 37, 41))

    derained, _ = network.step(second, network.step(first)[1], unknown)

    torch.testing.assert_close(derained, network(second), rtol=0, atol=1e-5)


def test_a_frame_of_another_size_is_refused() -> None:
    network = network_of(VIDEO)
    _, memory = network.step(frames(1)[0])

    with pytest.raises(ValueError, match=r"like the one before.*got \[1, 3, 40, 41\]"):
        network.step(frames(1, 40)[0], memory)


def test_no_gradient_passes_a_memory_that_was_cut_off() -> None:
    network, (first, second) = network_of(VIDEO), frames(2)
    first.requires_grad_()
    memory: Memory = network.step(first)[1].detached()

    loss = network.step(second, memory)[0].sum()
    loss.backward()  # type: ignore[no-untyped-call]  # torch's own stub

    assert first.grad is None


def test_a_backend_that_would_forget_the_memory_is_refused(tmp_path: Path) -> None:
    network = build_network("mspfn-tiny-video")
    path = tmp_path / "it.safetensors"
    write_weights(path, network.state_dict(), {"model": "mspfn-tiny-video"})

    with pytest.raises(ModelError, match="mspfn-tiny-video has a memory"):
        Derainer(path, device="cpu")
