"""The command line: one file or folder for each command, the top of the house.

`main` is the program and turns errors into one line, `lazy` finds the commands, `run/`
is `derain run` and `bench/` is `derain bench`; every other command is the file of its
name. `doctor_checks` tries what `derain doctor` shows, `log` writes the lines of live
runs, `process_title` hides passwords from the list of processes.
"""

INTERRUPTED = 130
"""Exit status after Ctrl-C or SIGTERM: 128 and the number of SIGINT, as shells do."""
