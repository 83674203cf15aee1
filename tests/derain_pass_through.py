"""The real program with a network that changes nothing, for tests of its process.

Usage: python tests/derain_pass_through.py SECONDS_PER_FRAME run SOURCE SINK ...
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from streamer.cli import run
from streamer.cli.main import main
from tests.fakes import PassThrough

if __name__ == "__main__":
    seconds = float(sys.argv.pop(1))
    vars(run)["open_network"] = lambda *_a, **_k: PassThrough(seconds=seconds)
    main()
