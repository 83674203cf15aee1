"""What `derain rain` made of what: a JSON beside it."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from evaluation.pictures import sha256_of
from model.whole_file import write_whole

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One picture or clip."""

    file: str
    """Below the manifest's folder."""
    source: str
    """Below the source."""
    target: str
    kind: str
    seed: int
    """Of this file alone; the set's seed and the name make it."""
    source_sha256: str
    sha256: str


def made_of(
    path: Path, wet: Path, kept: Path, *, source: Path, out: Path, kind: str, seed: int
) -> Made:
    """Returns the entry of one picture or clip, once its files are written.

    Args:
        path: What was dry.
        wet: The same in rain.
        kept: What it is compared with.
        source: The folder that `path` is in.
        out: The folder that `wet` and `kept` are in.
        kind: Of rain.
        seed: Of this file alone.
    """
    return Made(
        file=wet.relative_to(out).as_posix(),
        source=path.relative_to(source).as_posix(),
        target=kept.relative_to(out).as_posix(),
        kind=kind,
        seed=seed,
        source_sha256=sha256_of(path),
        sha256=sha256_of(wet),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the user asked for."""

    source: str
    seed: int
    kinds: Sequence[str]
    veil: bool
    night: bool


def write_manifest(
    folder: Path, asked: Asked, made: Sequence[Made], problems: Sequence[str]
) -> Path:
    """Writes `manifest.json` into a folder; returns where it is.

    No time is in it: the same call gives the same bytes.
    """
    data = {
        "made_by": f"derain {_version()}",
        **asdict(asked),
        "complete": not problems,
        "problems": list(problems),
        "files": [asdict(one) for one in made],
    }
    path = folder / MANIFEST
    write_whole(path, json.dumps(data, indent=1) + "\n")
    return path


def _version() -> str:
    try:
        return version("derain")
    except PackageNotFoundError:
        return "(not installed)"
