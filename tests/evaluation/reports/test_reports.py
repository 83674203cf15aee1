import json
import re
import tomllib
from pathlib import Path

import pytest
from rich.console import Console

from evaluation.measures import measures_for
from evaluation.methods import InputBaseline, Method
from evaluation.methods.streams import FrameByFrame, Stream
from evaluation.metrics.luma import RgbArray
from evaluation.paper import paper_rows
from evaluation.reports.examples import ranked
from evaluation.reports.html_report import write_html
from evaluation.reports.json_report import as_json, write_json
from evaluation.reports.svg import distribution
from evaluation.reports.table import rows
from evaluation.reports.terminal import print_evaluation
from evaluation.result_cache import ResultCache
from evaluation.runners.pictures import PictureRun
from evaluation.scores import Evaluation
from evaluation.sets import open_set
from tests.conftest import PROJECT
from tests.support.folders import write_pairs


class Dimmer:
    """A network that makes pictures a little darker."""

    name = "dimmer"
    key = "dimmer"

    @property
    def facts(self) -> dict[str, str]:
        return {
            "model": "dimmer",
            "weights_sha256": "0" * 64,
            "device": "cpu",
            "backend": "fake",
            "precision": "fp32",
        }

    def __call__(self, picture: RgbArray) -> RgbArray:
        return picture - picture // 16

    def stream(self) -> Stream:
        return FrameByFrame(self)

    def release(self) -> None:
        """Has nothing to give back."""


def _methods() -> list[Method]:
    return [InputBaseline(), Dimmer()]


@pytest.fixture
def outcome(tmp_path: Path) -> Evaluation:
    root = write_pairs(tmp_path / "set", 3)
    measures = measures_for(["psnr", "niqe"], "mprnet", {})
    run = PictureRun(open_set("Rain100H", str(root)), measures, ResultCache(None))
    return run.evaluate(_methods())


def test_the_table_shows_the_paper_beside_ours(outcome: Evaluation) -> None:
    console = Console(record=True, width=120)

    print_evaluation(outcome, console)

    text = console.export_text()
    assert "Rain100H: 3 of 100 pairs: NOT COMPLETE" in text
    assert "PSNR dB ↑ (mprnet)" in text
    assert re.search(r"MSPFN \(paper\) +│ +28.66", text)
    assert "dimmer: 3 of 100 pairs: NOT COMPLETE, cpu fake fp32" in text
    assert "modelparameters.mat needed, from github.com/utlive/niqe" in text


def test_the_papers_figures_are_not_passed_off_as_another_protocols(
    tmp_path: Path,
) -> None:
    root = write_pairs(tmp_path, 1)
    measures = measures_for(["psnr"], "rgb", {})
    run = PictureRun(open_set("Rain100L", str(root)), measures, ResultCache(None))

    mspfn = rows(run.evaluate([InputBaseline()]))[7]

    assert mspfn.cells[0].value == "32.40"
    assert mspfn.cells[0].detail == "in mprnet: not comparable"


def test_a_row_of_the_paper_without_a_figure_is_left_out(tmp_path: Path) -> None:
    root = write_pairs(tmp_path, 1)
    measures = measures_for(["fsimc"], "mprnet", {})
    run = PictureRun(open_set("Rain100L", str(root)), measures, ResultCache(None))

    assert [row.name for row in rows(run.evaluate([InputBaseline()]))] == ["input"]


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


def test_the_page_holds_its_pictures_and_loads_nothing(
    outcome: Evaluation, tmp_path: Path
) -> None:
    write_html(outcome, _methods(), tmp_path / "page.html")

    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert page.count("data:image/jpeg;base64,") == 3 * 4
    assert "the 2 worst by PSNR" in page
    assert "<svg" in page
    assert not re.search(r"(src|href)=\"(?!data:)", page)


def test_the_worst_come_first_and_nobody_is_in_both(outcome: Evaluation) -> None:
    worst, best = ranked(outcome.results[1], outcome.measures[0])

    values = [score.values["psnr"] for score in (*worst, *reversed(best))]
    assert values == sorted(values)
    assert len({score.sample for score in (*worst, *best)}) == 3


def test_a_distribution_of_equal_values_can_be_drawn() -> None:
    assert "<rect" in distribution({"a": [3.0, 3.0]}, "PSNR")
    assert distribution({"a": []}, "PSNR") == ""


def test_of_a_long_name_the_end_is_drawn() -> None:
    drawn = distribution({"/home/a/runs/third/mspfn-lite.safetensors": [3.0]}, "PSNR")

    assert ">…spfn-lite.safetensors<" in drawn


def test_the_papers_figures_are_those_of_its_tables() -> None:
    assert paper_rows("Test1200")[-1].values == {
        "psnr": 32.39,
        "ssim": 0.916,
        "fsim": 0.960,
    }
    assert paper_rows("RIS")[1].printed == {"niqe": "5.615", "sseq": "43.45"}
    assert paper_rows("pairs") == ()


def test_a_networks_own_rows_of_tables_2_and_3_stand_beside_test100() -> None:
    variants = ("mspfn-model3", "mspfn", "mspfn-lite", "mspfn-lite")

    rows = paper_rows("Test100", variants)[len(paper_rows("Test100")) :]

    assert [(row.method, row.table) for row in rows] == [
        ("Model3", "Table 2"),
        ("M5N1", "Table 3"),
    ]
    assert rows[1].printed == {"psnr": "24.99", "ssim": "0.850", "fsim": "0.916"}
    assert paper_rows("Rain100H", variants) == paper_rows("Rain100H")


def test_every_network_of_the_studies_is_in_the_papers_tables() -> None:
    configs = (f"configs/paper_table{number}.toml" for number in (2, 3))
    read = (tomllib.loads((PROJECT / c).read_text(encoding="utf-8")) for c in configs)
    models = [name for config in read for name in config["models"] if name != "mspfn"]

    rows = paper_rows("Test100", models)[len(paper_rows("Test100")) :]

    assert len(rows) == len(set(models))
