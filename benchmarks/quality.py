"""The table of quality: every development set, the input and every precision.

`python -m benchmarks.quality data` measures what it finds in the folder `data`
(Rain100H_dev, Rain100L_dev, sirr_dev, real_rain_dev, val, ntu_a1_dev; NIQE's and SSEQ's
files in metric_models) and writes evaluate_*.json and quality.md to
benchmarks/results. Stopped, the same command goes on where it was.
"""

import argparse
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.measure import PROJECT, RESULTS, machine
from evaluation.entrants import Network
from evaluation.errors import EvaluationError, Interrupted
from evaluation.paper import PAPER_PROTOCOLS, paper_rows
from evaluation.plan import Plan, carried_out
from evaluation.reports.json_report import write_json
from evaluation.reports.progress import progress_shown
from evaluation.reports.table import cell
from evaluation.scores import EntrantResult, Evaluation

PRECISIONS = ("fp32", "bf16", "int8")
TEMPORAL = ("off", "causal", "centred")
_FILES = {"niqe": "niqe_modelparameters.mat", "sseq": "sseq_model.mat"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A column of the table: one set, and what is shown of it."""

    name: str
    folder: str
    set_name: str
    shown: tuple[str, ...] = ("psnr", "ssim")
    is_video: bool = False

    @property
    def file(self) -> str:
        """Where its figures are written."""
        return f"evaluate_{self.name}.json"


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
    with progress_shown() as progress:
        return carried_out(plan, progress).evaluation


def as_markdown(
    found: Mapping[Part, Evaluation], lacking: Sequence[str], title: str
) -> str:
    """Returns all figures as tables: pictures in one, each clip in one of its own."""
    pictures = {part: e for part, e in found.items() if not part.is_video}
    parts = [f"# Quality\n\n{title}\n"]
    if pictures:
        parts.append("\n".join(_pictures(pictures)) + "\n")
    parts += [
        "\n".join(_clip(part, evaluation)) + "\n"
        for part, evaluation in found.items()
        if part.is_video
    ]
    amiss = [*lacking, *(line for e in found.values() for line in e.problems)]
    if amiss:
        parts.append("\n".join(f"- {line}" for line in amiss) + "\n")
    return "\n".join(parts)


def _pictures(found: Mapping[Part, Evaluation]) -> Iterator[str]:
    heads = [_head(part, evaluation) for part, evaluation in found.items()]
    yield _line("", *heads)
    yield _line(*["---"] * (len(heads) + 1))
    for place, result in enumerate(next(iter(found.values())).results):
        row = [_figures(part, e, e.results[place]) for part, e in found.items()]
        yield _line(result.name, *row)
    yield _line(
        "the paper's MSPFN, whole set", *(_paper(part, e) for part, e in found.items())
    )


def _clip(part: Part, evaluation: Evaluation) -> Iterator[str]:
    measures = [m for m in evaluation.measures if m.name in part.shown]
    heads = [f"{m.name.upper()} ({m.protocol})" for m in measures]
    yield _line(f"[{part.folder}]({part.file})", *heads, "s a frame")
    yield _line(*["---"] * (len(heads) + 2))
    for result in evaluation.results:
        values = [cell(result.mean(measure), measure).value for measure in measures]
        seconds = f"{result.seconds:.3f}" if result.facts else ""
        yield _line(result.name, *values, seconds)


def _head(part: Part, evaluation: Evaluation) -> str:
    measures = [m for m in evaluation.measures if m.name in part.shown]
    names = " / ".join(measure.name.upper() for measure in measures)
    count = min(len(result.scores) for result in evaluation.results)
    counted = evaluation.test_set.counted(count)
    link = f"[{part.folder}]({part.file})"
    return f"{link}, {counted}, {names} ({measures[0].protocol})"


def _figures(part: Part, evaluation: Evaluation, result: EntrantResult) -> str:
    measures = [m for m in evaluation.measures if m.name in part.shown]
    return " / ".join(cell(result.mean(m), m).value for m in measures)


def _paper(part: Part, evaluation: Evaluation) -> str:
    rows = [r for r in paper_rows(evaluation.test_set.name) if r.method == "MSPFN"]
    comparable = all(
        PAPER_PROTOCOLS.get(measure.name) == measure.protocol
        for measure in evaluation.measures
        if measure.name in part.shown
    )
    if not rows or not comparable:
        return ""
    return " / ".join(rows[0].printed[name] for name in part.shown)


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _title(evaluation: Evaluation) -> str:
    facts = next(r.facts for r in evaluation.results if r.facts)
    here = machine()
    return (
        f"Written by `python -m benchmarks.quality data`: weights "
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
    except (EvaluationError, Interrupted) as fault:
        sys.stderr.write(f"quality: {fault}\n")
        return 1
    text = as_markdown(found, lacking, _title(next(iter(found.values()))))
    (asked.results / "quality.md").write_text(text, encoding="utf-8")
    sys.stdout.write(text)
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
        found[part] = measured(replace(plan, kept=kept, jobs=jobs))
        write_json(found[part], results / part.file)
    if not found:
        raise EvaluationError(f"{data} holds none of the sets.")
    return found, lacking


if __name__ == "__main__":
    sys.exit(main())
