"""What a part finds, written after each finding: a part that is killed keeps it."""

import json
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from model.whole_file import write_whole

_LONGEST = 1500


class Findings:
    """The findings of one part, in the order they were made."""

    def __init__(
        self,
        path: Path,
        seconds: float,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """The time begins to run now.

        Args:
            path: JSON, written anew with each finding.
            seconds: What the part may take.
            now_s: The clock, in seconds.
        """
        self._path, self._now_s = path, now_s
        self._ends_s = now_s() + seconds
        self.found: dict[str, Any] = {}

    def take(self, name: str, work: Callable[[], Any], least_s: float = 3.0) -> None:
        """Notes what `work` returns, or why it failed; one costs no other.

        Args:
            name: Of the finding.
            work: Returns plain values.
            least_s: With less time left than this it is left out.
        """
        begun_s = self._now_s()
        left_s = self._ends_s - begun_s
        if left_s < least_s:
            self.note(name, {"left out": f"{left_s:.0f} s were left"})
            return
        try:
            found = work()
        except Exception as error:  # noqa: BLE001 - noted, and the next one is made
            found = {
                "failed": f"{type(error).__name__}: {error}"[:_LONGEST],
                "where": traceback.format_exc()[-_LONGEST:],
            }
        self.note(name, found)

    def note(self, name: str, found: Any) -> None:
        """Writes down a finding beside those before it."""
        self.found[name] = found
        write_whole(self._path, json.dumps(self.found, indent=1, default=str) + "\n")
