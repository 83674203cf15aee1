"""Whether an older output may be written over: what the user said, or is asked."""

import sys
from dataclasses import dataclass
from pathlib import Path

from streamer.errors import StreamerError


@dataclass(frozen=True, slots=True)
class Clobber:
    """What the user said of older outputs."""

    yes: bool = False
    """They are written over without asking."""
    never: bool = False
    """They stay."""

    def refuse_never(self) -> None:
        """Refuses to never write over what an earlier run has begun.

        Raises:
            StreamerError: That was asked for.
        """
        if self.never:
            raise StreamerError("--no-clobber goes with one film, without --resume")


def check_overwriting(sink: str, clobber: Clobber) -> None:
    """Asks on a terminal before an older output is written over, as FFmpeg does.

    Elsewhere there is nobody to ask: it is written over, unless never to be.

    Args:
        sink: As the user named it.
        clobber: What the user said beforehand.

    Raises:
        StreamerError: It stays, as the user wants it.
    """
    if clobber.yes and clobber.never:
        raise StreamerError("--yes and --no-clobber exclude each other")
    if clobber.yes or not _is_there(sink):
        return
    if clobber.never:
        raise StreamerError(f"{sink} exists already, and --no-clobber keeps it")
    if sys.stdin.isatty() and sys.stderr.isatty():
        sys.stderr.write(f"{sink} exists already. Overwrite? [y/N] ")
        sys.stderr.flush()
        if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
            raise StreamerError(f"{sink} exists already; nothing was changed")


def _is_there(sink: str) -> bool:
    """Whether a file is there, or pictures are in a folder."""
    if sink == "-" or "://" in sink:
        return False
    path = Path(sink)
    return path.is_file() or (path.is_dir() and any(path.iterdir()))
