"""Keeps what is slow to find out between runs: converted graphs, and what was measured.

All lies in one folder of the user's, which may be deleted at any time.
"""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

_KEPT = 8
"""Graphs kept of one network: precisions and depths of the last versions of it."""
_COMPILED_BYTES = 256 * 2**20
"""Of compiled graphs; `mspfn-lite` takes 4 MiB for each size of picture."""


def cache_folder() -> Path:
    """Returns the folder that converted graphs are kept in, made if need be."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    folder = Path(base) / "derain"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        folder = Path(tempfile.mkdtemp(prefix="derain-"))
    return folder


def compiled_folder() -> Path:
    """Returns where OpenVINO keeps what it compiles, after deleting the oldest.

    OpenVINO names the files by graph, size and settings, makes anew what is damaged or
    of another version or processor, and deletes nothing.
    """
    folder = cache_folder() / "compiled"
    folder.mkdir(exist_ok=True)
    left = _COMPILED_BYTES
    for blob in sorted(folder.glob("*.blob"), key=_last_used, reverse=True):
        left -= _size_of(blob)
        if left < 0:
            blob.unlink(missing_ok=True)
    return folder


def used(files: Sequence[Path]) -> None:
    """Notes that the files were of use now, so that `prune` keeps them."""
    for file in files:
        file.touch()


def prune(folder: Path, name: str) -> None:
    """Deletes the graphs of a network but for the few that were used last.

    Graphs are `name-` and 16 digits of a hash, a .xml and a .bin each. A program that
    has one open keeps what it has read.
    """
    graphs = list(folder.glob(f"{name}-{'[0-9a-f]' * 16}.xml"))
    graphs.sort(key=_last_used, reverse=True)
    for graph in graphs[_KEPT:]:
        graph.unlink(missing_ok=True)
        graph.with_suffix(".bin").unlink(missing_ok=True)


def _size_of(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0


def _last_used(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except FileNotFoundError:  # another program prunes, too
        return 0
