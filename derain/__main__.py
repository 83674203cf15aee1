"""`python -m derain`: the command line, where the script `derain` is not found."""

from streamer.cli.main import main

main()
