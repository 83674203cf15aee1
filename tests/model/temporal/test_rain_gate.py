from itertools import groupby, pairwise

import numpy as np
import pytest

from model.pictures.pixels import RgbArray
from model.temporal.rain_gate import (
    DRY,
    RAINY,
    GateDecision,
    RainGate,
    state_after,
)
from tests.support.media.rainy_scene import dry_pair, rainy_pair

Seen = tuple[GateDecision, RgbArray]


def through(gate: RainGate, frame: RgbArray, derained: RgbArray) -> Seen:
    out = derained.copy()
    return gate(frame, out), out


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_a_dry_frame_passes_bit_exact(kind: type[np.uint8 | np.uint16]) -> None:
    frame, derained = (picture.astype(kind) for picture in dry_pair())

    decision, out = through(RainGate(), frame, derained)

    assert decision is GateDecision.UNTOUCHED
    np.testing.assert_array_equal(out, frame)


def test_a_rainy_frame_is_derained_from_the_first_on() -> None:
    frame, derained = rainy_pair()

    decision, out = through(RainGate(), frame, derained)

    assert decision is GateDecision.DERAINED
    np.testing.assert_array_equal(out, derained)


def test_the_gate_does_not_flicker_while_rain_is_at_its_threshold() -> None:
    gate = RainGate()
    wet, dry = rainy_pair(), dry_pair()

    decisions = [through(gate, *(wet if i % 3 == 0 else dry))[0] for i in range(60)]

    assert set(decisions) == {GateDecision.DERAINED}


def test_a_shower_fades_in_and_out() -> None:
    gate = RainGate()
    wet, dry = rainy_pair(), dry_pair()

    decisions = [through(gate, *dry)[0] for _ in range(5)]
    decisions += [through(gate, *wet)[0] for _ in range(20)]
    decisions += [through(gate, *dry)[0] for _ in range(40)]

    assert [decision for decision, _ in groupby(decisions)] == [
        GateDecision.UNTOUCHED,
        GateDecision.MIXED,
        GateDecision.DERAINED,
        GateDecision.MIXED,
        GateDecision.UNTOUCHED,
    ]


def test_no_step_of_the_fade_can_be_seen() -> None:
    gate = RainGate()
    through(gate, *dry_pair())
    frame, derained = rainy_pair()
    depth = int(np.max(frame.astype(int) - derained))

    pictures = [through(gate, frame, derained)[1].astype(int) for _ in range(10)]

    steps = [np.abs(b - a).max() for a, b in pairwise(pictures)]
    assert max(steps) <= depth / 8 + 1
    np.testing.assert_array_equal(pictures[-1], derained)


def test_single_pictures_are_judged_one_by_one() -> None:
    gate = RainGate(still=True)
    wet, dry = rainy_pair(), dry_pair()

    decisions = [through(gate, *pair)[0] for pair in (dry, wet, dry, wet)]

    assert decisions == [GateDecision.UNTOUCHED, GateDecision.DERAINED] * 2


def test_gates_of_two_streams_do_not_mix() -> None:
    one, other = RainGate(), RainGate()
    wet, dry = rainy_pair(), dry_pair()

    decisions = [(through(one, *wet)[0], through(other, *dry)[0]) for _ in range(20)]

    assert set(decisions) == {(GateDecision.DERAINED, GateDecision.UNTOUCHED)}


BETWEEN = (DRY + RAINY) / 2


@pytest.mark.parametrize(
    "percents",
    [[RAINY, *[BETWEEN] * 8], [*[0.0] * 20], [*[0.0] * 12, *[RAINY] * 8]],
)
def test_a_gate_forgets_what_was_before_rain_or_a_dry_stretch(
    percents: list[float],
) -> None:
    known = state_after(percents)

    for past in ([0.0] * 30, [RAINY] * 30, [BETWEEN] * 30, [RAINY, 0.0, BETWEEN]):
        gate = RainGate()
        for percent in [*past, *percents]:
            gate.look(percent)
        assert gate.state == known


@pytest.mark.parametrize("percents", [[], [BETWEEN] * 100, [RAINY], [0.0] * 11])
def test_a_gate_whose_past_still_counts_is_not_known(percents: list[float]) -> None:
    assert state_after(percents) is None


def test_a_gate_goes_on_where_another_was() -> None:
    rng = np.random.default_rng(3)
    percents = [
        float(p) for p in rng.choice([0.0, BETWEEN, 2.0], 200, p=[0.9, 0.05, 0.05])
    ]
    whole, first, second = RainGate(), RainGate(), RainGate()
    for percent in percents:
        whole.look(percent)
    for percent in percents[:77]:
        first.look(percent)

    second.state = first.state
    for percent in percents[77:]:
        second.look(percent)

    assert second.state == whole.state
