from pathlib import Path

from evaluation.measures import measures_for
from evaluation.methods import InputBaseline
from evaluation.reports.table import rows
from evaluation.result_cache import ResultCache
from evaluation.runners.pictures import PictureRun
from evaluation.sets import open_set
from tests.support.sets.folders import write_pairs


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
