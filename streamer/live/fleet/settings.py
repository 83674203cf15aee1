"""TOML files that name streams: `[[stream]]` tables, common settings above them."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from sinks.errors import SinkError
from sinks.live.serving.place import ServePlace, ServeTls
from sources.address import address_of, without_secrets
from sources.errors import SourceError
from streamer.errors import StreamerError
from streamer.live.fleet.hours import ActiveHours
from streamer.settings import (
    OPTIONS,
    EventOptions,
    PageOptions,
    RunSettings,
    options_in,
    settings_table,
)

_OF_ALL = frozenset(
    (
        *("model", "device", "backend", "precision", "tile", "metrics", "max_frames"),
        *(entry.name for entry in fields(PageOptions)),
        *(entry.name for entry in fields(EventOptions)),
    )
)
"""What streams that share a network and a process cannot have each for itself."""
_OWN = ("name", "source", "sink")


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamSettings:
    """One stream of a file: what is its own, and how it runs."""

    name: str
    source: str
    sink: str
    run: RunSettings
    active: ActiveHours | None = None
    """When it runs; None: always."""


def streams_in(
    path: Path, defaults: RunSettings, given: Mapping[str, Any]
) -> list[StreamSettings]:
    """Returns the streams that a TOML file names; none if it only holds settings.

    Args:
        path: The file.
        defaults: Where nobody says anything.
        given: From the command line; beats what the file says of all streams.

    Raises:
        StreamerError: The file is unreadable, or says something unknown.
    """
    table = settings_table(path)
    tables = table.pop("stream", None)
    if tables is None:
        return []
    if not isinstance(tables, list) or not all(isinstance(t, dict) for t in tables):
        raise StreamerError(f"{path}: streams are tables that begin with [[stream]]")
    explicit = {key: value for key, value in given.items() if value is not None}
    waiting = {"wait": True}  # a publisher may come up later than this file's run
    common = defaults.changed({**waiting, **options_in(table, path), **explicit})
    streams = [_stream(part, common, path) for part in tables]
    names = [stream.name for stream in streams]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise StreamerError(f"{path}: two streams have the name {twice[0]!r}")
    _check_ports(streams, path)
    _check_sinks(streams, path)
    return streams


def _check_sinks(streams: list[StreamSettings], path: Path) -> None:
    sinks = [stream.sink for stream in streams if stream.sink != "null:"]
    if twice := sorted({sink for sink in sinks if sinks.count(sink) > 1}):
        raise StreamerError(f"{path}: two streams write to {without_secrets(twice[0])}")


def _check_ports(streams: list[StreamSettings], path: Path) -> None:
    places: dict[str, ServePlace] = {}
    for stream in streams:
        place = _place_of(stream)
        if place is None:
            continue
        for name, other in places.items():
            if why := place.conflict_with(other):
                raise StreamerError(
                    f"{path}: streams {name!r} and {stream.name!r}: {why}"
                )
        places[stream.name] = place


def _place_of(stream: StreamSettings) -> ServePlace | None:
    """Returns where a stream is served; None for others, and what cannot be read.

    A variable that is not set is one stream's fault, which is told when it runs.
    """
    live = stream.run.live
    if not stream.sink.lower().startswith("serve://"):
        return None
    try:
        tls = None
        if live.serve_cert and live.serve_key:
            tls = ServeTls(Path(live.serve_cert), Path(live.serve_key))
        return ServePlace(address_of(stream.sink), tls)
    except (SourceError, SinkError):
        return None


def _stream(table: dict[str, Any], common: RunSettings, path: Path) -> StreamSettings:
    own = {}
    for key in _OWN:
        value = table.pop(key, None)
        if not isinstance(value, str) or not value:
            raise StreamerError(f"{path}: each [[stream]] needs a {key}, as text")
        own[key] = value
    hours = _hours(table.pop("active", None), own["name"], path)
    if wrong := sorted(table.keys() & _OF_ALL):
        known = OPTIONS.keys() - _OF_ALL
        raise StreamerError(
            f"{path}: {wrong[0]} is for all streams together, above the first "
            f"[[stream]]; a stream has {', '.join(sorted(known))}"
        )
    return StreamSettings(
        **own, active=hours, run=common.changed(options_in(table, path))
    )


def _hours(text: object, name: str, path: Path) -> ActiveHours | None:
    if text is None:
        return None
    try:
        return ActiveHours.of(text if isinstance(text, str) else repr(text))
    except StreamerError as error:
        raise StreamerError(f"{path}: stream {name!r}: {error}") from None
