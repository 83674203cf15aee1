"""The settings of a run: all its options together, and TOML files that change them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from sinks.encoding.options import EncodeOptions
from sources.connect import ConnectOptions
from sources.errors import SourceError
from sources.settings.options import Declared, declared_in
from sources.settings.toml_file import TomlError, checked, table_in
from streamer.errors import StreamerError
from streamer.settings.options import (
    EventOptions,
    LiveOptions,
    NetworkOptions,
    PageOptions,
    RunOptions,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class RunSettings:
    """How `derain run` works: all options, by what they are for."""

    network: NetworkOptions = field(default_factory=NetworkOptions)
    run: RunOptions = field(default_factory=RunOptions)
    encode: EncodeOptions = field(default_factory=EncodeOptions)
    connect: ConnectOptions = field(default_factory=ConnectOptions)
    live: LiveOptions = field(default_factory=LiveOptions)
    page: PageOptions = field(default_factory=PageOptions)
    events: EventOptions = field(default_factory=EventOptions)

    def changed(self, values: Mapping[str, Any]) -> "RunSettings":
        """Returns the settings with some options changed, by their names.

        Raises:
            StreamerError: A number is out of its range, a word unknown.
        """
        groups = {}
        for entry in fields(self):
            group = getattr(self, entry.name)
            own = {part.name for part in fields(group)} & values.keys()
            try:
                changed = replace(group, **{name: values[name] for name in own})
            except SourceError as error:
                raise StreamerError(str(error)) from None
            groups[entry.name] = changed
        return RunSettings(**groups)


DEFAULTS = RunSettings()
OPTIONS: Mapping[str, Declared] = {
    option.name: option
    for entry in fields(DEFAULTS)
    for option in declared_in(type(getattr(DEFAULTS, entry.name)))
}
"""Every option of a run by its name, as TOML files and the command line know it."""


def settings_from(
    defaults: RunSettings, path: Path | None, given: Mapping[str, Any]
) -> RunSettings:
    """Returns `defaults`, changed by a TOML file, changed by what was `given`.

    Args:
        defaults: The settings where nobody says anything.
        path: The TOML file, or None.
        given: From the command line; None values were not given there.

    Raises:
        StreamerError: The file is unreadable, or names a key or type that is unknown.
    """
    from_file = options_in(settings_table(path), path) if path else {}
    explicit = {key: value for key, value in given.items() if value is not None}
    return defaults.changed({**from_file, **explicit})


def settings_table(path: Path) -> dict[str, Any]:
    """Reads a TOML file.

    Raises:
        StreamerError: The file is unreadable or no TOML.
    """
    try:
        return table_in(path)
    except TomlError as error:
        raise StreamerError(str(error)) from None


def options_in(table: Mapping[str, Any], where: Path | str) -> dict[str, Any]:
    """Returns the options of a table, whose keys and types are those of a run.

    Raises:
        StreamerError: A key is unknown or of another type; `where` is named.
    """
    kinds = {name: option.kind for name, option in OPTIONS.items()}
    try:
        return checked(table, kinds, str(where))
    except TomlError as error:
        raise StreamerError(str(error)) from None
