"""Streams of real cameras that come and go over the page of the real program."""

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import connect

from streamer.page.video import HEADER
from tests.live.conftest import StartPeer
from tests.support.probe import look_at
from tests.support.runs.live_program import Program
from tests.support.servers.peers import PATIENCE_SECONDS, eventually, free_port

pytestmark = pytest.mark.slow

TOKEN = "a-token-of-the-operator"  # noqa: S105 - of this test


class Operator:
    """Whoever has the token of a page."""

    def __init__(self, port: int) -> None:
        self._place = f"http://127.0.0.1:{port}/api/streams"

    def send(self, method: str, name: str = "", table: Any = None) -> Any:
        request = urllib.request.Request(  # noqa: S310 - of this machine
            self._place + name,
            None if table is None else json.dumps(table).encode(),
            {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as got:  # noqa: S310
            return json.load(got)

    def stream(self, name: str) -> dict[str, Any]:
        """Returns what is told of a stream; empty where it or the page is not there."""
        try:
            told = self.send("GET")["streams"]
        except (OSError, urllib.error.URLError):
            return {}
        return next((stream for stream in told if stream["name"] == name), {})

    def first_of_video(self, name: str) -> bytes:
        """Returns the first message of a stream's video."""
        place = self._place.replace("http://", "ws://").removesuffix("/api/streams")
        login = {"Authorization": f"Bearer {TOKEN}"}
        with connect(
            f"{place}/ws/video/{name}",
            additional_headers=login,
            open_timeout=PATIENCE_SECONDS,
        ) as link:
            return bytes(link.recv(PATIENCE_SECONDS, decode=False))

    def frames(self, name: str) -> int:
        return int(self.stream(name).get("frames_out", 0))


def test_a_camera_is_added_and_removed_while_another_loses_nothing(
    start_peer: StartPeer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, yard = start_peer(), start_peer("--size", "224x128")
    monkeypatch.setenv("DERAIN_PAGE_TOKEN", TOKEN)
    config, port = tmp_path / "cameras.toml", free_port()
    entry = '[[stream]]\nname = "gate"\nsource = "{}"\nsink = "null:"\n'
    text = entry.format(gate.url())
    config.write_text(text, encoding="utf-8")
    operator, record = Operator(port), str(tmp_path / "yard-%H%M%S.mp4")
    program = Program(
        tmp_path,
        *("--config", config, "--page", f"127.0.0.1:{port}", "--allow-changes"),
    )
    try:
        eventually(lambda: operator.frames("gate") > 10, what="the camera of the file")
        table = {"name": "yard", "source": yard.url(), "sink": "null:"}
        table["record"] = record
        added = operator.send("POST", table=table)
        eventually(lambda: operator.frames("yard") > 20, what="the new camera")
        first = operator.first_of_video("yard")
        removed = operator.send("DELETE", "/yard")
        eventually(lambda: not operator.stream("yard"), what="its end")
        seen = operator.frames("gate")
        eventually(lambda: operator.frames("gate") > seen + 10)
        untouched = operator.stream("gate")
    finally:
        status = program.interrupt()

    assert status == 130, program.errors
    assert added["added"] == ["yard"]
    assert "a restart, or the file's next change" in added["note"]
    assert removed["removed"] == ["yard"]
    assert config.read_text(encoding="utf-8") == text
    assert untouched["reconnects"] == 0
    known = untouched["frames_out"] + sum(untouched["dropped"].values())
    assert untouched["frames_in"] - known <= 4  # those under way
    assert first[: HEADER.size - 8] == b"\1"  # a key frame
    [recorded] = tmp_path.glob("yard-*.mp4")
    assert len(look_at(recorded).times) > 10
