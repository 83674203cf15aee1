"""TOML files that name streams: `[[stream]]` tables, common settings above them.

`FleetSettings` is what such a file says, and what comes of it when one stream is added,
changed or removed by somebody else: checked as the file is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
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


class UnknownStreamError(StreamerError):
    """No stream has the name."""


class NameTakenError(StreamerError):
    """A stream has the name already."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamSettings:
    """One stream of a file: what is its own, and how it runs."""

    name: str
    source: str
    sink: str
    run: RunSettings
    active: ActiveHours | None = None
    """When it runs; None: always."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FleetSettings:
    """The streams of a file, and what it says of all of them."""

    common: RunSettings
    """Of a stream that says nothing for itself."""
    streams: tuple[StreamSettings, ...]

    def with_added(self, table: Mapping[str, Any], where: str) -> "FleetSettings":
        """Returns the settings with one more stream.

        Args:
            table: As a `[[stream]]` table of the file has it.
            where: Whom messages name, as they name the file.

        Raises:
            NameTakenError: A stream has this name.
            StreamerError: The table says something unknown, or its port or sink is
                another stream's.
        """
        new = _stream(dict(table), self.common, where)
        if any(stream.name == new.name for stream in self.streams):
            raise NameTakenError(f"{where}: a stream has the name {new.name!r} already")
        return self._checked((*self.streams, new), where)

    def with_changed(
        self, name: str, table: Mapping[str, Any], where: str
    ) -> "FleetSettings":
        """Returns the settings with one stream as `table` says, under its old name.

        Raises:
            UnknownStreamError: There is no such stream.
            StreamerError: As for `with_added`.
        """
        self._check_name(name)
        new = _stream({**table, "name": name}, self.common, where)
        streams = (new if old.name == name else old for old in self.streams)
        return self._checked(tuple(streams), where)

    def without(self, name: str) -> "FleetSettings":
        """Returns the settings without one stream.

        Raises:
            UnknownStreamError: There is no such stream.
            StreamerError: It is the last one.
        """
        self._check_name(name)
        left = tuple(stream for stream in self.streams if stream.name != name)
        if not left:
            raise StreamerError(
                f"{name!r} is the last stream: end the program instead of removing it"
            )
        return replace(self, streams=left)

    def _check_name(self, name: str) -> None:
        names = [stream.name for stream in self.streams]
        if name not in names:
            raise UnknownStreamError(
                f"no stream has the name {name!r}; there are {', '.join(names)}"
            )

    def _checked(
        self, streams: tuple[StreamSettings, ...], where: str
    ) -> "FleetSettings":
        _check_together(streams, where)
        return replace(self, streams=streams)


def fleet_in(
    path: Path, defaults: RunSettings, given: Mapping[str, Any]
) -> FleetSettings:
    """Returns what a TOML file says of streams; none if it only holds settings.

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
        _refuse_misspelt(table, path)
        return FleetSettings(common=defaults, streams=())
    if not isinstance(tables, list) or not all(isinstance(t, dict) for t in tables):
        raise StreamerError(f"{path}: streams are tables that begin with [[stream]]")
    explicit = {key: value for key, value in given.items() if value is not None}
    waiting = {"wait": True}  # a publisher may come up later than this file's run
    common = defaults.changed({**waiting, **options_in(table, path), **explicit})
    streams = tuple(_stream(part, common, path) for part in tables)
    _check_together(streams, path)
    return FleetSettings(common=common, streams=streams)


def _refuse_misspelt(table: Mapping[str, Any], path: Path) -> None:
    """Refuses what is likeliest a table of streams under another name."""
    for key in table.keys() - OPTIONS.keys():
        if get_close_matches(key.lower(), ["stream"]):
            raise StreamerError(
                f"{path}: unknown key {key!r}; streams are tables that begin with "
                "[[stream]]"
            )


def streams_in(
    path: Path, defaults: RunSettings, given: Mapping[str, Any]
) -> list[StreamSettings]:
    """Returns the streams alone of what `fleet_in` reads."""
    return list(fleet_in(path, defaults, given).streams)


def _check_together(streams: Sequence[StreamSettings], where: Path | str) -> None:
    names = [stream.name for stream in streams]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise StreamerError(f"{where}: two streams have the name {twice[0]!r}")
    _check_ports(streams, where)
    _check_sinks(streams, where)


def _check_sinks(streams: Sequence[StreamSettings], where: Path | str) -> None:
    sinks = [stream.sink for stream in streams if stream.sink != "null:"]
    if twice := sorted({sink for sink in sinks if sinks.count(sink) > 1}):
        raise StreamerError(
            f"{where}: two streams write to {without_secrets(twice[0])}"
        )


def _check_ports(streams: Sequence[StreamSettings], where: Path | str) -> None:
    places: dict[str, ServePlace] = {}
    for stream in streams:
        place = _place_of(stream)
        if place is None:
            continue
        for name, other in places.items():
            if why := place.conflict_with(other):
                raise StreamerError(
                    f"{where}: streams {name!r} and {stream.name!r}: {why}"
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


def _stream(
    table: dict[str, Any], common: RunSettings, where: Path | str
) -> StreamSettings:
    own = {}
    for key in _OWN:
        value = table.pop(key, None)
        if not isinstance(value, str) or not value:
            raise StreamerError(f"{where}: each [[stream]] needs a {key}, as text")
        own[key] = value
    hours = _hours(table.pop("active", None), own["name"], where)
    if wrong := sorted(table.keys() & _OF_ALL):
        known = OPTIONS.keys() - _OF_ALL
        raise StreamerError(
            f"{where}: {wrong[0]} is for all streams together, above the first "
            f"[[stream]]; a stream has {', '.join(sorted(known))}"
        )
    return StreamSettings(
        **own,
        active=hours,
        run=common.changed(options_in(table, f"{where}: stream {own['name']!r}")),
    )


def _hours(text: object, name: str, where: Path | str) -> ActiveHours | None:
    if text is None:
        return None
    try:
        return ActiveHours.of(text if isinstance(text, str) else repr(text))
    except StreamerError as error:
        raise StreamerError(f"{where}: stream {name!r}: {error}") from None
