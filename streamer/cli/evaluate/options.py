"""The options of `derain evaluate`, declared once for sets and for judges."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from evaluation.clip_measures import ALL_MEASURES
from evaluation.evaluate import Plan
from evaluation.metrics.protocols import PROTOCOLS
from evaluation.tasks.evaluate import PAPER_THRESHOLD
from evaluation.tasks.labels.classes import FORMS
from evaluation.tasks.labels.open import NAMED_SETS, Where
from sources.settings.options import Option
from streamer.cli.lists import listed, named_folder
from streamer.cli.rain.kinds import KINDS


@dataclass(frozen=True, kw_only=True)
class MethodOptions:
    """What is compared, and where: every kind of evaluation has these."""

    model: Annotated[
        str, Option("A network by name, a .safetensors or .onnx file, or `input`.")
    ] = "mspfn-lite"
    models: Annotated[str | None, Option("Several side by side: a,b,c.")] = None
    results: Annotated[
        list[str] | None,
        Option(
            "NAME=FOLDER: a row for pictures that another program made; "
            "may be repeated."
        ),
    ] = None
    jobs: Annotated[
        int, Option("Processes that measure; figures stay the same.", least=1)
    ] = 1
    device: Annotated[str, Option("auto, cpu, cuda, cuda:N, intel or intel:N.")] = (
        "auto"
    )
    backend: Annotated[
        str, Option("auto, openvino, torch, compile, cuda or triton.")
    ] = "auto"
    precision: Annotated[
        str, Option("auto, fp32, fp16, bf16, int8; several are a row each.")
    ] = "auto"
    json: Annotated[
        Path | None, Option("Write every figure; an interrupted run goes on from here.")
    ] = None
    html: Annotated[Path | None, Option("Write one page with pictures.")] = None

    def plan(self, set_name: str, root: str) -> Plan:
        """Returns what these options ask for on a set.

        Raises:
            typer.BadParameter: `results` is not NAME=FOLDER.
        """
        return Plan(
            set_name=set_name,
            root=root,
            models=listed(self.models or self.model),
            results=tuple(named_folder(text) for text in self.results or ()),
            cache=self.json and self.json.with_suffix(".kept.jsonl"),
            jobs=self.jobs,
            device=self.device,
            backend=self.backend,
            precisions=listed(self.precision),
        )


@dataclass(frozen=True, kw_only=True)
class MeasureOptions:
    """What is measured on a set."""

    input: Annotated[bool, Option("A row for the untouched input.")] = True
    protocol: Annotated[
        str | None,
        Option(
            f"Convention of PSNR and SSIM: {', '.join(PROTOCOLS)}. (mprnet; video for "
            "clips)"
        ),
    ] = None
    metrics: Annotated[
        str | None, Option(f"Which measures, a,b,c: {', '.join(ALL_MEASURES)}.")
    ] = None
    max_frames: Annotated[
        int | None, Option("Of each clip, only so many frames.", least=1)
    ] = None
    temporal: Annotated[
        str, Option("For clips: off, causal, centred; several are a row each.")
    ] = "off"
    niqe_model: Annotated[
        Path | None, Option("LIVE's modelparameters.mat, for niqe.")
    ] = None
    sseq_model: Annotated[Path | None, Option("LIVE's model.mat, for sseq.")] = None
    brisque_model: Annotated[
        Path | None, Option("LIVE's allmodel, allrange beside it.")
    ] = None
    lpips_model: Annotated[
        Path | None, Option("An ONNX export of LPIPS, for lpips.")
    ] = None
    fit_niqe: Annotated[
        Path | None, Option("Fit niqe-derain's model to a folder; write it to --json.")
    ] = None

    @property
    def files(self) -> dict[str, Path]:
        """Parameter files by the measure that needs them."""
        given = {
            "niqe": self.niqe_model,
            "sseq": self.sseq_model,
            "brisque": self.brisque_model,
            "lpips": self.lpips_model,
        }
        return {name: path for name, path in given.items() if path is not None}


@dataclass(frozen=True, kw_only=True)
class TaskOptions:
    """Which pictures a judge looks at, and what counts."""

    rain: Annotated[
        str | None, Option(f"Make rain on dry pictures, a,b,c: {KINDS}.")
    ] = None
    seed: Annotated[int, Option("Of the rain that is made.")] = 0
    labels: Annotated[
        Path | None, Option("A label file or folder, if not found by itself.")
    ] = None
    classes: Annotated[
        Path | None, Option(f"What masks mean: classes.toml, or {', '.join(FORMS)}.")
    ] = None
    list: Annotated[Path | None, Option("Only the pictures that this file names.")] = (
        None
    )
    set: Annotated[str, Option(f"Which set it is: {', '.join(NAMED_SETS)}.")] = ""
    threshold: Annotated[
        float, Option("Score above which a detection counts, 0 to 1.")
    ] = PAPER_THRESHOLD
    gate: Annotated[str, Option("The rain gate: off, on; both are a row each.")] = "off"

    def where(self, root: Path) -> Where:
        """Returns the labelled pictures that are meant."""
        return Where(
            root=root,
            labels=self.labels,
            classes=self.classes,
            listing=self.list,
            set_name=self.set,
        )
