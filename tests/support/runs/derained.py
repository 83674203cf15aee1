"""Clips derained as a library's user does it, without a network."""

from pathlib import Path

from streamer import derain_video
from tests.support.fakes import PassThrough


def derained(source: Path, name: str = "out.mp4", **options: object) -> Path:
    sink = source.with_name(name)
    derain_video(source, sink, network=PassThrough(), **options)  # type: ignore[arg-type] # options are named by the test
    return sink
