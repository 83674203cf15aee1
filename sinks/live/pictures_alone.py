"""Says what a server or a playlist does not get of a file: all but its pictures."""

from contextlib import closing, suppress
from pathlib import Path

from av.container import InputContainer
from av.error import FFmpegError
from av.stream import Stream

from sources.container.media import open_path


def left_out_of_file(source: Path | None) -> list[str]:
    """Returns a line that names the other streams of a file; none if it has none.

    One that cannot be opened is the source's to tell.
    """
    if source is None:
        return []
    with suppress(FFmpegError, OSError), closing(open_path(source)) as container:
        return left_out(container, container.streams.best("video"))
    return []


def left_out(container: InputContainer, main: Stream | None) -> list[str]:
    """Returns a line that names all streams but `main`; none if there are none."""
    names = [
        f"{stream.type} stream {stream.index}"
        for stream in container.streams
        if stream is not main
    ]
    if not names:
        return []
    what = ", ".join(names)
    return [f"left out: {what}; of a file, live sinks get the pictures alone"]
