"""The last lines of the log, for all streams and for each by its name."""

import logging
from collections import deque
from dataclasses import dataclass
from threading import Lock

from sources.address import without_secrets

_LINES = 200
_STREAMS = 256


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line: seconds since 1970 (UTC), the level's name, the text."""

    time: float
    level: str
    text: str


class RecentLog(logging.Handler):
    """Keeps the last 200 lines in all, and of each stream that a line names.

    A line belongs to a stream if its thread has the stream's name, as each stream of a
    fleet runs on such a thread, or if it says `stream=NAME`.
    """

    def __init__(self) -> None:
        super().__init__()
        self._kept_lock = Lock()
        self._all: deque[LogLine] = deque(maxlen=_LINES)
        self._of: dict[str, deque[LogLine]] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps one record, without passwords and line breaks."""
        text = without_secrets(" ".join(record.getMessage().split()))
        line = LogLine(record.created, record.levelname.lower(), text)
        with self._kept_lock:
            self._all.append(line)
            for name in {record.threadName or "", _named(text)} - {""}:
                if name in self._of or len(self._of) < _STREAMS:
                    self._of.setdefault(name, deque(maxlen=_LINES)).append(line)

    def lines(self, stream: str | None = None) -> list[LogLine]:
        """Returns what is kept, the oldest first; of one stream if it is named."""
        with self._kept_lock:
            return list(self._all if stream is None else self._of.get(stream, ()))


def _named(text: str) -> str:
    for word in text.split():
        key, _, value = word.partition("=")
        if key == "stream":
            return value
    return ""
