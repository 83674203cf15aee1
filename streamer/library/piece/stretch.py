"""Runs a stretch of a film through a network: a piece, or what lies before one."""

from collections.abc import Callable
from contextlib import closing

from sources.files.part import VideoPart
from sources.files.video import VideoFile
from streamer.library.jobs import GateValues, PieceJob, Stop
from streamer.library.piece.memory import PieceGate, WatchingGate, values_of
from streamer.library.piece.own_frames import NoFrames, OwnFrames
from streamer.network.protocol import Network
from streamer.network.rotated import upright
from streamer.pipeline.file import Pipeline
from streamer.pipeline.gpu.decode import decode_for


def run_stretch(
    job: PieceJob,
    source: VideoFile,
    network: Network,
    sink: OwnFrames | NoFrames,
    stop: Stop,
    on_frame: Callable[[int], None] | None,
) -> tuple[list[str], str]:
    """Runs a stretch through the network; returns notes, and what is wrong with it.

    Raises:
        Interrupted: It was ended early.
        SourceError: The source cannot be read.
        SinkError: What comes out cannot be stored.
    """
    net = upright(network, source.info.rotation)
    if isinstance(sink, OwnFrames) and net.device.startswith("cuda"):
        sink.sink.encode_on_gpu()
    decode_for(source, net, sink, required=job.require_gpu_decode)
    pipeline = Pipeline(source, net, sink, compare=job.compare, on_frame=on_frame)
    with stop.watching(pipeline):
        pipeline.run()
    report = pipeline.report(str(job.source), job.name)
    return report.notes, report.problem if job.span is None else ""


def gate_before(job: PieceJob, network: Network, stop: Stop) -> GateValues:
    """Finds the gate's state in front of a piece by the frames before it.

    If they leave it open, by more of them, if need be by all.

    Raises:
        Interrupted: It was ended early.
        SourceError: The source cannot be read.
    """
    from model.temporal.rain_gate import state_after
    from model.temporal.stream import TemporalStream

    options = job.network
    for span in job.lead_ins:
        gate = WatchingGate()
        stream = TemporalStream(
            network,
            temporal=options.temporal,
            gate="auto",
            rain_gate=gate,
        )
        with closing(VideoPart(job.source, span)) as source:
            run_stretch(job, source, stream, NoFrames(), stop, None)
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
