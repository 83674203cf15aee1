from pathlib import Path

import pytest

from benchmarks.fuzzing.trial import OLDER, Trial, judged
from benchmarks.fuzzing.warm import Ending
from tests.conftest import MakeClip


@pytest.mark.parametrize(
    ("status", "errors", "older", "fault"),
    [
        (1, "derain: in.mp4 holds no video.\n", True, None),
        (1, "Segmentation fault\n", True, "status 1 without a line that says why"),
        (1, "Traceback (most recent call last):\nderain: x\n", True, "a traceback"),
        (-11, "", True, "status -11"),
        (0, "", True, "status 0, and nothing was written"),
        (1, "derain: no\n", False, "the older output gave way to nothing that plays"),
    ],
)
def test_what_counts_as_a_fault(
    tmp_path: Path, status: int, errors: str, older: bool, fault: str | None
) -> None:
    sink = tmp_path / "out.mp4"
    sink.write_bytes(OLDER if older else b"half")
    (tmp_path / "err").write_text(errors)
    (tmp_path / "out").write_text("")
    trial = Trial(kind="clip", seed="a", mutation="cut", arguments=(), sink=sink)

    found = judged(trial, Ending(status=status, seconds=1, hung=False), tmp_path)

    assert found.faults == ((fault,) if fault else ())


def judged_of(folder: Path, sink: Path, *, status: int = 0, hung: bool = False) -> str:
    (folder / "err").write_text("derain: no\n" if status == 1 else "")
    (folder / "out").write_text("done")
    trial = Trial(kind="clip", seed="a", mutation="cut", arguments=(), sink=sink)
    ending = Ending(status=status, seconds=1, hung=hung)
    return ", ".join(judged(trial, ending, folder).faults)


def test_an_output_that_plays_is_no_fault(make_clip: MakeClip) -> None:
    clip = make_clip(frames=2)

    assert judged_of(clip.parent, clip) == ""
    assert judged_of(clip.parent, clip, status=1) == ""


def test_a_run_that_never_ends_or_loses_the_older_output_is_one(tmp_path: Path) -> None:
    gone = tmp_path / "gone.mp4"

    assert judged_of(tmp_path, gone) == "the older output is gone"
    assert judged_of(tmp_path, gone, hung=True) == "no end within the time limit"
