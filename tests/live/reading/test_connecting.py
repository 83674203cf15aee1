"""Cameras and servers that answer late, in another way, or not with a stream."""

from itertools import islice, pairwise
from pathlib import Path

import pytest

from sinks.live.opener import open_live_sink
from sources.connect import ConnectOptions
from sources.live.disconnect import Cause, DisconnectedError
from sources.live.opener import open_live
from sources.live.reconnect import State
from tests.live.conftest import StartPeer
from tests.live.sending.test_other_servers import WebCamera
from tests.support.servers.feeder import Feeder
from tests.support.servers.peers import eventually, make_certificate
from tests.support.servers.refusing_server import refusing_server
from tests.support.viewing.reader import Reader, first_frames

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("status", "cause", "said"),
    [
        ("453 Not Enough Bandwidth", Cause.REJECTED, "4XX"),
        ("400 Bad Request", Cause.REJECTED, "400"),
        ("503 Service Unavailable", Cause.UNAVAILABLE, "5XX"),
    ],
)
def test_a_server_that_refuses_is_named_in_ffmpegs_words_and_tried_again(
    read: type[Reader], status: str, cause: Cause, said: str
) -> None:
    with refusing_server(status) as url:
        reader = read(open_live(url))

        eventually(lambda: reader.was(State.RECONNECTING, cause))

    error = DisconnectedError(cause, said)
    assert "refuses" in str(error) or "no stream" in str(error)


def test_a_login_that_ffmpeg_cannot_speak_is_not_called_a_wrong_password() -> None:
    offer = 'WWW-Authenticate: Digest realm="x", nonce="1", algorithm=SHA-256'
    with (
        refusing_server("401 Unauthorized", offer) as url,
        pytest.raises(DisconnectedError, match="SHA-256") as caught,
    ):
        first_frames(url)

    assert caught.value.cause is Cause.LOGIN


@pytest.mark.parametrize(
    "offers",
    [
        ('WWW-Authenticate: Digest realm="x", nonce="1"',),
        (
            'WWW-Authenticate: Digest realm="x", nonce="1", algorithm=SHA-256',
            'WWW-Authenticate: Basic realm="x"',
        ),
    ],
)
def test_where_the_login_can_be_spoken_the_password_is_wrong(
    offers: tuple[str, ...],
) -> None:
    with (
        refusing_server("401 Unauthorized", *offers) as url,
        pytest.raises(DisconnectedError) as caught,
    ):
        first_frames(url)

    assert caught.value.cause is Cause.PASSWORD


@pytest.mark.parametrize("only", ["tcp", "udp"])
def test_auto_reads_servers_that_know_only_one_transport(
    start_peer: StartPeer, only: str
) -> None:
    peer = start_peer("--only", only)

    frames = first_frames(peer.url(), 10, transport="auto")

    assert len(frames) == 10


@pytest.mark.parametrize("only", ["tcp", "udp"])
def test_auto_pushes_to_servers_that_know_only_one_transport(
    start_peer: StartPeer, feed: type[Feeder], only: str
) -> None:
    peer = start_peer("--only", only)

    feed(open_live_sink(peer.url("/record")))

    eventually(lambda: peer.pictures > 5)


def test_a_transport_that_the_server_does_not_know_is_named(
    start_peer: StartPeer, read: type[Reader]
) -> None:
    peer = start_peer("--only", "udp")

    reader = read(open_live(peer.url(), ConnectOptions(transport="tcp")))

    eventually(lambda: reader.was(State.RECONNECTING, Cause.TRANSPORT))


def test_how_long_an_answer_may_take_is_a_setting(read: type[Reader]) -> None:
    with refusing_server("503 Busy", after_seconds=3) as url:
        hasty = read(open_live(url, ConnectOptions(open_seconds=1)))
        patient = read(open_live(url))

        eventually(lambda: hasty.was(State.RECONNECTING, Cause.NO_ANSWER))
        eventually(lambda: patient.was(State.RECONNECTING, Cause.UNAVAILABLE))


def test_a_path_that_is_not_there_yet_is_waited_for_where_that_is_asked(
    start_peer: StartPeer, read: type[Reader]
) -> None:
    peer = start_peer()
    url = peer.url("/nothing")

    reader = read(open_live(url, ConnectOptions(wait=True)))

    eventually(lambda: reader.was(State.RECONNECTING, Cause.NOT_FOUND))
    with pytest.raises(DisconnectedError, match="not found"):
        first_frames(url)


def test_a_port_that_speaks_no_tls_is_named(
    start_peer: StartPeer, read: type[Reader]
) -> None:
    peer = start_peer()

    reader = read(open_live(peer.url(scheme="rtsps")))

    eventually(lambda: reader.was(State.RECONNECTING, Cause.TLS))


def test_a_secure_camera_is_verified_unless_that_is_waived(
    start_peer: StartPeer, read: type[Reader], tmp_path: Path
) -> None:
    certificate, key = make_certificate(tmp_path)
    peer = start_peer("--certificate", str(certificate), "--key", str(key))
    url = peer.url(scheme="rtsps")

    assert len(first_frames(url, insecure=True)) == 5
    reader = read(open_live(url))

    eventually(lambda: reader.was(State.RECONNECTING, Cause.TLS))


@pytest.mark.parametrize("rate", [5, 10])
def test_pictures_without_times_of_their_own_have_those_of_their_arrival(
    rate: int,
) -> None:
    """FFmpeg counts 25 a second, whatever comes: most of them seemed to be late."""
    camera = WebCamera(rate)
    camera.start()
    stream = open_live(f"http://127.0.0.1:{camera.port}/video.mjpg")

    frames = list(islice(stream, 2 * rate))

    stream.close()
    camera.kill()
    base = frames[0]
    for frame in frames:
        own = float((frame.pts - base.pts) * frame.time_base)
        assert own == pytest.approx(
            (frame.arrived_ns - base.arrived_ns) / 1e9, abs=0.02
        )
    assert all(a.pts < b.pts for a, b in pairwise(frames))
    assert stream.info.frame_rate is None


def test_a_camera_of_a_picture_in_three_seconds_is_given_the_time(
    read: type[Reader],
) -> None:
    camera = WebCamera(1 / 3)
    camera.start()
    reader = read(open_live(f"http://127.0.0.1:{camera.port}/video.mjpg"))

    while reader.frames(1)[0].index < 9:
        pass

    camera.kill()
    stalls = [status for status in reader.states if status.state is State.STALLED]
    assert 1 <= len(stalls) <= 3
