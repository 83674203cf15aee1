"""The command line: one file or folder for each command, the top of the house.

`main` is the program and turns errors into one line, `lazy` finds the commands, `run/`
is `derain run`, `bench/` is `derain bench`, `rain/` is `derain rain`; every other
command is the file of its name, and `evaluate_tasks` is `derain evaluate` with a judge.
`doctor_checks` tries what `derain doctor` shows, `lists` reads lists behind options,
`log` writes the lines of live runs, `process_title` hides passwords from the list of
processes.
"""

INTERRUPTED = 130
"""Exit status after Ctrl-C or SIGTERM: 128 and the number of SIGINT, as shells do."""
