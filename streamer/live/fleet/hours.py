"""When a stream runs: `active = "06:00-22:00"`, in this machine's time."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time

from streamer.errors import StreamerError

_FORM = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]|24):([0-5]\d)")


def _now() -> datetime:
    return datetime.now().astimezone()


@dataclass(frozen=True, slots=True)
class ActiveHours:
    """A span of each day; it may go over midnight (`22:00-06:00`)."""

    begin: time
    end: time
    """Not in the span any more; midnight at its end is 00:00."""
    now: Callable[[], datetime] = field(default=_now, compare=False)

    @classmethod
    def of(cls, text: str, now: Callable[[], datetime] = _now) -> "ActiveHours":
        """Reads `HH:MM-HH:MM`.

        Raises:
            StreamerError: It has another form, or begins when it ends.
        """
        found = _FORM.fullmatch(text)
        if found is None or (found[3] == "24" and found[4] != "00"):
            raise StreamerError(f"active must be HH:MM-HH:MM, got {text!r}")
        begin = time(int(found[1]), int(found[2]))
        end = time(int(found[3]) % 24, int(found[4]))
        if begin == end:
            raise StreamerError(f"active begins when it ends: {text!r}")
        return cls(begin, end, now)

    def are_now(self) -> bool:
        """Returns whether the span holds this moment."""
        moment = self.now().time()
        if self.begin < self.end:
            return self.begin <= moment < self.end
        return moment >= self.begin or moment < self.end
