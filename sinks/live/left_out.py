"""Says what a server or a playlist does not get of a source's other streams."""

from collections.abc import Container

from av.container import InputContainer


def left_out(container: InputContainer, kept: Container[int], gets: str) -> list[str]:
    """Returns a line that names the streams that stay behind; none if there are none.

    Args:
        container: Of the source.
        kept: Numbers of the streams that are sent.
        gets: What live sinks get of such a source, as a clause.
    """
    names = [
        f"{stream.type} stream {stream.index}"
        for stream in container.streams
        if stream.index not in kept
    ]
    return [f"left out: {', '.join(names)}; {gets}"] if names else []
