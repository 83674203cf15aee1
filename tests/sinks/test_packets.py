"""Packets in pipes: never half a picture."""

import io

from sinks.packets import Encoded, from_wire


def packet(pts: int, *, key: bool = False) -> Encoded:
    return Encoded(b"x" * (pts + 1), pts, key)


def test_a_packet_comes_out_of_the_pipe_as_it_went_in() -> None:
    sent = [packet(-5 + 10, key=True), Encoded(b"", 2**40, False)]
    pipe = io.BytesIO(b"".join(each.to_wire() for each in sent))

    assert [from_wire(pipe), from_wire(pipe), from_wire(pipe)] == [*sent, None]


def test_half_a_packet_is_none() -> None:
    assert from_wire(io.BytesIO(packet(20).to_wire()[:-1])) is None
