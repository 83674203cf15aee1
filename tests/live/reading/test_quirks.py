"""Cameras of quirks: a good one, of which a proxy changes what it sends."""

import struct
from contextlib import closing
from itertools import islice, pairwise, takewhile

import pytest

from sources.connect import ConnectOptions
from sources.live.disconnect import Cause
from sources.live.opener import open_live
from sources.live.reconnect import State
from tests.live.conftest import StartPeer
from tests.support.servers.changing_proxy import TICKS, ChangingProxy, StoodStill
from tests.support.servers.peers import eventually
from tests.support.servers.refusing_server import refusing_server
from tests.support.viewing.reader import Reader

pytestmark = pytest.mark.slow

PICTURES, REPORTS = 0, 1
"""Channels of the first track: RTP, RTCP."""


def test_a_clock_that_wraps_at_32_bits_costs_nothing(start_peer: StartPeer) -> None:
    begun: list[int] = []

    def packet(channel: int, packet: bytearray) -> bytes | bytearray | None:
        if channel != PICTURES:
            return None  # they tell the unchanged clock
        [time] = struct.unpack_from(">I", packet, 4)
        begun[:] = begun or [time]
        struct.pack_into(">I", packet, 4, (time - begun[0] - TICKS // 2) % (1 << 32))
        return packet

    proxy = ChangingProxy(start_peer().port, packet=packet)
    stream = open_live(f"rtsp://127.0.0.1:{proxy.port}/camera")
    with closing(proxy), closing(stream):
        frames = list(islice(stream, 40))

    assert all(a.pts < b.pts for a, b in pairwise(frames))
    assert (stream._line.jumps, stream.dropped, stream.link.reconnects) == (0, {}, 0)


def test_a_camera_that_stood_still_with_its_clock_is_late_for_a_moment_only(
    start_peer: StartPeer,
) -> None:
    """A second and a half: ten seconds of pictures would be late by that much."""
    peer = start_peer("--gop", "1")
    proxy = ChangingProxy(peer.port, packet=StoodStill(1.5, after=2))
    patient = ConnectOptions(stall_seconds=10)
    stream = open_live(f"rtsp://127.0.0.1:{proxy.port}/camera", patient)

    with closing(proxy), closing(stream):
        late_ns = [
            frame.late_ns or 0
            for frame in islice(
                takewhile(lambda _frame: not stream._line.jumps, stream), 250
            )
        ]

    assert stream._line.jumps == 1
    assert max(late_ns) > 10**9
    assert (stream.dropped, stream.link.reconnects) == ({}, 0)


def test_a_camera_that_says_goodbye_is_connected_to_again_at_once(
    start_peer: StartPeer, read: type[Reader]
) -> None:
    """By RTCP BYE: its connection stays open."""

    def packet(channel: int, packet: bytearray) -> bytes | bytearray:
        if channel != REPORTS or proxy.viewers > 1:
            return packet
        source = bytes(packet[4:8])  # of the sender's report
        return struct.pack(">BBH4sBBH4s", 0x80, 201, 1, source, 0x81, 203, 1, source)

    proxy = ChangingProxy(start_peer().port, packet=packet)
    with closing(proxy):
        reader = read(open_live(f"rtsp://127.0.0.1:{proxy.port}/camera"))
        eventually(lambda: reader.was(State.RECONNECTING, Cause.ENDED))
        eventually(lambda: reader.stream.link.reconnects == 1)


def test_a_camera_that_sends_its_audio_alone_is_stalled_and_found_again(
    start_peer: StartPeer, read: type[Reader]
) -> None:
    def packet(channel: int, packet: bytearray) -> bytes | bytearray | None:
        cut = channel == PICTURES and proxy.viewers == 1 and reader.drain()
        blind.extend([True] if cut else [])
        return None if blind and channel == PICTURES and proxy.viewers == 1 else packet

    blind: list[bool] = []
    proxy = ChangingProxy(start_peer("--audio", "pcm_alaw").port, packet=packet)
    with closing(proxy):
        reader = read(open_live(f"rtsp://127.0.0.1:{proxy.port}/camera"))
        eventually(lambda: reader.was(State.STALLED, Cause.STALLED))
        eventually(lambda: reader.stream.link.reconnects == 1)


def test_a_camera_that_sends_elsewhere_is_followed(
    start_peer: StartPeer, read: type[Reader]
) -> None:
    moved = f"Location: {start_peer().url()}"
    with refusing_server("302 Moved Temporarily", moved) as url:
        reader = read(open_live(url))
        reader.frames(3)

    assert [status.state for status in reader.states] == [State.STREAMING]
