"""Derains one piece of a film: what a worker does, on this machine or another."""

import hashlib
import os
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from socket import gethostname

import av

from sinks.errors import SinkError
from sinks.files.piece import PieceFile
from sinks.files.video import VideoFile as VideoSink
from sources.files.part import VideoPart
from sources.files.video import VideoFile
from streamer.errors import StreamerError
from streamer.library.jobs import GateValues, PieceJob, Stop
from streamer.library.memory import (
    PieceGate,
    WatchingGate,
    load_lumas,
    save_lumas,
    values_of,
)
from streamer.library.own_frames import NoFrames, OwnFrames
from streamer.library.state.disk import file_sha256, keep, times_sha256
from streamer.library.state.manifest import PieceRecord
from streamer.network.protocol import Network
from streamer.network.rotated import upright
from streamer.pipeline.file import Pipeline, planes_will_do
from streamer.pipeline.gpu_decode import decode_near
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
        job = replace(job, gate=_gate_before(job, network, stop), lead_ins=())
    begun_ns = time.monotonic_ns()
    _make_folder(job.folder)
    gate = PieceGate(job.gate, _looked_at_before(job))
    part = job.folder / _part_name(job)
    sink = OwnFrames(_sink_for(job, part), job.span)
    try:
        with closing(sink), closing(_source_of(job)) as source:
            memory = _with_memory(job, network, gate)
            notes, problem = _run(job, source, memory, sink, stop, on_frame)
        record = _record(job, sink, part)
        lumas = _keep_lumas(job, memory)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    health = health_of(source)
    return replace(
        record,
        seconds=round((time.monotonic_ns() - begun_ns) / 1e9, 3),
        corrupt_packets=health.corrupt_packets,
        audio_packets=sink.audio_packets,
        problem=problem,
        notes=tuple(notes),
        made_by=made_by(network),
        gate=_gate_behind(gate, len(sink.times)),
        lumas=lumas,
    )


def made_by(network: Network) -> str:
    """Returns in one line what computes."""
    where = f"{network.device} ({network.backend}, {network.precision})"
    return f"{network.model} on {where}"


def _part_name(job: PieceJob) -> str:
    """Of one process alone: a node that was given up may still be at the same piece."""
    name = Path(job.name)
    return f"{name.stem}.{gethostname()}-{os.getpid()}.part{name.suffix}"


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SinkError(f"{folder}: {error.strerror}") from error


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


def _run(
    job: PieceJob,
    source: VideoFile,
    network: Network,
    sink: OwnFrames | NoFrames,
    stop: Stop,
    on_frame: Callable[[int], None] | None,
) -> tuple[list[str], str]:
    """Runs a stretch through the network; returns notes, and what is wrong with it."""
    net = upright(network, source.info.rotation)
    if isinstance(sink, OwnFrames) and net.device.startswith("cuda"):
        sink.sink.encode_on_gpu()
    stay = net.takes_planes and planes_will_do(sink, compare=job.compare)
    decode_near(source, net, stay=stay, required=job.require_gpu_decode)
    pipeline = Pipeline(source, net, sink, compare=job.compare, on_frame=on_frame)
    with stop.watching(pipeline):
        pipeline.run()
    report = pipeline.report(str(job.source), job.name)
    return report.notes, report.problem if job.span is None else ""


def _gate_before(job: PieceJob, network: Network, stop: Stop) -> GateValues:
    """Finds the gate's state in front of a piece by the frames before it.

    If they leave it open, by more of them, if need be by all.
    """
    from model.temporal.rain_gate import state_after
    from model.temporal.stream import TemporalStream

    options = job.network
    for span in job.lead_ins:
        gate = WatchingGate()
        stream = TemporalStream(
            network, temporal=options.temporal, gate="auto", rain_gate=gate
        )
        with closing(VideoPart(job.source, span)) as source:
            _run(job, source, stream, NoFrames(), stop, None)
        percents = gate.percents[span.before : len(gate.percents) - span.behind]
        if span is job.lead_ins[-1]:  # it begins where the film begins
            whole = PieceGate(None, 0)
            for percent in percents:
                whole.look(percent)
            return values_of(whole.states[-1])
        state = state_after(percents)
        if state is not None:
            return values_of(state)
    raise ValueError("The last lead-in begins with the film, so its state is known.")


def _gate_behind(gate: PieceGate, frames: int) -> GateValues | None:
    """Returns the state after the last frame of the piece."""
    if frames and len(gate.states) >= frames:
        return values_of(gate.states[frames - 1])
    return None


def _keep_lumas(job: PieceJob, network: Network) -> str:
    lumas = getattr(network, "lumas", ())
    if not lumas:
        return ""
    name = f"{job.number:05d}.npz"
    beside = job.folder / f"{name}.part"
    try:
        save_lumas(beside, lumas)
        keep(beside, job.folder / name)
    except OSError as error:
        raise SinkError(f"{beside}: {error.strerror}") from error
    return name


def _record(job: PieceJob, sink: OwnFrames, part: Path) -> PieceRecord:
    """Checks what was written, and gives it its name."""
    times = sink.times
    if not times:
        part.unlink(missing_ok=True)
        return PieceRecord(
            number=job.number,
            file="",
            bytes=0,
            sha256="",
            frames=0,
            first_pts=0,
            last_pts=0,
            end_pts=0,
            times_sha256=times_sha256([]),
            form="",
            seconds=0.0,
        )
    head = _check(part, len(times))
    form = f"{sink.form} head {head}" if job.span else sink.form
    path = job.folder / job.name
    try:
        digest, size = file_sha256(part), part.stat().st_size
        keep(part, path)
    except OSError as error:
        raise SinkError(f"{part}: {error.strerror}") from error
    end = sink.sink.end_pts if isinstance(sink.sink, PieceFile) else times[-1]
    return PieceRecord(
        number=job.number,
        file=path.name,
        bytes=size,
        sha256=digest,
        frames=len(times),
        first_pts=times[0],
        last_pts=times[-1],
        end_pts=end,
        times_sha256=times_sha256(times),
        form=form,
        seconds=0.0,
    )


def _check(part: Path, frames: int) -> str:
    """Counts the frames of a piece that was written; returns a hash of its head.

    Raises:
        StreamerError: They are not as many as were given to it.
    """
    with av.open(str(part)) as container:
        stream = container.streams.video[0]
        head = hashlib.sha256(stream.codec_context.extradata or b"").hexdigest()[:12]
        found = 0
        with suppress(av.error.FFmpegError):
            found = sum(packet.size > 0 for packet in container.demux(stream))
    if found != frames:
        raise StreamerError(
            f"{part}: {frames} frames were given to it, and {found} are in it"
        )
    return head
