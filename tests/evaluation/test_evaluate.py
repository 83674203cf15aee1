import json
from dataclasses import replace
from pathlib import Path

import pytest

from evaluation import result_cache
from evaluation.errors import EvaluationError, Interrupted
from evaluation.evaluate import Plan, evaluate
from model.weights.header import SHIPPED
from tests.support.sets.folders import write_pairs
from tests.support.silent_progress import Silent

LITE = SHIPPED / "mspfn-lite.safetensors"


class CtrlC(Silent):
    """A user who loses patience after some pictures."""

    def __init__(self, after: int) -> None:
        self._left = after

    def step(self, name: str) -> None:
        self._left -= 1
        if not self._left:
            raise KeyboardInterrupt


def _plan(root: Path, kept: Path | None, **settings: tuple[str, ...]) -> Plan:
    return Plan(
        set_name="pairs",
        root=str(root),
        models=settings.get("models", ("input",)),
        metrics=("psnr",),
        cache=kept,
        device="cpu",
        backend="torch",
        precisions=settings.get("precisions", ("auto",)),
        temporal=settings.get("temporal", ("off",)),
    )


def test_an_interruption_says_what_is_kept(tmp_path: Path) -> None:
    root, kept = write_pairs(tmp_path / "set", 4), tmp_path / "kept.jsonl"

    with pytest.raises(Interrupted, match=r"3 of 4 pairs are kept in .*kept\.jsonl"):
        evaluate(_plan(root, kept), CtrlC(after=3))

    assert len(kept.read_text(encoding="utf-8").splitlines()) == 3
    evaluate(_plan(root, kept), Silent())
    assert len(kept.read_text(encoding="utf-8").splitlines()) == 4


def test_an_interruption_says_that_nothing_is_kept(tmp_path: Path) -> None:
    root = write_pairs(tmp_path / "set", 2)

    with pytest.raises(Interrupted, match="nothing was kept"):
        evaluate(_plan(root, None), CtrlC(after=1))


def test_other_code_measures_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, kept = write_pairs(tmp_path / "set", 2), tmp_path / "kept.jsonl"
    evaluate(_plan(root, kept), Silent())

    monkeypatch.setattr(
        result_cache, "code_hash", lambda *_: "another state of the code"
    )
    evaluate(_plan(root, kept), Silent())

    assert len(kept.read_text(encoding="utf-8").splitlines()) == 4


def test_a_temporal_step_is_refused_for_pictures(tmp_path: Path) -> None:
    root = write_pairs(tmp_path / "set", 1)

    with pytest.raises(EvaluationError, match="needs clips; pairs is a set of pict"):
        evaluate(_plan(root, None, temporal=("off", "causal")), Silent())


@pytest.mark.slow
def test_a_precision_that_cannot_be_had_is_told_in_one_line(tmp_path: Path) -> None:
    root = write_pairs(tmp_path / "set", 1)
    asked = _plan(root, None, models=("mspfn-lite",), precisions=("fp32", "fp1"))

    with pytest.raises(EvaluationError, match="got 'fp1'"):
        evaluate(asked, Silent())


@pytest.mark.slow
def test_precisions_and_temporal_steps_are_rows_of_their_own(tmp_path: Path) -> None:
    root, kept = write_pairs(tmp_path / "set", 3, 64, 64), tmp_path / "kept.jsonl"
    plan = Plan(
        set_name="video-pairs",
        root=str(root),
        metrics=("psnr", "warp"),
        cache=kept,
        device="cpu",
        backend="torch",
        precisions=("fp32", "bf16"),
        temporal=("off", "causal"),
    )

    results = evaluate(plan, Silent()).evaluation.results

    lines = [json.loads(line) for line in kept.read_text("utf-8").splitlines()]
    assert [result.name for result in results] == [
        "input",
        "mspfn-lite fp32",
        "mspfn-lite fp32 causal",
        "mspfn-lite bf16",
        "mspfn-lite bf16 causal",
    ]
    assert results[4].facts["precision"] == "bf16"
    assert results[4].facts["temporal"] == "causal"
    assert len({line["key"] for line in lines}) == 5


@pytest.mark.slow
def test_a_name_and_its_file_stand_side_by_side_and_are_measured_once(
    tmp_path: Path,
) -> None:
    root, kept = write_pairs(tmp_path / "set", 2), tmp_path / "kept.jsonl"
    plan = Plan(
        set_name="pairs",
        root=str(root),
        models=("mspfn-lite", str(LITE)),
        metrics=("psnr",),
        cache=kept,
        device="cpu",
        backend="torch",
    )

    results = evaluate(plan, Silent()).evaluation.results

    lines = [json.loads(line) for line in kept.read_text("utf-8").splitlines()]
    assert [result.name for result in results] == ["input", "mspfn-lite", str(LITE)]
    assert results[1].scores == results[2].scores
    assert len(lines) == 4


def test_frames_of_pictures_are_refused(tmp_path: Path) -> None:
    plan = replace(_plan(write_pairs(tmp_path, 1), None), max_frames=3)

    with pytest.raises(EvaluationError, match="leave --max-frames out"):
        evaluate(plan, Silent())
