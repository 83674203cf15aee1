"""A piece on the disk: half written, then checked, noted and under its name."""

import hashlib
import os
from contextlib import suppress
from pathlib import Path
from socket import gethostname

import av

from sinks.errors import SinkError
from sinks.files.piece import PieceFile
from streamer.errors import StreamerError
from streamer.library.jobs import PieceJob
from streamer.library.piece.memory import save_lumas
from streamer.library.piece.own_frames import OwnFrames
from streamer.library.state.disk import file_sha256, keep, times_sha256
from streamer.library.state.manifest import PieceRecord
from streamer.network.protocol import Network


def part_name(job: PieceJob) -> str:
    """Returns a name of this process alone.

    A node that was given up may still be at the same piece.
    """
    name = Path(job.name)
    return f"{name.stem}.{gethostname()}-{os.getpid()}.part{name.suffix}"


def make_folder(folder: Path) -> None:
    """Makes the folder of the pieces.

    Raises:
        SinkError: The disk is full, or not to be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SinkError(f"{folder}: {error.strerror}") from error


def record_of(job: PieceJob, sink: OwnFrames, part: Path) -> PieceRecord:
    """Checks what was written, gives it its name, and returns what is noted of it.

    Raises:
        StreamerError: Frames are missing in it.
        SinkError: The disk is full.
    """
    times = sink.times
    if not times:
        part.unlink(missing_ok=True)
        return _without_frames(job.number)
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


def _without_frames(number: int) -> PieceRecord:
    return PieceRecord(
        number=number,
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


def keep_lumas(job: PieceJob, network: Network) -> str:
    """Stores what the causal step remembers; returns the file's name, or nothing.

    Raises:
        SinkError: The disk is full.
    """
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
