from io import StringIO
from pathlib import Path

import pytest

from streamer.cli.run.overwriting import Clobber, check_overwriting
from streamer.errors import StreamerError


def test_an_older_output_is_written_over_where_nobody_can_be_asked(
    tmp_path: Path,
) -> None:
    (tmp_path / "out.mp4").write_bytes(b"old")

    check_overwriting(str(tmp_path / "out.mp4"), Clobber())


@pytest.mark.parametrize("name", ["out.mp4", ""])
def test_an_older_output_is_kept_for_who_wants_it_kept(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / "out.mp4").write_bytes(b"old")

    with pytest.raises(StreamerError, match="exists already, and --no-clobber"):
        check_overwriting(f"{tmp_path}/{name}", Clobber(never=True))
    check_overwriting(f"{tmp_path}/new.mp4", Clobber(never=True))


@pytest.mark.parametrize(("answer", "kept"), [("y\n", False), ("\n", True), ("", True)])
def test_a_terminal_is_asked_before_an_older_output_is_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, kept: bool
) -> None:
    (tmp_path / "out.mp4").write_bytes(b"old")
    screen = Terminal()
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    monkeypatch.setattr("sys.stderr", screen)

    def check() -> None:
        check_overwriting(f"{tmp_path}/out.mp4", Clobber())

    if kept:
        with pytest.raises(StreamerError, match="nothing was changed"):
            check()
    else:
        check()
    assert "out.mp4 exists already. Overwrite? [y/N]" in screen.getvalue()


def test_to_write_over_all_and_over_nothing_exclude_each_other(tmp_path: Path) -> None:
    with pytest.raises(StreamerError, match="--yes and --no-clobber exclude"):
        check_overwriting(f"{tmp_path}/new.mp4", Clobber(yes=True, never=True))


def test_what_an_earlier_run_has_begun_goes_on_only_if_it_may_be_written_over() -> None:
    Clobber().refuse_never()

    with pytest.raises(StreamerError, match="--no-clobber goes with one film"):
        Clobber(never=True).refuse_never()


class Terminal(StringIO):
    """Text that a person types or reads."""

    def isatty(self) -> bool:
        return True
