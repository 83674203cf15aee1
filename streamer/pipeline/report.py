"""What a run did, as a value and as JSON."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from sinks.files.place import make_folder
from sinks.sink import Sink
from sources.frame import HasHealth, Health, Source
from streamer.errors import StreamerError
from streamer.network.protocol import Network
from streamer.pipeline.output import OutputStage
from streamer.pipeline.stats import Durations, Percentiles


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The outcome of a run; `--report` writes it as JSON with the same names."""

    source: str
    sink: str
    frames_in: int
    """Frames that the source gave."""
    frames_out: int
    """Frames that the sink stored."""
    dropped: dict[str, int]
    """Frames that did not get through, by cause; empty for files."""
    corrupt_packets: int
    """Packets of the source that could not be decoded; each cost its frames."""
    corrupt_frames: int
    """Frames that the decoder calls damaged; they are stored as it made them."""
    problem: str
    """Why the source ended before its announced end, as in a cut file; else empty."""
    interrupted: bool
    """Ended by the user before the source did."""
    seconds: float
    """From the first frame asked for to the output completed."""
    fps: float
    """`frames_out` in a second, the preparing left out."""
    model_only_fps: float | None
    """What the network alone does with the last picture; None if not measured."""
    stages: dict[str, Percentiles]
    """Time of one frame in decode, to_rgb, network and encode. `network` runs from
    request to result, while other frames are in flight too; `prepare` is the same for
    the first picture of each size."""
    latency_ms: Percentiles
    """From a frame decoded to the frame stored, waiting included."""
    model: str
    device: str
    backend: str
    precision: str
    slots: int
    """Pictures that the network has under way at once: OpenVINO's streams."""
    decoder: str
    encoder: str
    reconnects: int
    audio_packets: int
    width: int
    height: int
    preparing_seconds: float = 0.0
    """Of `seconds`, how long the network was made ready: compiled, tried, recorded."""
    frames_untouched: int = 0
    """Frames in which no rain was found, stored as they came."""
    notes: list[str] = field(default_factory=list)
    """What a user should know, a line each."""

    def save(self, path: Path) -> None:
        """Writes the report as JSON; its folder is made if need be.

        Raises:
            SinkError: The folder cannot be made.
            StreamerError: The file cannot be written.
        """
        make_folder(path.parent)
        try:
            path.write_text(json.dumps(asdict(self), indent=2) + "\n")
        except OSError as error:
            raise StreamerError(f"{path}: {error.strerror}") from None


class DamagedSourceError(StreamerError):
    """The source ended before its announced end; what came before it is stored."""

    def __init__(self, source: str, report: Report) -> None:
        """Keeps the `report` of what was done."""
        self.report = report
        super().__init__(
            f"{source}: {report.problem}; {report.frames_out} frames were stored"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStats:
    """How a run went: what the run alone knows."""

    frames_in: int
    problem: str
    decode: Durations | None = None
    """None where decoding cannot be told from waiting, as with a live source."""
    dropped: Mapping[str, int] = field(default_factory=dict)
    reconnects: int = 0
    seconds: float = 0.0
    interrupted: bool = False
    model_only_fps: float | None = None
    notes: tuple[str, ...] = ()


def report_of(
    stats: RunStats,
    names: tuple[str, str],
    *,
    source: Source,
    network: Network,
    sink: Sink,
    output: OutputStage,
) -> Report:
    """Returns the report of a run that has ended.

    Args:
        stats: How it went.
        names: Of source and sink, as the user gave them.
        source: What was read.
        network: What was between them.
        sink: What was written.
        output: The last stage.
    """
    health = health_of(source)
    times = output.times
    decode = {"decode": stats.decode.percentiles()} if stats.decode else {}
    working = max(stats.seconds - times.preparing_seconds, 1e-9)
    return Report(
        source=names[0],
        sink=names[1],
        frames_in=stats.frames_in,
        frames_out=output.frames_out,
        frames_untouched=output.frames_untouched,
        dropped=dict(stats.dropped),
        corrupt_packets=health.corrupt_packets,
        corrupt_frames=health.corrupt_frames,
        problem=stats.problem,
        interrupted=stats.interrupted,
        seconds=round(stats.seconds, 3),
        preparing_seconds=round(times.preparing_seconds, 3),
        fps=round(output.frames_out / working, 2),
        model_only_fps=stats.model_only_fps,
        stages={**decode, **times.stages()},
        latency_ms=times.latency.percentiles(),
        model=network.stateless().model,
        device=network.device,
        backend=network.backend,
        precision=network.precision,
        slots=network.stateless().slots,
        decoder=source.info.decoder,
        encoder=sink.encoder,
        reconnects=stats.reconnects,
        audio_packets=sink.audio_packets,
        width=output.width,
        height=output.height,
        notes=[
            *output.notes,
            *stats.notes,
            *network.notes,
            *sink.notes,
            *health.notes,
        ],
    )


def health_of(source: Source) -> Health:
    """Returns what went wrong in a source, as far as it says."""
    return source.health if isinstance(source, HasHealth) else Health()
