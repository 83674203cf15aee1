"""The page of `derain evaluate detection --html` on streets that the project draws.

`python -m benchmarks.quality.drawn_judged DATA` draws streets by day, at dusk and by
night, dry and in rain, and lets the YOLOX of DATA/judges look at them. Nobody labelled
drawn streets: the labels are what the judge itself finds in the dry pictures, so the
page shows how much of that rain hides and deraining brings back. It writes
docs/judges.html.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2

from benchmarks.quality.drawn_report import SCENES
from benchmarks.quality.tasks import judges
from benchmarks.support.measure import PROJECT
from evaluation.errors import EvaluationError
from evaluation.evaluate import Plan
from evaluation.metrics.luma import RgbArray
from evaluation.reports.progress import show_progress
from evaluation.tasks.evaluate import TaskOutcome, TaskPlan, evaluate_task
from evaluation.tasks.judges.judge import open_detector
from evaluation.tasks.judges.settings import JudgeSettings
from evaluation.tasks.labels.open import Where
from evaluation.tasks.reports.page import write_task_page
from sources.synthetic.falling_rain import FallingRain
from sources.synthetic.street import Street

SIZE = (480, 270)
SURE = 0.5
"""Score above which a detection in a dry picture is taken for a label."""
_LATER = (0, 60)
"""Frames after each scene's own; two pictures of each."""


def drawn() -> Iterator[tuple[str, RgbArray, RgbArray]]:
    """Yields name, dry picture and rainy one."""
    for scene in SCENES:
        street = Street(*SIZE, seed=scene.seed)
        rain = FallingRain(*SIZE, intensity=scene.intensity, seed=scene.seed)
        for later in _LATER:
            index = scene.index + later
            dry = street.frame(index, scene.darkness)
            yield f"{scene.name} {index}", dry, rain.apply(dry, index)


def write_set(folder: Path, judge: JudgeSettings) -> int:
    """Writes a labelled set; returns how many labels it has."""
    detect = open_detector(judge)
    images: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    for number, (name, dry, wet) in enumerate(drawn()):
        for half, picture in (("input", wet), ("target", dry)):
            path = folder / half / f"{name}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            if not cv2.imwrite(str(path), picture[..., ::-1]):
                raise EvaluationError(f"{path} could not be written.")
        width, height = SIZE
        entry = {"id": number, "file_name": f"{name}.png"}
        images.append({**entry, "width": width, "height": height})
        found = detect(dry)
        for box, kind, score in zip(
            found.boxes.tolist(), found.classes.tolist(), found.scores, strict=True
        ):
            if score > SURE:
                left, top, right, bottom = box
                corner = [left, top, right - left, bottom - top]
                own = {"image_id": number, "category_id": kind, "bbox": corner}
                notes.append({"id": len(notes), **own})
    named = {entry["category_id"] for entry in notes}
    kinds = [{"id": kind, "name": judge.labels[kind]} for kind in sorted(named)]
    data = {"images": images, "annotations": notes, "categories": kinds}
    (folder / "labels.json").write_text(json.dumps(data))
    return len(notes)


def outcome_of(folder: Path, judge: JudgeSettings, precision: str) -> TaskOutcome:
    """Evaluates a drawn set."""
    plan = TaskPlan(
        task="detection",
        where=Where(root=folder),
        judge=judge,
        methods=Plan(set_name="", root=str(folder), precisions=(precision,)),
    )
    with show_progress() as progress:
        return evaluate_task(plan, progress)


def main() -> None:
    """Writes the page to where the documents are, or elsewhere."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--precision", default="auto")
    parser.add_argument("--page", type=Path, default=PROJECT / "docs" / "judges.html")
    asked = parser.parse_args()
    judge = judges(asked.data / "judges")[1][2]
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "drawn streets"
        count = write_set(folder, judge)
        outcome = outcome_of(folder, judge, asked.precision)
        note = (
            f"Nobody labelled these: the {count} labels are what the judge finds "
            f"in the dry pictures with a score above {SURE:g}."
        )
        found = outcome.evaluation
        told = replace(found, notes=(note, *found.notes))
        write_task_page(replace(outcome, evaluation=told), asked.page)
    sys.stdout.write(f"{asked.page}: {asked.page.stat().st_size} bytes\n")


if __name__ == "__main__":
    main()
