"""The table of quality: every development set, the input and every precision.

`python -m benchmarks.quality.sets data` measures what it finds in the folder `data`
(Rain100H_dev, Rain100L_dev, sirr_dev, real_rain_dev, val, ntu_a1_dev; NIQE's and SSEQ's
files in metric_models) and writes evaluate_*.json and quality.md to
benchmarks/results, and prints the short table of it. Stopped, the same command goes on
where it was. One network at a time has pictures: about 4 GB for `mspfn-lite`.
"""

import argparse
import os
import sys
from dataclasses import replace
from pathlib import Path

from benchmarks.support.measure import PROJECT, RESULTS
from benchmarks.support.tables.quality import Part, as_markdown, short_table
from evaluation.errors import EvaluationError, Interrupted
from evaluation.evaluate import Plan, evaluate
from evaluation.methods import Network
from evaluation.provenance import machine
from evaluation.reports.json_report import write_json
from evaluation.reports.progress import show_progress
from evaluation.scores import Evaluation

PRECISIONS = ("fp32", "bf16", "int8")
TEMPORAL = ("off", "causal", "centred")
_FILES = {"niqe": "niqe_modelparameters.mat", "sseq": "sseq_model.mat"}


PARTS = (
    Part(name="rain100h_dev", folder="Rain100H_dev", set_name="Rain100H"),
    Part(name="rain100l_dev", folder="Rain100L_dev", set_name="Rain100L"),
    Part(name="sirr_dev", folder="sirr_dev", set_name="pairs"),
    Part(name="clean_val", folder="val", set_name="clean"),
    Part(
        name="real_rain_dev",
        folder="real_rain_dev",
        set_name="images",
        shown=("niqe", "sseq"),
    ),
    Part(
        name="ntu_a1_dev",
        folder="ntu_a1_dev",
        set_name="video-pairs",
        shown=("psnr", "ssim", "warp", "warp-ref", "tof", "tdiff", "flicker"),
        is_video=True,
    ),
)


def possible(model: str) -> tuple[tuple[str, ...], list[str]]:
    """Returns the precisions that can be had here, and why the others cannot."""
    able, lacking = [], []
    for precision in PRECISIONS:
        try:
            Network(model, precision=precision)
        except EvaluationError as error:
            lacking.append(f"{precision} not measured: {error}")
        else:
            able.append(precision)
    return tuple(able), lacking


def planned(part: Part, data: Path, model: str, precisions: tuple[str, ...]) -> Plan:
    """Returns what is to be measured of one set, in this process."""
    files = {name: data / "metric_models" / file for name, file in _FILES.items()}
    return Plan(
        set_name=part.set_name,
        root=str(data / part.folder),
        models=(model,),
        files={name: path for name, path in files.items() if path.exists()},
        precisions=precisions,
        temporal=TEMPORAL if part.is_video else ("off",),
    )


def measured(plan: Plan) -> Evaluation:
    """Returns the figures of one set; those that are kept are not measured again.

    Raises:
        EvaluationError: The set or the model cannot be had.
    """
    with show_progress() as progress:
        outcome = evaluate(plan, progress)
    for method in outcome.methods:
        method.release()  # before the networks of the next set
    return outcome.evaluation


def _title(evaluation: Evaluation) -> str:
    facts = next(r.facts for r in evaluation.results if r.facts)
    here = machine()
    return (
        f"Written by `python -m benchmarks.quality.sets data`: weights "
        f"`{facts['weights_sha256'][:12]}` of `{facts['model']}`, {facts['device']}, "
        f"{facts['backend']}, {here['processor']}, {here['cores']} cores. What each "
        "figure means: [evaluation.md](../../docs/evaluation.md)."
    )


def main() -> int:
    """Measures every set that is there, writes the figures, and returns the status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="the folder that holds the sets")
    parser.add_argument("--model", default="mspfn-lite")
    parser.add_argument("--results", type=Path, default=RESULTS)
    asked = parser.parse_args()
    kept = PROJECT / "out" / "quality.kept.jsonl"
    for folder in (asked.results, kept.parent):
        folder.mkdir(parents=True, exist_ok=True)
    try:
        found, lacking = _found(asked.data, asked.model, asked.results, kept)
    except (EvaluationError, Interrupted) as error:
        sys.stderr.write(f"quality: {error}\n")
        return 1
    text = as_markdown(found, lacking, _title(next(iter(found.values()))))
    (asked.results / "quality.md").write_text(text, encoding="utf-8")
    sys.stdout.write(f"{short_table(found, RESULTS.relative_to(PROJECT))}\n")
    return 0


def _found(
    data: Path, model: str, results: Path, kept: Path
) -> tuple[dict[Part, Evaluation], list[str]]:
    precisions, lacking = possible(model)
    if not precisions:
        raise EvaluationError(lacking[0])
    found: dict[Part, Evaluation] = {}
    jobs = len(os.sched_getaffinity(0))
    for part in PARTS:
        if not (data / part.folder).is_dir():
            lacking.append(f"{part.folder} not measured: it is not in {data}")
            continue
        plan = planned(part, data, model, precisions)
        found[part] = measured(replace(plan, cache=kept, jobs=jobs))
        write_json(found[part], results / part.file)
    if not found:
        raise EvaluationError(f"{data} holds none of the sets.")
    return found, lacking


if __name__ == "__main__":
    sys.exit(main())
