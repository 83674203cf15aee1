"""`python -m derain`: the command line, where the script `derain` is not found."""

from streamer.cli.start import main

main()
