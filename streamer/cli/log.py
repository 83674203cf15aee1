"""Log lines for people and for machines, without passwords."""

import json
import logging
import re
import sys
from datetime import UTC, datetime

from sources.address import without_secrets

_FIELD = re.compile(r"(?<!\S)([a-z_]+)=('[^']*'|\"[^\"]*\"|\S+)")
_RUN = logging.getLogger("derain.run")


class PlainLines(logging.Formatter):
    """`2026-11-21T10:00:00Z INFO derain.source state=streaming ...`."""

    def format(self, record: logging.LogRecord) -> str:
        """Returns one line; the one place that every log text goes through."""
        text = " ".join(super().format(record).split())
        stamp = datetime.fromtimestamp(record.created, UTC)
        head = f"{stamp:%Y-%m-%dT%H:%M:%SZ} {record.levelname} {record.name}"
        return f"{head} {without_secrets(text)}"


class JsonLines(logging.Formatter):
    """One JSON object for each event."""

    def format(self, record: logging.LogRecord) -> str:
        """Returns one line; the one place that every log text goes through."""
        text = without_secrets(super().format(record))
        event = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "text": text,
        }
        return json.dumps(fields_in(text) | event, ensure_ascii=False)


def fields_in(text: str) -> dict[str, str]:
    """Returns what stands in a log text as `name=value` or `name='some values'`."""
    return {name: value.strip("'\"") for name, value in _FIELD.findall(text)}


def log_to_stderr(*, as_json: bool, quiet: bool) -> None:
    """Sends what `derain.*` logs to stderr; `quiet` leaves warnings and worse."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if as_json else PlainLines())
    log = logging.getLogger("derain")
    log.handlers = [handler]
    log.setLevel(logging.WARNING if quiet else logging.INFO)
    log.propagate = False


def say(text: str, *, error: bool = False, begin: str = "derain: ") -> None:
    """Tells a person what the program does: as a plain line, or as JSON in that log.

    Args:
        text: One line.
        error: Whether something went wrong.
        begin: Stands before it in a plain line.
    """
    log = logging.getLogger("derain")
    if any(isinstance(handler.formatter, JsonLines) for handler in log.handlers):
        _RUN.log(logging.ERROR if error else logging.WARNING, "%s", text)
    else:
        sys.stderr.write(f"{begin}{text}\n")
