import json
from pathlib import Path

from evaluation.measures import measures_for
from evaluation.methods import InputBaseline
from evaluation.reports.json_report import as_json, write_json
from evaluation.result_cache import ResultCache
from evaluation.runners.pictures import PictureRun
from evaluation.scores import Evaluation
from evaluation.sets import open_set
from tests.support.sets.folders import write_pairs


def test_json_holds_every_picture_and_where_figures_are_from(
    outcome: Evaluation, tmp_path: Path
) -> None:
    write_json(outcome, tmp_path / "out.json")

    read = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    ours = read["results"][1]
    assert read["complete"] is False
    assert read["measures"][0]["protocol"] == "mprnet"
    assert ours["weights_sha256"] == "0" * 64
    assert [picture["name"] for picture in ours["pictures"]] == ["1", "2", "3"]
    assert ours["mean"]["psnr"]["count"] == 3
    assert "numpy" in read["versions"]


def test_infinity_is_a_word_in_json(tmp_path: Path) -> None:
    root = write_pairs(tmp_path, 1)
    (root / "input" / "1.png").write_bytes((root / "target" / "1.png").read_bytes())
    run = PictureRun(
        open_set("pairs", str(root)),
        measures_for(["psnr"], "rgb", {}),
        ResultCache(None),
    )

    read = as_json(run.evaluate([InputBaseline()]))

    assert read["results"][0]["mean"]["psnr"]["value"] == "inf"
    assert read["results"][0]["mean"]["psnr"]["infinite"] == 1
