"""What a run did, as a value and as JSON."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from streamer.errors import StreamerError
from streamer.stats import Percentiles


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
    problem: str
    """Why the source ended before its announced end, as in a cut file; else empty."""
    interrupted: bool
    """Ended by the user before the source did."""
    seconds: float
    """From the first frame asked for to the output completed."""
    fps: float
    """`frames_out` in a second of `seconds`."""
    model_only_fps: float | None
    """What the network alone does with the last picture; None if not measured."""
    stages: dict[str, Percentiles]
    """Time of one frame in decode, to_rgb, network and encode. `network` runs from
    request to result, while other frames are in flight too."""
    latency_ms: Percentiles
    """From a frame decoded to the frame stored, waiting included."""
    model: str
    device: str
    backend: str
    precision: str
    decoder: str
    encoder: str
    reconnects: int
    audio_packets: int
    width: int
    height: int
    frames_untouched: int = 0
    """Frames in which no rain was found, stored as they came."""
    notes: list[str] = field(default_factory=list)
    """What a user should know, a line each."""

    def save(self, path: Path) -> None:
        """Writes the report as JSON.

        Raises:
            StreamerError: The file cannot be written.
        """
        try:
            path.write_text(json.dumps(asdict(self), indent=2) + "\n")
        except OSError as fault:
            raise StreamerError(f"{path}: {fault.strerror}") from None
