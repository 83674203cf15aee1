"""A live stream read from a real server that is killed, frozen and changed."""

import socket
from contextlib import closing
from fractions import Fraction
from itertools import islice, pairwise
from pathlib import Path
from urllib.parse import quote

import pytest

from sources.address import address_of
from sources.connect import ConnectOptions
from sources.frame import Frame
from sources.live.disconnect import Cause, DisconnectedError
from sources.live.network.connection import NetworkStream
from sources.live.opener import open_live
from sources.live.reconnect import Patience, State
from tests.live.conftest import StartPeer
from tests.support.servers.changing_proxy import ChangingProxy, JumpingClock
from tests.support.servers.peers import (
    eventually,
    free_port,
    make_certificate,
)
from tests.support.viewing.reader import Reader, first_frames

pytestmark = pytest.mark.slow

WORST_PASSWORD = "p@ss/w#o?r:d%"  # noqa: S105 - of a server that lives for a second


@pytest.mark.parametrize("transport", ["tcp", "udp"])
@pytest.mark.parametrize("codec", ["h264", "h265", "jpeg"])
def test_a_camera_is_read(start_peer: StartPeer, codec: str, transport: str) -> None:
    peer = start_peer("--codec", codec)

    frames = first_frames(peer.url(), 25, transport=transport)

    assert frames[0].picture.key_frame
    assert {(f.picture.width, f.picture.height) for f in frames} == {(160, 96)}
    times = [frame.pts for frame in frames]
    assert all(a < b for a, b in pairwise(times))


@pytest.mark.parametrize("kind", ["basic", "digest"])
@pytest.mark.parametrize(
    "written", ["${SECRET}", quote(WORST_PASSWORD, safe=""), WORST_PASSWORD]
)
def test_a_password_of_any_letters_opens_the_camera(
    start_peer: StartPeer, kind: str, written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    peer = start_peer("--auth", kind, "--password", WORST_PASSWORD)
    monkeypatch.setenv("SECRET", WORST_PASSWORD)

    assert len(first_frames(peer.url(login=f"viewer:{written}"))) == 5


def test_a_wrong_password_ends_the_run_and_is_not_repeated(
    start_peer: StartPeer,
) -> None:
    peer = start_peer("--auth", "digest", "--password", "right")

    with pytest.raises(DisconnectedError) as caught:
        first_frames(peer.url(login="viewer:wr0ng"))

    assert caught.value.cause is Cause.PASSWORD
    assert "wr0ng" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_wrong_path_ends_the_run(start_peer: StartPeer) -> None:
    with pytest.raises(DisconnectedError) as caught:
        first_frames(start_peer().url("/nothing"))

    assert caught.value.cause is Cause.NOT_FOUND


def test_a_camera_that_is_off_is_waited_for(
    read: type[Reader], start_peer: StartPeer
) -> None:
    peer = start_peer()
    peer.kill()
    reader = read(open_live(peer.url()))
    eventually(lambda: reader.was(State.RECONNECTING, Cause.REFUSED))

    peer.start()

    assert len(reader.frames(5)) == 5
    assert reader.was(State.STREAMING)
    assert reader.stream.link.reconnects == 0


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_a_killed_camera_is_found_again(
    start_peer: StartPeer, read: type[Reader], transport: str
) -> None:
    peer = start_peer()
    reader = read(open_live(peer.url(), ConnectOptions(transport=transport)))
    before = reader.frames(10)

    peer.kill()
    peer.start("--size", "224x128")

    after: list[Frame] = []
    while not after or after[-1].picture.width == 160:
        after += reader.frames(1)
    after += reader.frames(10)
    assert {f.picture.width for f in after} <= {160, 224}
    new = [frame for frame in after if frame.picture.width == 224]
    assert new[0].picture.key_frame
    times = [frame.pts for frame in before + after]
    assert all(a < b for a, b in pairwise(times))
    assert reader.stream.link.reconnects == 1
    assert reader.stream.info.width == 224


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_a_frozen_camera_is_noticed_and_found_again(
    start_peer: StartPeer, read: type[Reader], transport: str
) -> None:
    peer = start_peer()
    reader = read(open_live(peer.url(), ConnectOptions(transport=transport)))
    reader.frames(10)

    peer.freeze()
    eventually(lambda: reader.was(State.STALLED, Cause.STALLED))
    peer.thaw()
    reader.drain()
    assert len(reader.frames(10)) == 10


def test_a_run_can_end_while_it_waits_for_a_camera(read: type[Reader]) -> None:
    reader = read(open_live(f"rtsp://127.0.0.1:{free_port()}/camera"))

    reader.close()

    assert reader.drain() == []


def test_a_lossy_path_costs_pictures_but_hands_on_none_that_is_damaged(
    start_peer: StartPeer,
) -> None:
    peer = start_peer("--lose", "0.02", "--size", "320x180")
    stream = open_live(peer.url(), ConnectOptions(transport="udp"))

    frames = list(islice(stream, 60))

    stream.close()
    assert not any(frame.picture.is_corrupt for frame in frames)
    assert stream.dropped["decode error"] > 0
    assert stream.dropped["waiting for key frame"] > 0
    assert stream.link.reconnects == 0


@pytest.mark.parametrize("codec", ["h264", "h265"])
def test_a_picture_that_is_lost_whole_is_noticed_though_the_decoder_says_nothing(
    start_peer: StartPeer, codec: str
) -> None:
    """What follows the gap is built on the lost picture, up to the next key frame."""
    peer = start_peer(
        *("--lose", "0.04", "--mtu", "60000", "--gop", "25", "--codec", codec)
    )
    stream = open_live(peer.url(), ConnectOptions(transport="udp"))

    frames = list(islice(stream, 150))

    stream.close()
    step = Fraction(1, 25)
    behind_gaps = [
        after.picture.key_frame
        for before, after in pairwise(frames)
        if (after.pts - before.pts) * after.time_base > step * Fraction(3, 2)
    ]
    assert behind_gaps
    assert all(behind_gaps)
    assert stream.dropped["decode error"] > 0
    assert stream.link.reconnects == 0


@pytest.mark.parametrize(("seconds", "after"), [(1000, 0.1), (-1000, 0.4), (-0.5, 2)])
def test_a_clock_that_jumps_soon_after_connecting_costs_no_picture(
    start_peer: StartPeer, seconds: float, after: float
) -> None:
    peer = start_peer()
    proxy = ChangingProxy(peer.port, packet=JumpingClock(seconds, after))
    stream = open_live(f"rtsp://127.0.0.1:{proxy.port}/camera")

    with closing(proxy), closing(stream):
        frames = list(islice(stream, 75))

    assert all(a.pts < b.pts for a, b in pairwise(frames))
    assert stream._line.jumps == 1
    assert stream.dropped == {}
    assert stream.link.reconnects == 0


def test_tls_is_verified_against_the_certificate_given(
    start_peer: StartPeer, read: type[Reader], tmp_path: Path
) -> None:
    certificate, key = make_certificate(tmp_path)
    peer = start_peer("--certificate", str(certificate), "--key", str(key))
    url = peer.url(scheme="rtsps")
    (tmp_path / "other").mkdir()
    other, _ = make_certificate(tmp_path / "other")

    assert len(first_frames(url, ca_file=str(certificate))) == 5
    refused = read(open_live(url, ConnectOptions(ca_file=str(other))))

    eventually(lambda: refused.was(State.RECONNECTING, Cause.TLS))


def test_a_camera_of_a_picture_in_two_seconds_neither_stalls_nor_is_given_up(
    start_peer: StartPeer, read: type[Reader]
) -> None:
    """FFmpeg knows a stream after two or three pictures."""
    peer = start_peer("--rate", "1/2", "--gop", "2")

    reader = read(open_live(peer.url()))

    frames = reader.frames(3)
    assert [status.state for status in reader.states] == [State.STREAMING]
    assert frames[0].picture.key_frame
    assert reader.stream.info.frame_rate == Fraction(1, 2)


def test_after_an_opening_without_an_answer_the_next_has_twice_the_time() -> None:
    patience = Patience()
    with socket.create_server(("127.0.0.1", 0)) as hole:
        address = address_of(f"rtsp://127.0.0.1:{hole.getsockname()[1]}/camera")

        with pytest.raises(DisconnectedError) as caught:
            NetworkStream(address, ConnectOptions(open_seconds=1), patience=patience)

    assert caught.value.cause is Cause.NO_ANSWER
    assert patience.opening(15) == 30
