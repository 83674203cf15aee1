"""The real program on live streams, as an operator meets it."""

import json
import re
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.live.conftest import StartPeer
from tests.support.probe import look_at
from tests.support.runs.live_program import StartProgram, ask
from tests.support.servers.peers import eventually, free_port

pytestmark = pytest.mark.slow

SECRET = "p@ss:w%rong"  # noqa: S105 - of a server that lives for a second


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
    said = r"refused" if state == "connecting" else r"out (?!0\.0)"
    eventually(lambda: re.search(said, program.errors) is not None, what=said)
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
        assert len(look_at(sink).times) >= told["frames_out"] > 0
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
