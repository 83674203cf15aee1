from pathlib import Path

import pytest
import typer

from streamer.cli.evaluate.options import MeasureOptions, MethodOptions, TaskOptions


def test_what_is_compared_becomes_a_plan() -> None:
    options = MethodOptions(
        models="mspfn, mspfn-lite",
        results=["theirs=out"],
        precision="fp32,int8",
        json=Path("scores.json"),
        jobs=2,
    )

    plan = options.plan("Rain100H", "sets/Rain100H")

    assert (plan.set_name, plan.root) == ("Rain100H", "sets/Rain100H")
    assert plan.models == ("mspfn", "mspfn-lite")
    assert plan.results == (("theirs", Path("out")),)
    assert plan.precisions == ("fp32", "int8")
    assert plan.cache == Path("scores.kept.jsonl")
    assert plan.jobs == 2


def test_without_more_one_network_is_measured_and_nothing_kept() -> None:
    plan = MethodOptions().plan("pairs", "mine")

    assert (plan.models, plan.results, plan.cache) == (("mspfn-lite",), (), None)


def test_results_that_are_no_named_folder_are_refused() -> None:
    with pytest.raises(typer.BadParameter, match="NAME=FOLDER, got 'out'"):
        MethodOptions(results=["out"]).plan("pairs", "mine")


def test_parameter_files_are_told_by_their_measure() -> None:
    options = MeasureOptions(niqe_model=Path("n.mat"), lpips_model=Path("l.onnx"))

    assert options.files == {"niqe": Path("n.mat"), "lpips": Path("l.onnx")}
    assert MeasureOptions().files == {}


def test_a_task_says_which_labelled_pictures_are_meant() -> None:
    options = TaskOptions(labels=Path("boxes.json"), set="bdd", list=Path("val.txt"))

    where = options.where(Path("data"))

    assert (where.root, where.labels) == (Path("data"), Path("boxes.json"))
    assert (where.set_name, where.listing, where.classes) == (
        "bdd",
        Path("val.txt"),
        None,
    )
