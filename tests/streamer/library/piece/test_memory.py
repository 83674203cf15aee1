from pathlib import Path

import numpy as np
import pytest

from model.temporal.rain_gate import GateState, RainGate
from streamer.errors import StreamerError
from streamer.library.piece.memory import (
    PieceGate,
    WatchingGate,
    load_lumas,
    save_lumas,
    values_of,
)

COVERAGE = [5.0] * 3 + [0.0] * 20 + [5.0] * 4
"""Rain, a long dry stretch in which the gate closes, and rain again."""


def states_in_one_go() -> list[GateState | None]:
    gate, states = RainGate(), []
    for percent in COVERAGE:
        gate.look(percent)
        states.append(gate.state)
    return states


@pytest.mark.parametrize("cut", [1, 10, 18, 24])
def test_a_gate_that_goes_on_in_the_middle_decides_as_in_one_go(cut: int) -> None:
    expected = states_in_one_go()
    known = expected[cut - 1]
    assert known is not None
    gate = PieceGate(values_of(known), before=1)

    for percent in COVERAGE[cut - 1 :]:
        gate.look(percent)

    assert gate.states == expected[cut:]


def test_the_gate_of_a_films_beginning_knows_every_frame() -> None:
    gate = PieceGate(None, before=0)

    for percent in COVERAGE:
        gate.look(percent)

    assert gate.states == states_in_one_go()


def test_a_watching_gate_keeps_what_it_sees() -> None:
    gate = WatchingGate()

    for percent in COVERAGE:
        gate.look(percent)

    assert gate.percents == COVERAGE
    assert gate.state == states_in_one_go()[-1]


def test_remembered_frames_come_back_in_their_order(tmp_path: Path) -> None:
    lumas = [np.full((4, 6), level, np.uint8) for level in (3, 200)]

    save_lumas(tmp_path / "00001.npz.part", lumas)

    back = load_lumas(tmp_path / "00001.npz.part")
    assert [int(luma[0, 0]) for luma in back] == [3, 200]
    assert all(luma.shape == (4, 6) and luma.dtype == np.uint8 for luma in back)


@pytest.mark.parametrize(
    "damage", ["missing", "empty", "byte", "head", "cut", "zeros", "text"]
)
def test_a_damaged_memory_is_one_line(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "00001.npz"
    save_lumas(path, [np.zeros((4, 6), np.uint8)])
    whole = path.read_bytes()
    damaged = {
        "empty": b"",
        "byte": whole[:1],
        "head": whole[:4],
        "cut": whole[:-10],
        "zeros": bytes(len(whole)),
        "text": b"no memory at all\n",
    }
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(damaged[damage])

    with pytest.raises(StreamerError, match=r"00001\.npz cannot be read .*; --restart"):
        load_lumas(path)
