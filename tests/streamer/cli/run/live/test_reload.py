import logging
from pathlib import Path

import pytest

from streamer.cli.run.live.reload import Reloader
from streamer.errors import StreamerError
from streamer.live.fleet.settings import FleetSettings, fleet_in
from streamer.settings import DEFAULTS
from tests.conftest import in_a_fresh_python

ONE = '[[stream]]\nname = "gate"\nsource = "rtsp://a/b"\nsink = "null:"\n'
TWO = ONE + ONE.replace("gate", "yard")


HANGING_UP = """
import os, signal
from pathlib import Path
from threading import Event
from streamer.cli.run.live.reload import Reloader
from streamer.live.fleet.settings import streams_in
from streamer.settings import DEFAULTS

path, came, before = Path({file!r}), Event(), signal.getsignal(signal.SIGHUP)

def apply(streams):
    print(*(stream.name for stream in streams), flush=True)
    came.set()
    return {{}}

with Reloader(path, lambda: streams_in(path, DEFAULTS, {{}}), apply).running():
    os.kill(os.getpid(), signal.SIGHUP)
    came.wait()
print(signal.getsignal(signal.SIGHUP) == before)
"""


class Applied:
    """Remembers the names of what was to run."""

    def __init__(self) -> None:
        self.names: list[list[str]] = []

    def __call__(self, settings: FleetSettings) -> dict[str, list[str]]:
        self.names.append([stream.name for stream in settings.streams])
        return {"added": ["yard"], "removed": []}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "cameras.toml"
    path.write_text(ONE, encoding="utf-8")
    return path


def reloader(path: Path, apply: Applied) -> Reloader:
    return Reloader(path, lambda: fleet_in(path, DEFAULTS, {}), apply)


def test_a_file_that_stays_is_not_read_again(file: Path) -> None:
    applied = Applied()
    watch = reloader(file, applied)

    watch.look()

    assert applied.names == []


def test_a_file_that_was_replaced_is_applied_once(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    applied = Applied()
    watch = reloader(file, applied)
    beside = file.with_suffix(".new")
    beside.write_text(TWO, encoding="utf-8")
    beside.replace(file)

    with caplog.at_level(logging.INFO, "derain.config"):
        watch.look()
        watch.look()

    assert applied.names == [["gate", "yard"]]
    assert "added yard" in caplog.text
    assert "removed" not in caplog.text


@pytest.mark.parametrize("text", ["[[stream", TWO.replace("yard", "gate"), ""])
def test_a_broken_file_changes_nothing_and_says_why(
    file: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse_none(settings: FleetSettings) -> dict[str, list[str]]:
        if not settings.streams:
            raise StreamerError("the file names no streams any more")
        raise AssertionError("a broken file was applied")

    watch = Reloader(file, lambda: fleet_in(file, DEFAULTS, {}), refuse_none)
    file.write_text(text, encoding="utf-8")

    watch.look()

    assert "nothing is changed: " in caplog.text


def test_a_file_that_is_gone_changes_nothing(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    applied = Applied()
    watch = reloader(file, applied)
    file.unlink()

    watch.look()

    assert applied.names == []
    assert "nothing is changed: " in caplog.text


@pytest.mark.slow
def test_a_hang_up_reads_the_file_at_once(file: Path) -> None:
    done = in_a_fresh_python(HANGING_UP.format(file=str(file)))

    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["gate", "True"]
