"""`derain evaluate`: scores networks on a test set, in the field's own protocols."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from evaluation.clip_measures import ALL_MEASURES
from evaluation.evaluate import Outcome, Plan, evaluate
from evaluation.metrics.protocols import PROTOCOLS
from evaluation.pictures import picture_files
from evaluation.reference_models.pristine import fit_folder, write_model
from evaluation.reports.html_report import write_html
from evaluation.reports.json_report import write_json
from evaluation.reports.progress import show_progress
from evaluation.reports.terminal import print_evaluation
from evaluation.sets import SETS
from streamer.cli import INTERRUPTED
from streamer.cli.lists import listed, named_folder


def evaluate_command(
    set_name: Annotated[
        str | None,
        typer.Argument(metavar="SET", help=f"Which set: {', '.join(SETS)}."),
    ] = None,
    root: Annotated[
        str | None,
        typer.Argument(metavar="ROOT", help="The folder that holds it, or a video."),
    ] = None,
    model: Annotated[
        str,
        typer.Option(
            help="A network by name, a .safetensors or .onnx file, or `input`."
        ),
    ] = "mspfn-lite",
    models: Annotated[
        str | None, typer.Option(help="Several side by side: a,b,c.")
    ] = None,
    results: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=FOLDER",
            help="A row for pictures that another program made; may be repeated.",
        ),
    ] = None,
    input_row: Annotated[
        bool,
        typer.Option("--input/--no-input", help="A row for the untouched input."),
    ] = True,
    protocol: Annotated[
        str | None,
        typer.Option(
            help=f"Convention of PSNR and SSIM: {', '.join(PROTOCOLS)}. (mprnet; "
            "video for clips)"
        ),
    ] = None,
    metrics: Annotated[
        str | None,
        typer.Option(help=f"Which measures, a,b,c: {', '.join(ALL_MEASURES)}."),
    ] = None,
    json_path: Annotated[
        Path | None,
        typer.Option(
            "--json", help="Write every figure; an interrupted run goes on from here."
        ),
    ] = None,
    html_path: Annotated[
        Path | None, typer.Option("--html", help="Write one page with pictures.")
    ] = None,
    jobs: Annotated[
        int, typer.Option(min=1, help="Processes that measure; figures stay the same.")
    ] = 1,
    max_frames: Annotated[
        int | None, typer.Option(min=1, help="Of each clip, only so many frames.")
    ] = None,
    niqe_model: Annotated[
        Path | None, typer.Option(help="LIVE's modelparameters.mat, for niqe.")
    ] = None,
    sseq_model: Annotated[
        Path | None, typer.Option(help="LIVE's model.mat, for sseq.")
    ] = None,
    brisque_model: Annotated[
        Path | None, typer.Option(help="LIVE's allmodel, allrange beside it.")
    ] = None,
    lpips_model: Annotated[
        Path | None, typer.Option(help="An ONNX export of LPIPS, for lpips.")
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:N.")] = "auto",
    backend: Annotated[
        str, typer.Option(help="auto, openvino, torch, compile or cuda.")
    ] = "auto",
    precision: Annotated[
        str,
        typer.Option(help="auto, fp32, fp16, bf16, int8; several are a row each."),
    ] = "auto",
    temporal: Annotated[
        str,
        typer.Option(help="For clips: off, causal, centred; several are a row each."),
    ] = "off",
    fit_niqe: Annotated[
        Path | None,
        typer.Option(help="Fit niqe-derain's model to a folder; write it to --json."),
    ] = None,
) -> None:
    """Score networks on a test set, and put the paper's figures beside them."""
    if fit_niqe is not None:
        _fit(fit_niqe, json_path)
        return
    if set_name is None or root is None:
        raise typer.BadParameter("SET and ROOT are needed.")
    if html_path is not None and not html_path.parent.is_dir():
        raise typer.BadParameter(f"There is no folder {html_path.parent} for --html.")
    files = {"niqe": niqe_model, "sseq": sseq_model, "brisque": brisque_model}
    files["lpips"] = lpips_model
    plan = Plan(
        set_name=set_name,
        root=root,
        models=listed(models or model),
        results=tuple(named_folder(text) for text in results or ()),
        with_input=input_row,
        protocol=protocol,
        metrics=listed(metrics or ""),
        files={name: path for name, path in files.items() if path is not None},
        cache=json_path and json_path.with_suffix(".kept.jsonl"),
        jobs=jobs,
        max_frames=max_frames,
        device=device,
        backend=backend,
        precisions=listed(precision),
        temporal=listed(temporal),
    )
    outcome = _run(plan)
    if json_path is not None:
        write_json(outcome.evaluation, json_path)
    if html_path is not None:
        write_html(outcome.evaluation, outcome.methods, html_path)
    print_evaluation(outcome.evaluation, Console())


def _run(plan: Plan) -> Outcome:
    try:
        with show_progress() as progress:
            return evaluate(plan, progress)
    except KeyboardInterrupt as stop:
        # Typer would turn it into a bare status.
        told = str(stop) or "interrupted before the first picture"
        typer.echo(f"derain: {told}", err=True)
        raise typer.Exit(INTERRUPTED) from stop


def _fit(folder: Path, path: Path | None) -> None:
    if path is None:
        raise typer.BadParameter("--fit-niqe needs --json FILE to write to.")
    with show_progress() as progress:
        if folder.is_dir():
            progress.begin("niqe-derain", len(picture_files(folder)))
        fields = fit_folder(folder, lambda: progress.step("niqe-derain"))
    write_model(fields, path)
    typer.echo(
        f"{path}: {fields['blocks']} sharp blocks of {fields['pictures']} pictures"
    )
