"""The command line: one file or folder for each command, the top of the house.

The program begins in `start`, with `supervisor` over the work; `main` turns errors into
one line, `lazy` finds the commands. A command is the file or the folder of its name;
`networks/` has those about networks, `library/` and `ray/` are `derain run` for films
and for many machines. `options` makes options of declarations, `lists` reads lists
behind options, `log` writes the lines of live runs, `process_title` hides passwords
from the list of processes.
"""

INTERRUPTED = 130
"""Exit status after Ctrl-C or SIGTERM: 128 and the number of SIGINT, as shells do."""
