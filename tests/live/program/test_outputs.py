"""Where the program sends what it derained: servers, HLS, recordings, several."""

import json
from functools import partial
from pathlib import Path

import pytest

from tests.conftest import MakeClip
from tests.live.conftest import StartPeer
from tests.support.probe import look_at
from tests.support.runs.live_program import StartProgram
from tests.support.servers.peers import eventually, free_port
from tests.support.viewing.viewers import first_pictures, first_pictures_or_none

pytestmark = pytest.mark.slow


def test_a_file_of_streams_runs_them_all_and_records(
    start_peer: StartPeer, start: StartProgram, tmp_path: Path
) -> None:
    gate, yard = start_peer(), start_peer("--size", "224x128")
    served = [f"127.0.0.1:{free_port()}/{name}" for name in ("gate", "yard")]
    config = tmp_path / "cameras.toml"
    config.write_text(
        "max_latency = 300\n"
        f'[[stream]]\nname = "gate"\nsource = "{gate.url()}"\n'
        f'sink = "serve://{served[0]}"\n'
        f'record = "{tmp_path}/gate-%H%M%S.mp4"\nsegment = "2s"\nkeep = 2\n'
        f'[[stream]]\nname = "yard"\nsource = "{yard.url()}"\n'
        f'sink = "serve://{served[1]}"\n'
        '[[stream]]\nname = "nowhere"\n'
        f'source = "{gate.url("/nothing")}"\nsink = "null:"\n'
    )
    program = start("--config", config)
    for place in served:
        eventually(partial(first_pictures_or_none, f"rtsp://{place}"))

    gate.kill()
    assert first_pictures(f"rtsp://{served[1]}", 50) == 50
    assert first_pictures(f"rtsp://{served[0]}", 3) == 3

    assert program.interrupt() == 130
    assert "cause='not found'" in program.errors  # and is waited for
    recorded = sorted(tmp_path.glob("gate-*.mp4"))
    assert 1 <= len(recorded) <= 2
    assert all(look_at(path).times for path in recorded)


def test_a_film_is_pushed_at_its_own_speed(
    start_peer: StartPeer,
    start: StartProgram,
    make_clip: MakeClip,
) -> None:
    peer = start_peer()
    clip = make_clip(frames=500, size=(160, 96))
    program = start(clip, peer.url("/record"))

    eventually(lambda: peer.pictures > 25)

    assert program.process.poll() is None
    assert program.interrupt() == 130


def test_hls_and_a_recording_come_from_one_run(
    start_peer: StartPeer, start: StartProgram, tmp_path: Path
) -> None:
    playlist, pattern = tmp_path / "index.m3u8", tmp_path / "%H%M%S.mp4"
    program = start(start_peer().url(), playlist, "--record", pattern, "--json-log")
    eventually(playlist.exists)
    eventually(lambda: playlist.read_text().count(".ts") >= 2)

    assert program.interrupt() == 130

    [recorded] = tmp_path.glob("*.mp4")
    assert "#EXT-X-ENDLIST" in playlist.read_text()
    assert len(look_at(recorded).times) > 50
    events = [json.loads(line) for line in program.errors.splitlines()]
    assert events[0]["logger"] == "derain.source"
    assert events[0]["state"] == "streaming"
    assert "interrupted" in events[-1]["text"]


@pytest.mark.parametrize("scheme", ["rtsp", "rtmp"])
def test_a_file_for_a_server_that_is_not_there_fails_and_says_so(
    start: StartProgram, make_clip: MakeClip, scheme: str
) -> None:
    url = f"{scheme}://127.0.0.1:{free_port()}/live/clean"

    program = start(make_clip(frames=30), url)

    assert program.wait() == 1
    assert f"derain: {url}: " in program.errors
    assert "nothing was sent" in program.errors


def test_all_of_a_file_arrives_at_a_server(
    start: StartProgram, make_clip: MakeClip, start_peer: StartPeer
) -> None:
    peer = start_peer()

    program = start(make_clip(frames=50), peer.url("/record"))

    assert program.wait() == 0
    eventually(lambda: peer.pictures >= 50)


def test_a_server_that_refuses_audio_gets_the_pictures_of_a_file(
    start: StartProgram, make_clip: MakeClip, start_peer: StartPeer, tmp_path: Path
) -> None:
    peer = start_peer()  # it records one track of H.264 alone
    url, report = peer.url("/record"), tmp_path / "report.json"

    program = start(make_clip(frames=50, audio=True), url, "--report", report)

    assert program.wait() == 0, program.errors
    eventually(lambda: peer.pictures >= 50)
    said = json.loads(report.read_text())
    assert said["notes"] == [f"{url} refuses the audio: it went without"]
    assert said["audio_packets"] == 0


def test_a_camera_for_a_server_that_is_not_there_ends_with_an_error(
    start: StartProgram, start_peer: StartPeer
) -> None:
    url = f"rtsp://127.0.0.1:{free_port()}/live/clean"

    program = start(start_peer().url(), url, "--max-frames", "20")

    assert program.wait() == 1
    assert "nothing arrived" in program.errors
