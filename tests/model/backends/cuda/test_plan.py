"""Slots and a captured network: each batch has its turn, and is handed over once."""

import pytest
import torch
from torch import Tensor

from model.backends.cuda.plan import SLOTS, Plan, Slot
from tests.support.networks.deferred_device import DeferredDevice, DeferredStream

SHAPE = (2, 3, 8, 16)
KIND = torch.float32


def plan_on(device: DeferredDevice, *, watched: bool = False) -> Plan:
    def watch(before: Tensor, after: Tensor) -> Tensor:
        return torch.stack((before.amax((1, 2, 3)), after.amax((1, 2, 3))), 1)

    stream = device.stream()
    return Plan(
        device, stream, lambda x: x / 2, SHAPE, KIND, watch if watched else None
    )


def slot_on(device: DeferredDevice) -> tuple[Slot, DeferredStream]:
    stream = device.stream()
    assert isinstance(stream, DeferredStream)
    return Slot(device, SHAPE, KIND), stream


def test_a_network_is_captured_once_and_reads_and_writes_its_slot() -> None:
    device = DeferredDevice()
    plan = plan_on(device, watched=True)

    for level in (0.5, 1.0):
        slot = plan.slot()
        slot.x.fill_(level)
        plan.derain(slot)
        assert (slot.y == level / 2).all()
        assert slot.seen.tolist() == [[level, level / 2]] * 2

    assert device.captures == 1


def test_channels_lie_side_by_side() -> None:
    slot, _ = slot_on(DeferredDevice())

    assert slot.x.shape == SHAPE
    assert slot.x.is_contiguous(memory_format=torch.channels_last)


def test_slots_take_turns_and_the_last_results_of_one_are_handed_over_first() -> None:
    device = DeferredDevice()
    plan = plan_on(device)
    handed: list[int] = []
    stream = device.stream()

    slots = []
    for number in range(SLOTS + 1):
        slot = plan.slot()
        slots.append(slot)
        stream.record(slot.done)
        slot.begin([lambda number=number: handed.append(number)])  # type: ignore[misc] # bound now

    assert len(set(map(id, slots))) == SLOTS
    assert slots[0] is slots[SLOTS]
    assert handed == [0]

    plan.complete_all()

    assert sorted(handed) == list(range(SLOTS + 1))


def test_a_batch_is_handed_over_once_and_only_by_its_own_number() -> None:
    slot, stream = slot_on(DeferredDevice())
    handed: list[str] = []
    stream.record(slot.done)

    first = slot.begin([lambda: handed.append("first")])
    slot.complete(first)
    slot.complete(first)
    stream.record(slot.done)
    second = slot.begin([lambda: handed.append("second")])
    slot.complete(first)  # late: another batch is in the slot

    assert handed == ["first"]

    slot.complete(second)

    assert handed == ["first", "second"]


def test_memory_of_a_name_and_shape_is_allocated_once() -> None:
    device = DeferredDevice()
    slot, _ = slot_on(device)
    before = device.allocations

    one = slot.buffer("host in", 0, (4, 4), torch.uint8)
    again = slot.buffer("host in", 0, (4, 4), torch.uint8)
    others = [
        slot.buffer("host in", 1, (4, 4), torch.uint8),
        slot.buffer("host in", 0, (4, 5), torch.uint8),
        slot.buffer("device in", 0, (4, 4), torch.uint8),
    ]

    assert one is again
    assert not any(one is other for other in others)
    assert device.allocations - before == 4


def test_a_network_that_was_never_captured_leaves_no_result() -> None:
    class Forgetful(DeferredDevice):
        def captured(self, stream: object, work: object) -> object:  # type: ignore[override] # captures nothing
            return lambda: None

    plan = plan_on(Forgetful())

    with pytest.raises(RuntimeError, match="left no result"):
        plan.derain(plan.slot())
