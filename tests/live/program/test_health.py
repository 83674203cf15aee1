"""What the program tells of its health while cameras and outputs fail."""

import json

import pytest

from tests.live.conftest import StartPeer
from tests.support.runs.live_program import StartProgram, ask
from tests.support.servers.peers import eventually, free_port

pytestmark = pytest.mark.slow


def test_health_turns_with_the_camera(
    start_peer: StartPeer, start: StartProgram
) -> None:
    # So few pictures that a busy machine is not overloaded by them.
    peer, place = start_peer("--rate", "5"), f"127.0.0.1:{free_port()}"
    start(peer.url(), "null:", "--metrics", place)

    def health() -> int:
        try:
            return ask(f"http://{place}/healthz")[0]
        except OSError:
            return 0

    eventually(lambda: health() == 200)
    peer.kill()
    eventually(lambda: health() == 503)
    peer.start()
    eventually(lambda: health() == 200)

    assert "derain_reconnects_total" in ask(f"http://{place}/metrics")[1]


@pytest.mark.parametrize(
    ("server", "said"),
    [
        ("absent", "Connection refused"),
        ("wants a login", "401"),
        ("has no such path", "404"),
    ],
)
def test_an_output_that_nobody_takes_is_unhealthy_and_told_in_the_line(
    start_peer: StartPeer, start: StartProgram, server: str, said: str
) -> None:
    camera, place = start_peer(), f"127.0.0.1:{free_port()}"
    wanted = ("--auth", "digest", "--password", "x") if "login" in server else ()
    peer = start_peer(*wanted)
    if server == "absent":
        peer.kill()
    path = "/nothing" if "path" in server else "/record"
    program = start(camera.url(), peer.url(path), "--metrics", place)

    eventually(lambda: "output away" in program.errors, what="the line says it")
    eventually(lambda: said in program.errors, what=program.errors[-500:])
    status, text = ask(f"http://{place}/healthz")
    metrics = ask(f"http://{place}/metrics")[1]

    assert status == 503
    assert "output away" in json.loads(text)["problems"]["stream"]
    eventually(lambda: "out 0.0 fps" in program.errors)
    for line in (
        'derain_sink_connected{output="push",stream="stream"} 0.0',
        'derain_frames_out_total{stream="stream"} 0.0',
        'derain_bytes_sent_total{stream="stream"} 0.0',
    ):
        assert line in metrics
    assert ask(f"http://{place}/livez")[0] == 200
    assert ask(f"http://{place}/readyz")[0] == 503
    assert program.errors.count("away=") <= 3


def test_a_network_that_is_too_slow_is_an_overload_with_advice(
    start_peer: StartPeer, start: StartProgram
) -> None:
    camera, place = start_peer(), f"127.0.0.1:{free_port()}"
    program = start(camera.url(), "null:", "--metrics", place, network_seconds=0.3)

    eventually(lambda: "overloaded (use --fit auto, --size" in program.errors)

    status, text = ask(f"http://{place}/healthz")
    metrics = ask(f"http://{place}/metrics")[1]
    assert (status, json.loads(text)["problems"]) == (503, {"stream": "overloaded"})
    assert 'derain_overloaded{stream="stream"} 1.0' in metrics
    assert 'cause="overload"' in metrics
