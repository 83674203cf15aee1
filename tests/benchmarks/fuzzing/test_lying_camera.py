"""The server tells the truth where it is not told to lie, so that lies can be told."""

import socket

import pytest

from benchmarks.fuzzing.lying_camera import LIES, lying_camera, rtp_packets
from tests.conftest import MakeClip
from tests.support.patience import PATIENCE_SECONDS


def asked(url: str, *methods: str) -> list[bytes]:
    host, port = url.removeprefix("rtsp://").partition("/")[0].split(":")
    with socket.create_connection((host, int(port)), PATIENCE_SECONDS) as line:
        answers = []
        for number, method in enumerate(methods, 1):
            line.sendall(f"{method} {url} RTSP/1.0\r\nCSeq: {number}\r\n\r\n".encode())
            answers.append(line.recv(65_536))
        return answers


def test_a_clips_units_are_packets_with_a_number_and_a_time(
    make_clip: MakeClip,
) -> None:
    packets = rtp_packets(make_clip(frames=4))

    assert all(packet[:2] == b"$\0" for packet in packets)
    assert all(
        int.from_bytes(packet[2:4], "big") == len(packet) - 4 for packet in packets
    )
    numbers = [int.from_bytes(packet[6:8], "big") for packet in packets]
    times = {int.from_bytes(packet[8:12], "big") for packet in packets}
    assert numbers == list(range(len(packets)))
    assert len(packets) >= 4
    assert times >= {0, 3600, 7200, 10800}


def test_a_silent_camera_answers_as_a_camera_does() -> None:
    with lying_camera("silence", [b"$\0\0\x01x"] * 2, "1") as url:
        options, described, setup = asked(url, "OPTIONS", "DESCRIBE", "SETUP")

    assert options.startswith(b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n")
    assert b"a=rtpmap:96 H264/90000" in described
    assert b"interleaved=0-1" in setup


def test_noise_is_no_answer() -> None:
    with lying_camera("noise", [], "1") as url:
        [answer] = asked(url, "OPTIONS")

    assert not answer.startswith(b"RTSP/1.0")


@pytest.mark.parametrize("lie", LIES)
def test_a_server_ends_with_its_block(lie: str) -> None:
    with lying_camera(lie, [], "1") as url:
        port = int(url.rpartition(":")[2].partition("/")[0])

    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS)
