"""What a user reads when a run has ended."""

import sys

import typer

from streamer.cli import INTERRUPTED
from streamer.cli.log import say
from streamer.errors import StreamerError
from streamer.pipeline.report import Report


def close_with(done: Report, *, quiet: bool) -> int:
    """Prints the closing lines and returns the exit status.

    Raises:
        StreamerError: The source ended early.
    """
    if not quiet:
        for note in done.notes:
            say(note, begin="note: ")
    if done.interrupted:
        say(f"interrupted; {_stored(done)}")
        return INTERRUPTED
    if done.corrupt_packets:
        lost = (
            "packet or picture" if done.corrupt_packets == 1 else "packets or pictures"
        )
        sys.stderr.write(f"derain: {done.corrupt_packets} corrupt {lost} left out\n")
    if done.corrupt_frames:
        sys.stderr.write(
            f"derain: {done.corrupt_frames} of {done.frames_in} frames came damaged\n"
        )
    if done.problem:
        stored = f"{done.frames_out} frames were stored in {done.sink}"
        raise StreamerError(f"{done.source}: {done.problem}; {stored}")
    if not quiet:
        typer.echo(_stored(done), err=done.sink == "-")
    return 0


def _stored(done: Report) -> str:
    sink = done.sink.removesuffix(":")  # of null:
    if not done.frames_out:
        return f"{sink}: no frame came, and nothing was stored"
    frames = "1 frame" if done.frames_out == 1 else f"{done.frames_out} frames"
    audio = f", {done.audio_packets} audio packets copied" if done.audio_packets else ""
    alone = f", network alone {done.model_only_fps}" if done.model_only_fps else ""
    return (
        f"{sink}: {frames} of {done.width}x{done.height} in "
        f"{done.seconds:.1f} s ({done.fps:.1f} fps{alone}), {done.encoder}{audio}; "
        f"{done.model} on {done.device} ({done.backend}, {done.precision})"
    )
