"""The settings of a run: defaults, TOML files, and what each one means."""

import tomllib
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, TypeVar

from streamer.errors import StreamerError

_CHOICES = {
    "temporal": ("off", "causal", "centred"),
    "gate": ("auto", "off"),
    "on_loss": ("hold", "end"),
    "transport": ("tcp", "udp"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class RunSettings:
    """How `derain run` works; a TOML file names only what it changes."""

    model: str = "mspfn-lite"
    """Name of a network (`derain models` lists them) or its .safetensors file."""
    device: str = "auto"
    """Where the network runs: auto, cpu, cuda or cuda:1."""
    backend: str = "auto"
    """What runs it: auto, the fastest here by measurement; on the CPU openvino, torch
    or compile; on CUDA cuda, compile, tensorrt or torch."""
    precision: str = "auto"
    """In which numbers: auto, fp32, fp16, bf16 or int8."""
    tile: int | None = None
    """Side of the tiles that large pictures are cut into, to save memory."""
    temporal: str = "off"
    """Take rain out by the frames around each frame: off; causal (the two before it, no
    delay); centred (two before and two after it, better)."""
    gate: str = "auto"
    """auto lets frames through untouched that have no rain; off derains them all."""
    compare: bool = False
    """Store before and after side by side."""
    max_frames: int | None = None
    """Stop after so many frames."""
    codec: str = "auto"
    """Of a video file: auto, h264, hevc, av1 or vp9."""
    quality: int | None = None
    """Of a video file: the encoder's CRF; lower is better and larger."""
    preset: str | None = None
    """Of a video file: the encoder's own preset, such as slow."""
    require_gpu_decode: bool = False
    """Refuse a source that the network's GPU cannot decode."""
    max_latency: int = 200
    """Live: age in milliseconds at which a frame is dropped before the network."""
    on_loss: str = "hold"
    """Live: hold repeats the last picture while the source is away, end ends it all."""
    transport: str = "tcp"
    """Live: how RTSP comes and goes, tcp or udp."""
    ca_file: str | None = None
    """Live: a PEM file that rtsps:// and https:// sources are verified against."""
    record: str | None = None
    """Live: also record, into files named like rec/%Y%m%d-%H%M%S.mp4."""
    segment: str = "10m"
    """Live: length of a recorded file, such as 30s, 10m or 1h."""
    keep: int | None = None
    """Live: so many recorded files stay, the oldest are deleted."""
    metrics: str | None = None
    """Live: serve Prometheus metrics and /healthz at HOST:PORT."""
    json_log: bool = False
    """Live: write the log as JSON, and no line each second."""

    def __post_init__(self) -> None:
        """Refuses numbers and words that make no sense.

        Raises:
            StreamerError: A number is out of its range, a word unknown.
        """
        for name in ("tile", "max_frames", "max_latency", "keep"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise StreamerError(f"{name} must be 1 or more, got {value}")
        for name, known in _CHOICES.items():
            value = getattr(self, name)
            if value not in known:
                words = ", ".join(known)
                raise StreamerError(f"{name} must be one of {words}; got {value!r}")


Settings = TypeVar("Settings", bound=RunSettings)


def settings_from(
    defaults: Settings, path: Path | None, given: Mapping[str, Any]
) -> Settings:
    """Returns `defaults`, changed by a TOML file, changed by what was `given`.

    Args:
        defaults: The settings where nobody says anything.
        path: The TOML file, or None.
        given: From the command line; None values were not given there.

    Raises:
        StreamerError: The file is unreadable, or names a key or type that is unknown.
    """
    from_file = checked(table_in(path), defaults, path) if path else {}
    explicit = {key: value for key, value in given.items() if value is not None}
    return replace(defaults, **{**from_file, **explicit})


def table_in(path: Path) -> dict[str, Any]:
    """Reads a TOML file.

    Raises:
        StreamerError: The file is unreadable or no TOML.
    """
    try:
        return tomllib.loads(path.read_text())
    except OSError as error:
        raise StreamerError(f"{path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StreamerError(f"{path} is no valid TOML: {error}") from None


def checked(table: dict[str, Any], defaults: RunSettings, path: Path) -> dict[str, Any]:
    """Returns `table`, whose keys and types are those of the settings.

    Raises:
        StreamerError: A key is unknown or of another type; `path` is named.
    """
    kinds = typing.get_type_hints(type(defaults))
    known = [entry.name for entry in fields(defaults)]
    for key, value in table.items():
        if key not in known:
            names = ", ".join(known)
            raise StreamerError(f"{path}: unknown key {key!r}; known: {names}")
        if not _fits(value, kinds[key]):
            wanted = _name_of(kinds[key])
            raise StreamerError(f"{path}: {key} must be {wanted}, got {value!r}")
    return table


def _kinds_of(kind: Any) -> tuple[type, ...]:
    if isinstance(kind, types.UnionType):
        return tuple(part for part in typing.get_args(kind) if part is not type(None))
    return (kind,)


def _fits(value: object, kind: Any) -> bool:
    return type(value) in _kinds_of(kind)  # exactly: to Python, True is an int too


def _name_of(kind: Any) -> str:
    words = {str: "text", int: "a whole number", bool: "true or false"}
    return " or ".join(words.get(part, part.__name__) for part in _kinds_of(kind))
