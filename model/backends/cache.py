"""Keeps what is slow to find out between runs: converted graphs, and what was measured.

All lies in one folder of the user's, which may be deleted at any time.
"""

import fcntl
import hashlib
import json
import logging
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

from model.whole_file import write_whole

_LOG = logging.getLogger("derain.cache")
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


@cache
def code_hash() -> str:
    """Returns a hash of the text of all of `model`: another program, another key."""
    digest = hashlib.sha256()
    for file in sorted(Path(__file__).parents[1].rglob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def kept_values(path: Path) -> dict[str, Any]:
    """Returns what a JSON file keeps by name; nothing where it is torn or not there."""
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


@contextmanager
def changed_values(path: Path) -> Iterator[dict[str, Any]]:
    """Yields what a JSON file keeps by name, and writes it if it was changed.

    Meanwhile no other program changes it. What cannot be written, as on a full disk, is
    found out again next time.
    """
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = kept_values(path)
        before = list(known.items())
        yield known
        if list(known.items()) != before:
            with suppress(OSError):
                write_whole(path, json.dumps(known, indent=2) + "\n")


@contextmanager
def compiled_folder(key: str) -> Iterator[Path]:
    """Yields where what OpenVINO compiles is kept under `key`, and seals it after it.

    `key` says version and processor. OpenVINO takes a damaged file for a whole one:
    pictures were wrong then, without a word. So what is damaged is deleted here, and
    the oldest where there is too much.
    """
    everything = cache_folder() / "compiled"
    folder = everything / hashlib.sha256(key.encode()).hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True)
    kept = _blobs_in(folder)
    whole = is_sealed(kept)
    if not whole:
        tell_if_broken(kept)
        _delete(kept)
    used(kept if whole else [])
    yield folder
    made = _blobs_in(folder)
    if not whole or made != kept:
        seal(made)
    left = _COMPILED_BYTES
    blobs = [*everything.glob("*.blob"), *everything.glob("*/*.blob")]
    for blob in sorted(blobs, key=_last_used, reverse=True):
        left -= _size_of(blob)
        if left < 0:
            _delete([blob])


def is_sealed(files: Sequence[Path]) -> bool:
    """Returns whether the files are there and hold what they held at `seal`."""
    try:
        told = _seal_of(files[0]).read_text(encoding="ascii") if files else ""
        return bool(files) and told == _hash_of(files)
    except (OSError, UnicodeDecodeError):
        return False


def seal(files: Sequence[Path]) -> None:
    """Notes beside the first of the files what they hold: see `is_sealed`.

    Where it cannot be noted, as on a full disk, they are made anew next time.
    """
    if files:
        with suppress(OSError):
            write_whole(_seal_of(files[0]), _hash_of(files))


def tell_if_broken(files: Sequence[Path]) -> None:
    """Says that what is kept there is made anew; nothing where nothing is kept.

    Args:
        files: That are not sealed: damaged, or left by a program that was killed.
    """
    there = [file for file in files if file.exists()]
    if there:
        _LOG.warning("%s in the cache is damaged or half written: made anew", there[0])


def _seal_of(file: Path) -> Path:
    return file.with_suffix(".sha256")


def _hash_of(files: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _blobs_in(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.blob"))


def _delete(files: Sequence[Path]) -> None:
    for file in files:
        file.unlink(missing_ok=True)
        _seal_of(file).unlink(missing_ok=True)


def used(files: Sequence[Path]) -> None:
    """Notes that the files were of use now, so that `prune` keeps them."""
    for file in files:
        with suppress(OSError):  # another program prunes, too; or may not write here
            file.touch()


def prune(folder: Path, name: str) -> None:
    """Deletes the graphs of a network but for the few that were used last.

    Graphs are `name-` and 16 digits of a hash, a .xml and a .bin each. A program that
    has one open keeps what it has read.
    """
    graphs = list(folder.glob(f"{name}-{'[0-9a-f]' * 16}.xml"))
    graphs.sort(key=_last_used, reverse=True)
    for graph in graphs[_KEPT:]:
        _delete([graph, graph.with_suffix(".bin")])


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
