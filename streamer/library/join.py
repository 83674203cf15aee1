"""Puts the pieces of a film together, and checks that nothing is lost."""

import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from fractions import Fraction
from itertools import zip_longest
from pathlib import Path

import av
from av.error import FFmpegError
from av.packet import Packet
from av.video.stream import VideoStream

from sinks.errors import SinkError
from sinks.files.joined import JoinedFile
from sources.files.video import VideoFile
from sources.frame import StreamInfo
from streamer.errors import StreamerError
from streamer.library.plan import Plan
from streamer.library.state.disk import file_sha256, keep, times_sha256
from streamer.library.state.manifest import FilmDone, PieceRecord

_OURS = re.compile(r"\d{5}\.|joined\.")
"""How the files in a folder of pieces are named."""


def join_pieces(
    source: Path,
    plan: Plan,
    pieces: Sequence[PieceRecord],
    folder: Path,
    output: Path,
    *,
    excerpt: bool,
) -> FilmDone:
    """Makes the film of its pieces; it appears under its name once it is checked.

    Args:
        source: Whose sound, subtitles, chapters and tags are copied.
        plan: How it was cut.
        pieces: All of them, in order.
        folder: Where they are.
        output: Where the film goes; an older one is replaced.
        excerpt: Whether it is only a part of the source.

    Raises:
        StreamerError: A piece is not what it was, or the film lacks frames.
        SinkError: The disk is full.
    """
    filled = [piece for piece in pieces if piece.frames]
    if not filled:
        raise _without_pictures(source)
    part = folder / f"joined.part{output.suffix}"
    try:
        film, frames = _joined(source, plan, filled, part, excerpt=excerpt)
        put_in_place(part, output)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return FilmDone(
        file=output.name,
        bytes=output.stat().st_size,
        frames=frames,
        audio_packets=film.audio_packets,
        seconds=round(sum(piece.seconds for piece in pieces), 3),
        problem=plan.problem,
        notes=tuple(dict.fromkeys([*film.notes, *notes_of(pieces)])),
    )


def _joined(
    source: Path,
    plan: Plan,
    pieces: Sequence[PieceRecord],
    part: Path,
    *,
    excerpt: bool,
) -> tuple[JoinedFile, int]:
    """Writes the film beside its pieces, and checks it; returns its frames, too."""
    with closing(VideoFile(source)) as file:
        info = file.info
    film = JoinedFile(
        part,
        copy_from=source,
        shift=plan.spans[0].shift * info.time_base,
        end_pts=pieces[-1].end_pts,
        excerpt=excerpt,
    )
    with closing(film):
        times = _copy_all(film, info, pieces, part.parent)
        film.finish(whole=not excerpt)
    check_times(part, times, info.time_base, pieces)
    return film, len(times)


def keep_whole(
    source: Path, piece: PieceRecord, folder: Path, output: Path
) -> FilmDone:
    """Gives a film that was not cut its name.

    Raises:
        StreamerError: It has no frame.
        SinkError: The disk is full.
    """
    if not piece.frames:
        raise _without_pictures(source)
    put_in_place(folder / piece.file, output)
    return FilmDone(
        file=output.name,
        bytes=output.stat().st_size,
        frames=piece.frames,
        audio_packets=piece.audio_packets,
        seconds=piece.seconds,
        problem=piece.problem,
        notes=tuple(notes_of([piece])),
    )


def _without_pictures(source: Path) -> StreamerError:
    return StreamerError(f"{source}: no picture in it could be decoded")


def notes_of(pieces: Sequence[PieceRecord]) -> Iterator[str]:
    """Yields what a user should know of how the pieces were made, a line each."""
    if any(piece.corrupt_packets for piece in pieces):
        yield "corrupt packets were left out"
    for piece in pieces:
        yield from piece.notes
    makers = dict.fromkeys(piece.made_by for piece in pieces)
    if len(makers) > 1:
        yield f"its pieces were made by {', '.join(makers)}"


def put_in_place(part: Path, output: Path) -> None:
    """Gives a film its name; across file systems it is copied beside it first.

    Raises:
        SinkError: The disk is full.
    """
    try:
        keep(part, output)
    except OSError as error:
        raise SinkError(f"{output}: {error.strerror}") from error


def _copy_all(
    film: JoinedFile, info: StreamInfo, pieces: Sequence[PieceRecord], folder: Path
) -> list[int]:
    """Copies all packets; returns the times of the frames in the source's units."""
    times: list[int] = []
    for number, piece in enumerate(pieces):
        path = folder / piece.file
        _check_piece(path, piece)
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            if number == 0:
                film.begin_like(stream, info)
            own = []
            for packet in container.demux(stream):
                if packet.size and packet.pts is not None:
                    own.append(round(packet.pts * packet.time_base / info.time_base))
                    film.copy(packet)
        own.sort()
        if times_sha256(own) != piece.times_sha256:
            raise StreamerError(f"{path}: its frames have other times than were noted")
        times += own
    return times


def _check_piece(path: Path, piece: PieceRecord) -> None:
    try:
        same = file_sha256(path) == piece.sha256
    except OSError as error:
        raise StreamerError(f"{path}: {error.strerror}") from error
    if not same:
        raise StreamerError(f"{path}: the piece is not what was stored there")


def check_times(
    path: Path,
    times: Sequence[int],
    time_base: Fraction,
    pieces: Sequence[PieceRecord] = (),
) -> None:
    """Compares the times of a film's frames with those that were given to it.

    Raises:
        StreamerError: A frame is missing, too many, or has another time.
    """
    found, base = _times_in(path)
    expected = [round(time * time_base / base) for time in times]
    if found == expected:
        return
    for number, (is_there, wanted) in enumerate(zip_longest(found, expected)):
        if is_there == wanted:
            continue
        raise StreamerError(
            f"{path.name}: {len(expected)} frames were given to it and {len(found)} "
            f"are in it; from frame {number} on they differ{_where(number, pieces)}. "
            "The pieces are kept."
        )


def _where(frame: int, pieces: Sequence[PieceRecord]) -> str:
    for piece in pieces:
        if frame < piece.frames:
            return f", in piece {piece.number} ({piece.file})"
        frame -= piece.frames
    return ""


def _times_in(path: Path) -> tuple[list[int], Fraction]:
    try:
        with av.open(str(path)) as container:
            stream = container.streams.best("video")
            if not isinstance(stream, VideoStream):
                raise StreamerError(f"{path.name}: no video is in it")
            packets: Iterator[Packet[VideoStream]] = container.demux(stream)
            times = [p.pts for p in packets if p.size and p.pts is not None]
            return sorted(times), stream.time_base or Fraction(1)
    except FFmpegError as error:
        raise StreamerError(f"{path.name} cannot be read back: {error}") from None


def remove_parts(folder: Path) -> None:
    """Deletes what a killed run left half written."""
    for path in folder.glob("*.part*") if folder.is_dir() else ():
        path.unlink(missing_ok=True)


def remove_pieces(folder: Path) -> None:
    """Deletes a folder of pieces, and nothing else that may be in it."""
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        if path.is_file() and _OURS.match(path.name):
            path.unlink()
    if not any(folder.iterdir()):
        folder.rmdir()
