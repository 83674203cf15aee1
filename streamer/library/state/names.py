"""What the state of a film is called: by its output, in the folder of the state."""

import hashlib
import os
from pathlib import Path

_LONGEST_NAME = 220
"""Bytes of a film's name that its manifest can have; file systems allow 255."""


def state_path(state: Path, output: Path, suffix: str) -> Path:
    """Returns where something of a film is kept.

    Args:
        state: The folder.
        output: Its name is cut where no suffix would fit behind it.
        suffix: What is kept: `.jsonl`, `.pieces`, `.lock`.
    """
    name = os.fsencode(output.name)
    if len(name) <= _LONGEST_NAME:
        return state / f"{output.name}{suffix}"
    head = os.fsdecode(name[:_LONGEST_NAME]).encode("utf-8", "ignore").decode()
    return state / f"{head}~{hashlib.sha256(name).hexdigest()[:12]}{suffix}"
