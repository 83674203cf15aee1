import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.quality import sets as quality
from benchmarks.quality.sets import PARTS, measured, planned
from benchmarks.support.measure import RESULTS
from benchmarks.support.tables.quality import Part, as_markdown, short_table
from evaluation.methods import InputBaseline
from evaluation.scores import Evaluation, MethodResult, Score
from tests.support.sets.folders import write_named, write_pairs, write_picture
from tests.support.sets.golden_pairs import a_pair

HEAVY, _, _, CLEAN, _, CLIP = PARTS


def _data(root: Path) -> Path:
    write_pairs(root / HEAVY.folder, 2)
    (root / HEAVY.folder / "input" / "2.png").write_bytes(b"cut")
    write_named(root / CLEAN.folder, "a.png")
    for place in range(3):
        for folder, picture in zip(("input", "target"), a_pair(64, 64, 1), strict=True):
            path = root / CLIP.folder / folder / f"{place}.png"
            write_picture(path, np.roll(picture, place, axis=1))
    return root


def test_every_set_has_its_figures_beside_the_papers(tmp_path: Path) -> None:
    data = _data(tmp_path / "data")
    found = {
        part: measured(planned(part, data, "input", ("auto",)))
        for part in (HEAVY, CLEAN, CLIP)
    }

    text = as_markdown(found, ["int8 not measured: why"], "The title.")

    lines = text.splitlines()
    assert lines[2] == "The title."
    assert "1 of 100 pairs: NOT COMPLETE, PSNR / SSIM (mprnet)" in lines[4]
    assert lines[6].startswith("| input | ")
    assert lines[6].endswith(" | inf / 1.0000 |")
    assert "28.66 / 0.860" in lines[7]
    assert "WARP-REF (lai2018)" in lines[9]
    assert lines[-2] == "- int8 not measured: why"
    assert "2.png cannot be read" in lines[-1]


def _rows_of_networks(evaluation: Evaluation) -> Evaluation:
    steps = ("off", "causal") if evaluation.test_set.is_video else ("off",)
    networks = [
        MethodResult(
            name=precision,
            facts={"precision": precision, "temporal": step},
            scores=(Score(sample="1", values={"psnr": db, "ssim": 0.5}, seconds=1),),
        )
        for precision, db in (("fp32", 30.0), ("int8", 29.0))
        for step in steps
    ]
    return replace(evaluation, results=(*evaluation.results, *networks))


def test_the_short_table_has_a_row_for_each_set_and_temporal_step(
    tmp_path: Path,
) -> None:
    data = _data(tmp_path / "data")
    found = {
        part: _rows_of_networks(measured(planned(part, data, "input", ("auto",))))
        for part in (HEAVY, CLIP)
    }

    heads, _, heavy, clip, causal = short_table(found, Path("results")).splitlines()

    assert heads == "|  | input | fp32 | int8 | the paper's MSPFN, whole set |"
    assert heavy.startswith("| [Rain100H_dev](results/evaluate_rain100h_dev.json), 1 ")
    assert "| 30.00 / 0.5000 | 29.00 / 0.5000 | 28.66 / 0.860 |" in heavy
    assert clip.endswith("| 30.00 / 0.5000 | 29.00 / 0.5000 |  |")
    assert causal.startswith("| the same with `--temporal causal` |  | 30.00 / 0.5000")


def test_networks_give_their_memory_back_before_the_next_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    released: list[str] = []
    monkeypatch.setattr(
        InputBaseline, "release", lambda self: released.append(self.name)
    )
    data = _data(tmp_path / "data")

    measured(planned(CLIP, data, "input", ("auto",)))

    assert released == ["input"]


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_the_committed_figures_say_where_they_are_from(part: Part) -> None:
    read = json.loads((RESULTS / part.file).read_text(encoding="utf-8"))

    networks = [result for result in read["results"] if result["name"] != "input"]
    assert all(measure["protocol"] for measure in read["measures"])
    assert {"complete", "problems", "versions", "written"} <= read.keys()
    assert networks
    for result in networks:
        assert {"weights_sha256", "device", "backend", "precision"} <= result.keys()
        assert set(part.shown) <= result["mean"].keys()


@pytest.mark.slow
def test_a_precision_that_cannot_be_had_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(quality, "PRECISIONS", ("fp32", "fp1"))

    able, lacking = quality.possible("mspfn-lite")

    assert able == ("fp32",)
    assert lacking[0].startswith("fp1 not measured: ")
    assert "Expected precision" in lacking[0]


def test_a_folder_without_any_set_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["quality", str(tmp_path), "--results", str(tmp_path / "results")]
    monkeypatch.setattr("sys.argv", words)
    monkeypatch.setattr(quality, "PROJECT", tmp_path)
    monkeypatch.setattr(quality, "possible", lambda _: (("fp32",), []))

    assert quality.main() == 1
    assert "holds none of the sets" in capsys.readouterr().err
