"""One event, and the role of what takes it."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol


class Kind(StrEnum):
    """What can happen."""

    STREAM_LOST = "stream_lost"
    STREAM_BACK = "stream_back"
    STREAM_FAILED = "stream_failed"
    RAIN_BEGINS = "rain_begins"
    RAIN_ENDS = "rain_ends"
    DISK_LOW = "disk_low"
    RECORDING_CLOSED = "recording_closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something that happened, without passwords."""

    kind: Kind
    stream: str
    time: float
    """Seconds since 1970 (UTC)."""
    text: str
    """One line for a person."""

    def as_json(self) -> str:
        """Returns it as one JSON object; `time` is ISO 8601 in UTC."""
        stamp = datetime.fromtimestamp(self.time, UTC).isoformat(
            timespec="milliseconds"
        )
        return json.dumps(asdict(self) | {"time": stamp}, ensure_ascii=False)


class DeliveryError(Exception):
    """A target did not take an event; it is tried again."""


class Target(Protocol):
    """Takes events on a thread of its own; each may come more than once."""

    @property
    def name(self) -> str:
        """For the log, without passwords."""

    def deliver(self, event: Happening) -> None:
        """Returns when it is taken.

        Raises:
            DeliveryError: It was not.
        """

    def close(self) -> None:
        """Ends what it holds; may be called twice."""
