"""Programs before and behind a pipe: one sends a file into it, one stores what comes.

Usage: python tests/support/runs/piped.py send FILE | ... | ... store FILE
"""

import shutil
import sys
from pathlib import Path

if __name__ == "__main__":
    what, name = sys.argv[1:]
    if what == "send":
        with Path(name).open("rb") as file:
            shutil.copyfileobj(file, sys.stdout.buffer)
    else:
        with Path(name).open("wb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
