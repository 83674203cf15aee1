"""`derain run --page` as a process of its own, looked at over HTTP."""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from streamer.cli.run.page import page_of_file, page_of_streams, recordings_like
from streamer.errors import StreamerError
from streamer.settings import PageOptions
from tests.conftest import PROJECT, MakeClip
from tests.support.fakes import PassThrough
from tests.support.probe import look_at
from tests.support.servers.peers import PATIENCE_SECONDS, eventually, free_port

PROGRAM = [sys.executable, str(PROJECT / "tests" / "derain_pass_through.py")]


def answer(port: int, path: str) -> Any:
    place = f"http://127.0.0.1:{port}{path}"
    with urllib.request.urlopen(place, timeout=PATIENCE_SECONDS) as got:
        return json.loads(got.read())


def is_up(port: int) -> bool:
    try:
        return bool(answer(port, "/api/streams")["streams"])
    except (OSError, urllib.error.URLError):
        return False


@pytest.mark.slow
def test_the_run_of_a_file_is_shown_with_its_progress_and_pictures(
    make_clip: MakeClip,
) -> None:
    source, port = make_clip(frames=250), free_port()
    sink = source.with_name("out.mp4")
    run = subprocess.Popen(
        [*PROGRAM, "0.2", "run", source, sink, "--page", f"127.0.0.1:{port}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        eventually(lambda: is_up(port), what="the page")
        [stream] = answer(port, "/api/streams")["streams"]
        picture = f"http://127.0.0.1:{port}/api/streams/{source.name}/snapshot.jpg"
        with urllib.request.urlopen(picture, timeout=PATIENCE_SECONDS) as got:
            jpeg = got.read()
    finally:
        run.terminate()
        _, errors = run.communicate(timeout=PATIENCE_SECONDS)

    assert stream["name"] == source.name
    assert stream["progress"]["frames_total"] == 250
    assert jpeg[:2] == b"\xff\xd8"
    assert run.returncode == 130, errors
    assert len(look_at(sink).times) < 250


@pytest.mark.slow
def test_a_page_for_others_without_a_token_ends_the_program_at_once(
    make_clip: MakeClip,
) -> None:
    source = make_clip()
    everywhere = "0.0.0.0:0"
    run = subprocess.run(
        [*PROGRAM, "0", "run", source, "null:", "--page", everywhere],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
        env={key: value for key, value in os.environ.items() if "TOKEN" not in key},
    )

    assert run.returncode == 1
    assert "a token is needed: set DERAIN_PAGE_TOKEN" in run.stderr
    assert "Traceback" not in run.stderr


def test_missing_packages_are_named_with_what_brings_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    options = PageOptions(page="127.0.0.1:0")

    with (
        pytest.raises(StreamerError, match=r"uvicorn: pip install 'derain\[web\]'"),
        page_of_file(options, "clip", None),  # type: ignore[arg-type] # not reached
    ):
        pass


DAY_1, DAY_2 = "gate-20261126.mp4", "gate-20261127_part2.mp4"


def test_changes_without_a_page_are_refused() -> None:
    options = PageOptions(allow_changes=True)

    with (
        pytest.raises(StreamerError, match="--allow-changes goes with --page"),
        page_of_streams(options, list, PassThrough(), dict),
    ):
        pass


def test_recordings_are_counted_by_their_pattern(tmp_path: Path) -> None:
    for number, name in enumerate((DAY_1, DAY_2, "gate-1.mp4")):
        path = tmp_path / name
        path.write_bytes(b"x" * (number + 1))
        os.utime(path, (1000 + number, 1000 + number))

    found = recordings_like(str(tmp_path / "gate-%Y%m%d.mp4"))

    assert found is not None
    assert (found.count, found.size_bytes, found.newest) == (2, 3, DAY_2)
    assert recordings_like(None) is None
