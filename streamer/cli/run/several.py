"""Several clips in one command: each goes into a folder, under its own name."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from model.backends.base import Backend, WrappedBackend
from model.errors import ModelError
from sinks import SinkError
from sinks.encoding.encoders import CODECS_OF
from sources import SourceError
from sources.live.opener import is_live
from sources.pictures.files import PICTURE_SUFFIXES
from streamer.cli import INTERRUPTED
from streamer.errors import StreamerError
from streamer.network.protocol import Network

RunOne = Callable[[str, str, Callable[[], Network]], int]
"""Runs a source into a sink, with what gives the network; returns the exit status."""
_OTHERWISE = ".mkv"
"""The container for clips whose own is only read here."""


class _KeptOpen(WrappedBackend):
    """A loaded network that outlives the run it is given to."""

    def close(self) -> None:
        """Leaves the network open for the next clip."""


def sinks_for(sources: Sequence[str], folder: str) -> list[str]:
    """Returns where each source goes.

    Raises:
        StreamerError: There is no folder, a source is no file, or two have one name.
    """
    if not folder.endswith("/"):
        raise StreamerError(
            f"{len(sources)} sources go into a folder/, with a slash; got {folder}"
        )
    for source in sources:
        if not is_live(source) and not Path(source).exists():
            raise StreamerError(f"{source}: there is no such file")
        if is_live(source) or not Path(source).is_file():
            raise StreamerError(f"{source}: several sources are files; this is none")
    sinks = [folder + _name_of(Path(source)) for source in sources]
    _refuse_twins(sources, sinks)
    return sinks


def _refuse_twins(sources: Sequence[str], sinks: Sequence[str]) -> None:
    seen: dict[str, str] = {}
    for source, sink in zip(sources, sinks, strict=True):
        if sink in seen:
            raise StreamerError(f"{seen[sink]} and {source} would both become {sink}")
        seen[sink] = source


def _name_of(source: Path) -> str:
    suffix = source.suffix.lower()
    kept = suffix in CODECS_OF or suffix in PICTURE_SUFFIXES
    return source.name if kept else source.stem + _OTHERWISE


def run_each(
    sources: Sequence[str],
    sinks: Sequence[str],
    load: Callable[[], Network],
    run: RunOne,
) -> int:
    """Runs one after the other, with one network; returns the exit status.

    One that fails is told in a line and does not keep the others back; the status is
    1 in the end. An interrupt ends them all.
    """
    loaded: list[Backend] = []

    def network() -> Network:
        if not loaded:
            loaded.append(load())
        return _KeptOpen(loaded[0])

    status = 0
    try:
        for source, sink in zip(sources, sinks, strict=True):
            try:
                ended = run(source, sink, network)
            except (SourceError, SinkError, StreamerError, ModelError) as error:
                sys.stderr.write(f"derain: {error}\n")
                status = 1
                continue
            if ended == INTERRUPTED:
                return INTERRUPTED
            status = max(status, ended)
    finally:
        for one in loaded:
            one.close()
    return status
