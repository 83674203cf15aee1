"""The real program on live streams, as an operator meets it."""

import json
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.conftest import PROJECT, MakeClip
from tests.live.conftest import StartPeer
from tests.live.sending.test_sending import first_pictures, first_pictures_or_none
from tests.support.probe import look_at
from tests.support.servers.peers import PATIENCE_SECONDS, eventually, free_port

pytestmark = pytest.mark.slow

PASS_THROUGH = [sys.executable, str(PROJECT / "tests" / "derain_pass_through.py")]
PROGRAM = [*PASS_THROUGH, "0"]
SECRET = "p@ss:w%rong"  # noqa: S105 - of a server that lives for a second


StartProgram = Callable[..., "Program"]


class Program:
    """`derain run ...` with a network that changes nothing."""

    def __init__(
        self, folder: Path, *arguments: str | Path, network_seconds: float = 0
    ) -> None:
        self.errors_file = folder / "errors.txt"
        with self.errors_file.open("w") as errors:
            self.process = subprocess.Popen(
                [
                    *(*PASS_THROUGH, str(network_seconds)),
                    *("run", "--gate", "off", *map(str, arguments)),
                ],
                stdout=subprocess.DEVNULL,
                stderr=errors,
            )

    @property
    def errors(self) -> str:
        return self.errors_file.read_text()

    def wait(self) -> int:
        return self.process.wait(timeout=PATIENCE_SECONDS)

    def interrupt(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.wait()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[StartProgram]:
    programs = []

    def begin(*arguments: str | Path, network_seconds: float = 0) -> Program:
        programs.append(Program(tmp_path, *arguments, network_seconds=network_seconds))
        return programs[-1]

    yield begin
    for program in programs:
        program.process.kill()
        program.process.wait()


@pytest.mark.parametrize(
    ("path", "login", "said"),
    [
        ("/camera", f"viewer:{SECRET}", "wrong password"),
        ("/camera", "", "wrong password"),
        ("/nothing", "viewer:right", "not found"),
    ],
)
def test_what_waiting_does_not_mend_is_one_line_and_status_1(
    start_peer: StartPeer, start: StartProgram, path: str, login: str, said: str
) -> None:
    peer = start_peer("--auth", "digest", "--password", "right")

    program = start(peer.url(path, login), "null:", "--quiet")

    assert program.wait() == 1
    assert said in program.errors
    assert program.errors.count("\n") == 1
    assert "ss:w" not in program.errors
    assert "Traceback" not in program.errors


@pytest.mark.parametrize("state", ["connecting", "streaming", "stalled", "away"])
def test_an_interrupt_ends_the_program_in_every_state(
    start_peer: StartPeer, start: StartProgram, tmp_path: Path, state: str
) -> None:
    peer = start_peer()
    url = f"rtsp://127.0.0.1:{free_port()}/x" if state == "connecting" else peer.url()
    sink, report = tmp_path / "out.mp4", tmp_path / "report.json"
    program = start(url, sink, "--report", report)
    word = "refused" if state == "connecting" else "out 2"
    eventually(lambda: word in program.errors, what=word)
    if state == "stalled":
        peer.freeze()
        eventually(lambda: "state=stalled" in program.errors)
    if state == "away":
        peer.kill()
        eventually(lambda: "cause='refused'" in program.errors)

    status = program.interrupt()

    peer.thaw() if state == "stalled" else None
    assert status == 130
    assert "interrupted" in program.errors
    assert "Traceback" not in program.errors
    told = json.loads(report.read_text())
    assert told["interrupted"]
    if state == "connecting":
        assert "no frame came, and nothing was stored" in program.errors
    else:
        assert len(look_at(sink).times) >= told["frames_out"] > 10
        assert told["latency_ms"]["p95_ms"] > 0


def test_a_password_appears_nowhere(
    start_peer: StartPeer, start: StartProgram, tmp_path: Path
) -> None:
    plain = "p@ss/w#o?r:d%"
    quoted = quote(plain, safe="")
    peer = start_peer("--auth", "digest", "--password", plain)
    report = tmp_path / "report.json"
    place = f"127.0.0.1:{free_port()}"
    program = start(
        peer.url(login=f"viewer:{plain}"),
        peer.url("/record", login=f"viewer:{quoted}"),
        *("--report", report, "--metrics", place),
    )
    eventually(lambda: peer.pictures > 10)
    peer.freeze()
    eventually(lambda: "state=stalled" in program.errors)
    metrics = ask(f"http://{place}/metrics")[1] + ask(f"http://{place}/healthz")[1]
    titles = Path(f"/proc/{program.process.pid}/cmdline").read_text()
    peer.thaw()

    program.interrupt()

    for text in (program.errors, metrics, titles, report.read_text()):
        assert "viewer:***@" in text or text is metrics
        for spelling in (quoted, "ss/w", "w#o", "r:d"):
            assert spelling not in text


def ask(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310 - loopback
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_health_turns_with_the_camera(
    start_peer: StartPeer, start: StartProgram
) -> None:
    peer, place = start_peer(), f"127.0.0.1:{free_port()}"
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


def test_a_file_of_streams_of_which_none_can_run_is_status_1(
    start_peer: StartPeer, start: StartProgram, tmp_path: Path
) -> None:
    peer = start_peer()
    config = tmp_path / "cameras.toml"
    config.write_text(
        "wait = false\n"
        f'[[stream]]\nname = "gate"\nsource = "{peer.url("/nothing")}"\n'
        'sink = "null:"\n'
        '[[stream]]\nname = "yard"\n'
        'source = "rtsp://u:${NOWHERE_SET}@127.0.0.1/x"\nsink = "null:"\n'
    )

    program = start("--config", config, "--quiet")

    assert program.wait() == 1
    assert "derain: gate: not found" in program.errors
    assert "derain: yard: The environment variable NOWHERE_SET" in program.errors


def test_a_film_is_pushed_at_its_own_speed(
    start_peer: StartPeer,
    start: StartProgram,
    make_clip: MakeClip,
) -> None:
    peer = start_peer()
    clip = make_clip(frames=200, size=(160, 96))
    program = start(clip, peer.url("/record"))

    eventually(lambda: peer.pictures > 25)

    assert program.process.poll() is None
    assert program.interrupt() == 130


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("rtsp://u:geheim@h/x",), "SINK is missing."),
        (("rtsp://u:geheim@h/x", "a.mp4", "rtsp://u:geheim@h/y"), "go into a folder/"),
        (("rtsp://u:geheim@h/x", "rtsp://u:gehe im@h/y"), "a blank"),
        (("rtsp://h/x", "a.mp4", "--on-loss", "cry"), "on_loss must be one of"),
        (("rtsp://h/x", "a.mp4", "--record", "r-%H.mp4"), "is a recording already"),
        (("rtsp://h/x", "serve://h"), "serve://HOST:PORT/PATH"),
        (("gst:videotestsrc", "null:"), "! appsink"),
    ],
)
def test_wrong_arguments_are_one_clear_line(
    start: StartProgram, arguments: tuple[str, ...], said: str
) -> None:
    program = start(*arguments)

    assert program.wait() in {1, 2}
    assert said in program.errors
    assert "gehe" not in program.errors
    assert "Traceback" not in program.errors


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


def test_a_camera_for_a_server_that_is_not_there_ends_with_an_error(
    start: StartProgram, start_peer: StartPeer
) -> None:
    url = f"rtsp://127.0.0.1:{free_port()}/live/clean"

    program = start(start_peer().url(), url, "--max-frames", "20")

    assert program.wait() == 1
    assert "nothing arrived" in program.errors
