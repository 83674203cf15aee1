import gc
import signal
from types import SimpleNamespace

import pytest

from streamer.cli.lazy import COMMANDS, LazyGroup
from streamer.cli.main import main


def status_of(words: list[str], monkeypatch: pytest.MonkeyPatch) -> object:
    """Returns the exit status of the program; leaves the handlers of signals alone."""
    # Threads that other tests left must not end the process of the tests.
    monkeypatch.setattr("streamer.cli.main._at_work_after", lambda _: False)
    monkeypatch.setattr("sys.argv", ["derain", *words])
    kinds = (signal.SIGINT, signal.SIGTERM)
    before = [signal.getsignal(kind) for kind in kinds]
    try:
        with pytest.raises(SystemExit) as end:
            main()
    finally:
        for kind, handler in zip(kinds, before, strict=True):
            signal.signal(kind, handler)
    return end.value.code


def test_a_command_that_is_not_there_is_absent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gone = COMMANDS["doctor"]._replace(module="streamer.cli.not_there")
    monkeypatch.setitem(COMMANDS, "doctor", gone)
    group = LazyGroup(name="derain")

    assert "run" in group.list_commands(SimpleNamespace())
    assert "doctor" not in group.list_commands(SimpleNamespace())
    assert group.get_command(SimpleNamespace(), "doctor") is None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["rnu", "a.mp4"], "No such command 'rnu'. Did you mean 'run'?"),
        (["evalute"], "No such command 'evalute'. Did you mean 'evaluate'?"),
        (["rainy.mp4", "out.mp4"], "Did you mean 'run rainy.mp4'?"),
        (["rtsp://u:geheim@h/x"], "Did you mean 'run rtsp://u:***@h/x'?"),
        (["xyzzy"], "No such command 'xyzzy'."),
    ],
)
def test_what_is_no_command_is_answered_with_what_is_likeliest_meant(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    said: str,
) -> None:
    status = status_of(words, monkeypatch)

    assert status == 2
    assert said in capsys.readouterr().err


@pytest.mark.slow
def test_every_command_that_is_there_has_its_function() -> None:
    group = LazyGroup(name="derain")

    for name in group.list_commands(SimpleNamespace()):
        assert group.get_command(SimpleNamespace(), name).load().name == name


def test_an_interrupted_command_says_so_and_exits_130(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted() -> None:
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr("streamer.cli.networks.models.models", interrupted)
    status = status_of(["models"], monkeypatch)

    assert status == 130
    assert capsys.readouterr().err == "derain: interrupted\n"


def test_garbage_is_looked_for_again_once_a_command_is_loaded() -> None:
    group = LazyGroup(name="derain")
    entry = group.get_command(SimpleNamespace(), "models")

    entry.load()

    assert gc.isenabled()
