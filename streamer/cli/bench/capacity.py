"""What a place can do, in pixels a second: a figure of `derain bench`, kept on disk."""

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from model.backends.autotune import machine_key
from model.backends.base import Backend
from model.backends.cache import cache_folder
from model.whole_file import write_whole
from streamer.cli.bench.speeds import speed
from streamer.library.state.identity import weights_sha256

CAPACITY_SIZE = (640, 360)
"""Width and height of the pictures it is measured with."""
_SECONDS = 2.0


def capacity_of(network: Backend, model: str, seconds: float = _SECONDS) -> float:
    """Returns pixels a second that a network derains here; measured once.

    Args:
        network: Without the memory of a stream.
        model: How its user names it: a network, or a file.
        seconds: About how long it is measured, if it must be.
    """
    found = _kept(_path()).get(_key(network, model))
    if isinstance(found, int | float) and found > 0:
        return float(found)
    return keep_capacity(network, model, speed(network, CAPACITY_SIZE, seconds))


def keep_capacity(network: Backend, model: str, row: Mapping[str, Any]) -> float:
    """Keeps what `speed` found for `CAPACITY_SIZE`; returns it in pixels a second."""
    width, height = CAPACITY_SIZE
    capacity = float(row["fps"]) * width * height
    path = _path()
    with suppress(OSError):  # without a place on disk it is measured again
        kept = {**_kept(path), _key(network, model): round(capacity)}
        write_whole(path, json.dumps(kept, indent=1) + "\n")
    return capacity


def _path() -> Path:
    return cache_folder() / "capacity.json"


def _kept(path: Path) -> dict[str, Any]:
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def _key(network: Backend, model: str) -> str:
    """Returns what decides how fast it is: another one is measured anew."""
    weights = weights_sha256(model)[:12]
    how = f"{model} {weights} {network.backend} {network.precision}"
    return f"{how}, {machine_key(network.device)}"
