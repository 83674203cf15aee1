"""Several clips in one command."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sources import SourceError
from streamer.cli import INTERRUPTED
from streamer.cli.run.several import run_each, sinks_for
from streamer.errors import StreamerError
from streamer.network.protocol import Network
from tests.support.fakes import PassThrough


def files(folder: Path, *names: str) -> list[str]:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")
    return [str(folder / name) for name in names]


def test_each_goes_into_the_folder_under_its_name(tmp_path: Path) -> None:
    sources = files(tmp_path, "a.mp4", "b.AVI", "c.png", "d.ts")

    sinks = sinks_for(sources, "clean/")

    assert sinks == ["clean/a.mp4", "clean/b.mkv", "clean/c.png", "clean/d.mkv"]


def test_what_cannot_be_told_apart_or_has_no_folder_is_refused(tmp_path: Path) -> None:
    sources = files(tmp_path, "x/a.mp4", "y/a.mp4")

    with pytest.raises(StreamerError, match=r"x/a\.mp4 and .*y/a\.mp4 would"):
        sinks_for(sources, "o/")
    with pytest.raises(StreamerError, match="go into a folder/, with a slash; got o"):
        sinks_for(sources, "out.mp4")
    with pytest.raises(StreamerError, match="several sources are files"):
        sinks_for([*sources, "rtsp://camera/x"], "o/")
    with pytest.raises(StreamerError, match=r"gone\.mp4: there is no such file"):
        sinks_for([*sources, "gone.mp4"], "o/")


def test_one_that_fails_keeps_no_other_back_and_the_network_is_loaded_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    loaded: list[PassThrough] = []
    done: list[str] = []

    def load() -> Network:
        loaded.append(PassThrough())
        return loaded[0]

    def run(source: str, sink: str, network: Callable[[], Network]) -> int:
        if source == "b":
            raise SourceError("b: there is no such file")
        network().close()
        done.append(sink)
        return 0

    status = run_each(["a", "b", "c"], ["1", "2", "3"], load, run)

    assert status == 1
    assert done == ["1", "3"]
    assert capsys.readouterr().err == "derain: b: there is no such file\n"
    assert [network.closed for network in loaded] == [True]


def test_an_interrupt_ends_them_all() -> None:
    done: list[str] = []

    def run(source: str, _sink: str, _network: Callable[[], Network]) -> int:
        done.append(source)
        return INTERRUPTED

    status = run_each(["a", "b"], ["1", "2"], PassThrough, run)

    assert (status, done) == (INTERRUPTED, ["a"])
