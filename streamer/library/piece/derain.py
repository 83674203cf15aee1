"""Derains one piece of a film: what a worker does, on this machine or another."""

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from model.backends.autotune import hardware_name
from sinks.files.piece import PieceFile
from sinks.files.video import VideoFile as VideoSink
from sources.files.part import VideoPart
from sources.files.video import VideoFile
from streamer.library.jobs import GateValues, PieceJob, Stop
from streamer.library.piece.memory import PieceGate, load_lumas, values_of
from streamer.library.piece.own_frames import OwnFrames
from streamer.library.piece.record import (
    keep_lumas,
    make_folder,
    part_name,
    record_of,
)
from streamer.library.piece.stretch import gate_before, run_stretch
from streamer.library.state.engine import engine_of
from streamer.library.state.manifest import PieceRecord
from streamer.network.protocol import Network
from streamer.pipeline.report import health_of


def derain_piece(
    job: PieceJob,
    network: Network,
    *,
    stop: Stop,
    on_frame: Callable[[int], None] | None = None,
) -> PieceRecord:
    """Makes one piece, and returns when it is safe on the disk under its name.

    Args:
        job: Which one, and how.
        network: Without the memory of a stream; stays open.
        stop: Ends it early.
        on_frame: Told how many frames are through, those around the piece included.

    Raises:
        Interrupted: It was ended early.
        SourceError: The source cannot be read.
        SinkError: The piece cannot be stored.
    """
    if job.lead_ins:
        job = replace(job, gate=gate_before(job, network, stop), lead_ins=())
    begun_ns = time.monotonic_ns()
    make_folder(job.folder)
    part = job.folder / part_name(job)
    try:
        record = _made(job, network, part, stop, on_frame)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    seconds = round((time.monotonic_ns() - begun_ns) / 1e9, 3)
    return replace(
        record, seconds=seconds, made_by=made_by(network), engine=engine_of(network)
    )


def _made(
    job: PieceJob,
    network: Network,
    part: Path,
    stop: Stop,
    on_frame: Callable[[int], None] | None,
) -> PieceRecord:
    gate = PieceGate(job.gate, _looked_at_before(job))
    sink = OwnFrames(_sink_for(job, part), job.span)
    with closing(sink), closing(_source_of(job)) as source:
        memory = _with_memory(job, network, gate)
        notes, problem = run_stretch(job, source, memory, sink, stop, on_frame)
    record = record_of(job, sink, part)
    return replace(
        record,
        corrupt_packets=health_of(source).corrupt_packets,
        audio_packets=sink.audio_packets,
        problem=problem,
        notes=tuple(notes),
        gate=_gate_behind(gate, len(sink.times)),
        lumas=keep_lumas(job, memory),
    )


def made_by(network: Network) -> str:
    """Returns in one line what computes."""
    where = f"{network.device} ({network.backend}, {network.precision})"
    return f"{network.model} on {where}, {hardware_name(network.device)}"


def _source_of(job: PieceJob) -> VideoFile:
    return VideoPart(job.source, job.span) if job.span else VideoFile(job.source)


def _sink_for(job: PieceJob, part: Path) -> VideoSink:
    if job.span is None:
        return VideoSink(part, encode=job.encode, copy_from=job.source)
    return PieceFile(part, film_suffix=job.film_suffix, encode=job.encode)


def _looked_at_before(job: PieceJob) -> int:
    """Returns how many frames before the piece the network sees."""
    if job.span is None:
        return 0
    return min(job.span.before, job.span.first_index)


def _with_memory(job: PieceJob, network: Network, gate: PieceGate) -> Network:
    options = job.network
    if options.temporal == "off" and options.gate == "off":
        return network
    from model.temporal.stream import TemporalStream  # loads torch

    lumas = load_lumas(job.folder / job.lumas) if job.lumas else ()
    return TemporalStream(
        network,
        temporal=options.temporal,
        gate=options.gate,
        rain_gate=gate,
        remembered=lumas,
    )


def _gate_behind(gate: PieceGate, frames: int) -> GateValues | None:
    """Returns the state after the last frame of the piece."""
    if frames and len(gate.states) >= frames:
        return values_of(gate.states[frames - 1])
    return None
