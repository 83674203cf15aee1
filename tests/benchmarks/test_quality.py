import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks import quality
from benchmarks.measure import RESULTS
from benchmarks.quality import PARTS, Part, as_markdown, measured, planned
from tests.evaluation.folders import write_named, write_pairs, write_picture
from tests.evaluation.golden_pairs import a_pair

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
    assert "fp1 not measured: Expected precision" in lacking[0]


def test_a_folder_without_any_set_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["quality", str(tmp_path), "--results", str(tmp_path / "results")]
    monkeypatch.setattr("sys.argv", words)
    monkeypatch.setattr(quality, "PROJECT", tmp_path)
    monkeypatch.setattr(quality, "possible", lambda _: (("fp32",), []))

    assert quality.main() == 1
    assert "holds none of the sets" in capsys.readouterr().err
