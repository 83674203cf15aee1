"""How every benchmark measures, and the one form in which it writes what it found."""

import hashlib
import json
import os
import platform
import resource
import shlex
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from evaluation.provenance import machine, package_versions

SCHEMA = 1
PROJECT = Path(__file__).parents[2]
RESULTS = PROJECT / "benchmarks" / "results"
_PACKAGES = ("torch", "openvino", "av", "numpy", "opencv-python-headless")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """The middle of repeated measurements, and how far they lie apart."""

    median: float
    lowest: float
    highest: float
    runs: int


def spread(values: Sequence[float]) -> Spread:
    """Returns the spread of `values`.

    Raises:
        ValueError: There is none; one alone says nothing of its spread either, but is
            allowed for what is too slow to repeat.
    """
    if not values:
        raise ValueError("spread needs at least one value, got none.")
    return Spread(
        median=round(statistics.median(values), 4),
        lowest=round(min(values), 4),
        highest=round(max(values), 4),
        runs=len(values),
    )


def peak_memory_bytes() -> int:
    """Returns the most memory that this process has held at once."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def child_environment() -> dict[str, str]:
    """Returns the environment of a part in a process of its own.

    It finds the project first, then whatever PYTHONPATH named before.
    """
    paths = (str(PROJECT), os.environ.get("PYTHONPATH"))
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}


def part_in_own_process(module: str, *arguments: str) -> dict[str, Any]:
    """Runs a part of a benchmark in a fresh process, so that its memory is its own.

    Args:
        module: Of the benchmark, as `python -m` takes it.
        arguments: Of its command line.

    Returns:
        The JSON object in the last line that it prints.

    Raises:
        RuntimeError: The part failed.
    """
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-m", module, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=child_environment(),
    )
    if done.returncode:
        raise RuntimeError(f"{module} {' '.join(arguments)}: {done.stderr}")
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def _versions() -> dict[str, str]:
    return {"python": platform.python_version(), **package_versions(*_PACKAGES)}


def commit(checkout: Path = PROJECT) -> str:
    """Returns the commit of a checkout, with `+` if files were changed since.

    It is "unknown" where there is no git, or no repository.
    """
    try:
        told = subprocess.run(
            ["git", "describe", "--always", "--dirty=+", "--abbrev=12"],  # noqa: S607
            capture_output=True,
            text=True,
            check=False,
            cwd=checkout,
        )
    except OSError:
        return "unknown"
    return told.stdout.strip() or "unknown"


def command(module: str) -> str:
    """Returns the command that is running; of each path the last two names."""
    return shlex.join(["python", "-m", module, *map(_shortened, sys.argv[1:])])


def _running_module() -> str:
    """Returns what `python -m` was given: a module, or a package with `__main__`."""
    spec = getattr(sys.modules["__main__"], "__spec__", None)
    name = spec.name if spec is not None else Path(sys.argv[0]).stem
    return name.removesuffix(".__main__")


def _shortened(word: str) -> str:
    return "/".join(word.strip("/").split("/")[-2:]) if "/" in word else word


def document(
    benchmark: str, settings: Mapping[str, Any], results: Mapping[str, Any]
) -> dict[str, Any]:
    """Returns what a benchmark writes: settings, results and where they come from.

    The command goes with the settings; so do the weights of `settings["model"]`, if it
    is one that ships.
    """
    typed = command(_running_module())
    known = {"command": typed, **_weights(settings.get("model")), **settings}
    return {
        "schema": SCHEMA,
        "benchmark": benchmark,
        "commit": commit(),
        "machine": machine(),
        "versions": _versions(),
        "settings": known,
        "results": _plain(results),
    }


def _weights(model: Any) -> dict[str, str]:
    from model import shipped_weights  # loads torch, which not every benchmark needs

    path = shipped_weights(model) if isinstance(model, str) else None
    if path is None:
        return {}
    return {"weights_sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def _plain(value: Any) -> Any:
    if isinstance(value, Spread):
        return asdict(value)
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    return value


def save(found: Mapping[str, Any], path: Path) -> None:
    """Writes a document as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found, indent=2) + "\n")
