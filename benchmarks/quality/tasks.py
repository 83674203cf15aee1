"""What deraining does for a segmenter and a detector, on labelled street pictures.

`python -m benchmarks.quality.tasks DATA` makes rain on the pictures of DATA/joint_dev
and lets the judges of DATA/judges look at it clean, in rain and derained, in fp32 and
int8, with the rain gate and without. It writes `benchmarks/results/tasks_*.json` and
goes on where it was stopped.
"""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from benchmarks.support.measure import PROJECT
from evaluation.evaluate import Plan
from evaluation.reports.progress import show_progress
from evaluation.tasks.evaluate import TaskPlan, evaluate_task
from evaluation.tasks.judges.settings import JudgeSettings
from evaluation.tasks.labelled_set import Task
from evaluation.tasks.labels.open import Where
from evaluation.tasks.labels.text_objects import read_names
from evaluation.tasks.reports.json_report import write_task_json
from evaluation.tasks.reports.terminal import print_task
from streamer.cli.rain.kinds import rain_kind

RESULTS = PROJECT / "benchmarks" / "results"
KINDS = ("falling:1.0", "heavy", "light")
_CAMVID = (
    *("sky", "building", "pole", "road", "pavement", "tree", "sign", "fence"),
    *("car", "pedestrian", "bicyclist", ""),
)
_WORDS = (("bicycle", "bicyclist"), ("person", "pedestrian"))


def judges(folder: Path) -> tuple[tuple[Task, str, JudgeSettings], ...]:
    """Returns the task, the name of the result and the judge of each evaluation."""
    # Means and deviations of ESPNet's own script; it divides by 255 once more.
    espnet = JudgeSettings(
        kind="semantic",
        file=folder / "espnet_camvid.onnx",
        classes=_CAMVID,
        multiple=8,
        channels="bgr",
        mean=(110.16, 108.29, 104.89),
        std=(72.09 * 255, 72.61 * 255, 69.81 * 255),
        floor=10.0,
    )
    names = read_names(folder / "coco.names")
    yolox = JudgeSettings(
        kind="yolox",
        file=folder / "yolox_nano.onnx",
        classes=names,
        size=(416, 416),
        fit="corner",
        channels="bgr",
        class_map=_WORDS,
    )
    fastest = JudgeSettings(
        kind="darknet",
        file=folder / "yolo-fastest-1.1.cfg",
        weights=folder / "yolo-fastest-1.1.weights",
        classes=names,
        class_map=_WORDS,
    )
    return (
        ("segmentation", "segmentation_espnet", espnet),
        ("detection", "detection_yolox", yolox),
        ("detection", "detection_yolo_fastest", fastest),
    )


def plan_of(
    data: Path, task: Task, judge: JudgeSettings, results: Path, name: str
) -> TaskPlan:
    """Returns what is measured by one judge."""
    methods = Plan(
        set_name=task,
        root=str(data / "joint_dev"),
        precisions=("fp32", "int8"),
        cache=results / f"tasks_{name}.kept.jsonl",
    )
    return TaskPlan(
        task=task,
        where=Where(root=data / "joint_dev", classes=Path("camvid")),
        judge=judge,
        methods=methods,
        rain=tuple(map(rain_kind, KINDS)),
        gates=("off", "on"),
    )


def main() -> None:
    """Measures with every judge, or with those that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--judge", action="append", default=[])
    parser.add_argument("--precision", action="append", default=[])
    parser.add_argument("--results", type=Path, default=RESULTS)
    asked = parser.parse_args()
    console = Console(file=sys.stdout, width=160)
    for task, name, judge in judges(asked.data / "judges"):
        if asked.judge and name not in asked.judge:
            continue
        plan = plan_of(asked.data, task, judge, asked.results, name)
        if asked.precision:
            wanted = replace(plan.methods, precisions=tuple(asked.precision))
            plan = replace(plan, methods=wanted)
        with show_progress() as progress:
            outcome = evaluate_task(plan, progress)
        write_task_json(outcome.evaluation, asked.results / f"tasks_{name}.json")
        print_task(outcome.evaluation, console)


if __name__ == "__main__":
    main()
