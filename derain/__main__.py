"""The program's first lines, of the script `derain` and of `python -m derain`.

Python's own answer to Ctrl-C is a traceback. Until `streamer.cli.start` is loaded and
answers by itself, the kernel's is in force: the process ends, and says nothing.
"""

import signal


def main() -> None:
    """Runs the command line; ends the process with its exit status."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from streamer.cli.start import main as start

    start()


if __name__ == "__main__":
    main()
