"""The real program with a network that changes nothing, for tests of its process.

It prints a line `picture` for each one that enters the network.
Usage: python tests/derain_pass_through.py SECONDS_PER_FRAME run SOURCE SINK ...
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from streamer.cli.start import main
from tests.support.fakes import PassThrough
from tests.support.networks.pass_through import let_pictures_pass

if __name__ == "__main__":
    seconds = float(sys.argv.pop(1))

    def started() -> None:
        sys.stdout.write("picture\n")
        sys.stdout.flush()

    def network(*_options: object, **_more: object) -> PassThrough:
        return PassThrough(seconds=seconds, on_start=started)

    let_pictures_pass(network)
    main()
