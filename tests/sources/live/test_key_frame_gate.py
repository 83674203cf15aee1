"""Only whole pictures pass."""

from dataclasses import dataclass
from typing import cast

import av
import pytest

from sources.live.key_frame_gate import KeyFrameGate


@dataclass
class Picture:
    key_frame: bool = False
    is_corrupt: bool = False


def admitted(gate: KeyFrameGate, *pictures: Picture) -> list[bool]:
    return [gate.admits(cast("av.VideoFrame", picture)) for picture in pictures]


def test_the_first_picture_let_through_is_a_key_frame() -> None:
    gate = KeyFrameGate()

    came = admitted(gate, Picture(), Picture(), Picture(key_frame=True), Picture())

    assert came == [False, False, True, True]
    assert gate.refused == 2


@pytest.mark.parametrize("key", [True, False])
def test_a_damaged_picture_closes_until_the_next_key_frame(key: bool) -> None:
    gate = KeyFrameGate()
    damaged = Picture(key_frame=key, is_corrupt=True)

    came = admitted(gate, Picture(key_frame=True), damaged, Picture())

    assert came == [True, False, False]
    assert admitted(gate, Picture(key_frame=True)) == [True]


def test_damage_seen_elsewhere_closes_it() -> None:
    gate = KeyFrameGate()
    admitted(gate, Picture(key_frame=True))

    gate.close()

    assert admitted(gate, Picture(), Picture(key_frame=True)) == [False, True]


def test_it_knows_whether_any_picture_came() -> None:
    gate = KeyFrameGate()
    gate.close()
    before = gate.seen

    admitted(gate, Picture(is_corrupt=True))

    assert (before, gate.seen) == (False, True)
