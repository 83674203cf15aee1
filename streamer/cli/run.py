"""`derain run`: from a source to a sink."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from streamer.cli.progress import progress
from streamer.derain import opened
from streamer.errors import StreamerError
from streamer.network import Network, open_network
from streamer.pipeline import Pipeline
from streamer.report import Report
from streamer.settings import RunSettings, settings_from
from streamer.stills import still_pictures

INTERRUPTED = 130
_DEFAULTS = RunSettings()


def run(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="A video file, folder/, folder/%06d.png, a picture, camera:0 or "
            "test:rain?size=1280x720&frames=300.",
        ),
    ],
    sink: Annotated[
        str,
        typer.Argument(
            metavar="SINK",
            help="A video file (.mp4 .mov .mkv .webm), folder/, folder/%06d.png, a "
            "picture or null:.",
        ),
    ],
    model: Annotated[
        str | None,
        typer.Option(help="Network by name, or a .safetensors file. (mspfn-lite)"),
    ] = None,
    device: Annotated[
        str | None, typer.Option(help="auto, cpu, cuda or cuda:N. (auto)")
    ] = None,
    backend: Annotated[
        str | None, typer.Option(help="auto, torch, openvino or tensorrt. (auto)")
    ] = None,
    precision: Annotated[
        str | None, typer.Option(help="auto, fp32, fp16 or bf16. (auto)")
    ] = None,
    tile: Annotated[
        int | None, typer.Option(help="Cut pictures into tiles of this side.")
    ] = None,
    temporal: Annotated[
        str | None,
        typer.Option(help="Use the frames around: off, causal or centred. (off)"),
    ] = None,
    gate: Annotated[
        str | None,
        typer.Option(help="auto: frames without rain pass untouched; or off. (auto)"),
    ] = None,
    compare: Annotated[
        bool | None,
        typer.Option("--compare/--no-compare", help="Before and after side by side."),
    ] = None,
    max_frames: Annotated[
        int | None, typer.Option(help="Stop after so many frames.")
    ] = None,
    codec: Annotated[
        str | None,
        typer.Option(help="auto, h264, hevc, av1 or vp9. (auto: HEVC from 10 bit on)"),
    ] = None,
    quality: Annotated[
        int | None,
        typer.Option("--quality", "--crf", help="The encoder's CRF: lower is better."),
    ] = None,
    preset: Annotated[
        str | None, typer.Option(help="The encoder's own preset, such as slow.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help="Write what was done as JSON.")
    ] = None,
    config: Annotated[
        Path | None, typer.Option(help="TOML file with any of these options.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print errors only.")] = False,
) -> int:
    """Remove the rain from SOURCE and write SINK.

    Time stamps, colour, sound, subtitles and tags are kept. Ctrl-C completes the
    output and ends with status 130; a second Ctrl-C ends at once.
    """
    given = {
        "model": model,
        "device": device,
        "backend": backend,
        "precision": precision,
        "tile": tile,
        "temporal": temporal,
        "gate": gate,
        "compare": compare,
        "max_frames": max_frames,
        "codec": codec,
        "quality": quality,
        "preset": preset,
    }
    settings = settings_from(_DEFAULTS, config, given)
    if report is not None and not report.parent.is_dir():
        raise StreamerError(f"{report.parent}/: there is no such folder for the report")
    done = _run(source, sink, settings, measure=report is not None, quiet=quiet)
    if report is not None:
        done.save(report)
    return _close_with(done, quiet=quiet)


def _run(
    source: str, sink: str, settings: RunSettings, *, measure: bool, quiet: bool
) -> Report:
    def network() -> Network:
        return open_network(
            settings.model,
            device=settings.device,
            backend=settings.backend,
            precision=settings.precision,
            tile=settings.tile,
            temporal=settings.temporal,
            gate=settings.gate,
            still=still_pictures(source, sink),
        )

    with (
        progress(quiet=quiet) as shown,
        opened(
            source,
            sink,
            network=network,
            compare=settings.compare,
            max_frames=settings.max_frames,
            codec=settings.codec,
            quality=settings.quality,
            preset=settings.preset,
            on_frame=shown,
        ) as pipeline,
        _signals_stop(pipeline),
    ):
        shown.expect(pipeline.frames_expected)
        pipeline.run()
        return pipeline.report(source, sink, measure_alone=measure)


@contextmanager
def _signals_stop(pipeline: Pipeline) -> Iterator[None]:
    """Lets the first Ctrl-C or SIGTERM complete the output, and the second end it."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        if pipeline.stopped:
            os._exit(INTERRUPTED)  # what is on the disk plays without its last second
        sys.stderr.write("\nderain: completing the output; once more to end at once\n")
        pipeline.stop()

    kinds = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(kind, stop) for kind in kinds]
    try:
        yield
    finally:
        for kind, handler in zip(kinds, before, strict=True):
            signal.signal(kind, handler)


def _close_with(done: Report, *, quiet: bool) -> int:
    """Prints the closing lines and returns the exit status."""
    if done.interrupted:
        sys.stderr.write(f"derain: interrupted; {_stored(done)}\n")
        return INTERRUPTED
    if not quiet:
        for note in done.notes:
            sys.stderr.write(f"note: {note}\n")
    if done.corrupt_packets:
        sys.stderr.write(
            f"derain: {done.corrupt_packets} corrupt packets were skipped\n"
        )
    if done.problem:
        stored = f"{done.frames_out} frames were stored in {done.sink}"
        raise StreamerError(f"{done.source}: {done.problem}; {stored}")
    if not quiet:
        typer.echo(_stored(done))
    return 0


def _stored(done: Report) -> str:
    sound = f", {done.audio_packets} audio packets copied" if done.audio_packets else ""
    alone = f", network alone {done.model_only_fps}" if done.model_only_fps else ""
    return (
        f"{done.sink}: {done.frames_out} frames of {done.width}x{done.height} in "
        f"{done.seconds:.1f} s ({done.fps:.1f} fps{alone}), {done.encoder}{sound}; "
        f"{done.model} on {done.device} ({done.backend}, {done.precision})"
    )
