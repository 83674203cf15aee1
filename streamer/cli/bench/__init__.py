"""`derain bench`: what this machine does, alone and from end to end.

`command` is the command and prints the tables; `speeds` measures networks alone, `runs`
whole runs, `plain` the loop that people write today, `peaks` what the machine can do.
"""
