"""What of a file of streams may change while they run; streams are in `tests/live`."""

from pathlib import Path

import pytest

from streamer.cli.run.live.fleet import RunningFile, StreamOpener, refuse_other_process
from streamer.cli.run.page import no_tap
from streamer.errors import StreamerError
from streamer.live.fleet.settings import FleetSettings, fleet_in
from streamer.live.fleet.supervisor import Fleet
from streamer.settings import DEFAULTS
from tests.support.fakes import PassThrough

STREAM = '[[stream]]\nname = "gate"\nsource = "rtsp://h/x"\nsink = "null:"\n'


def a_file(path: Path, head: str = "") -> FleetSettings:
    path.write_text(f"{head}\n{STREAM}")
    return fleet_in(path, DEFAULTS, {})


@pytest.mark.parametrize(
    ("head", "what"),
    [
        ('model = "mspfn"', "the network's options"),
        ('page = "127.0.0.1:80"', "the page's options"),
        ('webhook = "https://h/x"', "the events' options"),
        ('metrics = "127.0.0.1:9100"', "metrics"),
        ("json_log = true", "json_log"),
    ],
)
def test_what_the_process_has_but_once_takes_a_restart(
    tmp_path: Path, head: str, what: str
) -> None:
    [before] = a_file(tmp_path / "a.toml").streams
    [after] = a_file(tmp_path / "b.toml", head).streams

    with pytest.raises(StreamerError, match=f"^a change of {what} takes a restart$"):
        refuse_other_process(before, after)


def test_what_each_stream_has_may_change(tmp_path: Path) -> None:
    [before] = a_file(tmp_path / "a.toml").streams
    [after] = a_file(tmp_path / "b.toml", "max_latency = 70\nquality = 30").streams

    refuse_other_process(before, after)

    assert before.run.live.max_latency != after.run.live.max_latency


def test_a_file_without_streams_changes_nothing(tmp_path: Path) -> None:
    settings = a_file(tmp_path / "a.toml")
    file = RunningFile(Fleet(PassThrough()), settings)

    with pytest.raises(StreamerError, match="names no streams any more"):
        file.apply(FleetSettings(common=settings.common, streams=()))

    assert file.streams == settings.streams


def test_an_opener_is_the_same_for_the_same_settings(tmp_path: Path) -> None:
    [first] = a_file(tmp_path / "a.toml").streams
    [same] = a_file(tmp_path / "b.toml").streams
    [other] = a_file(tmp_path / "c.toml", "max_latency = 70").streams
    file = RunningFile(Fleet(PassThrough()), a_file(tmp_path / "a.toml"))

    openers = [StreamOpener(s, no_tap, file._ports) for s in (first, same, other)]

    assert openers[0] == openers[1] != openers[2]
