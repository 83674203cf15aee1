"""Log lines for people and for machines, without passwords."""

import json
import logging
import sys
from datetime import UTC, datetime

from sources.address import without_secrets


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
        event = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "text": without_secrets(super().format(record)),
        }
        return json.dumps(event, ensure_ascii=False)


def log_to_stderr(*, as_json: bool, quiet: bool) -> None:
    """Sends what `derain.*` logs to stderr; `quiet` leaves warnings and worse."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if as_json else PlainLines())
    log = logging.getLogger("derain")
    log.handlers = [handler]
    log.setLevel(logging.WARNING if quiet else logging.INFO)
    log.propagate = False
