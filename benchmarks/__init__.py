"""What is measured: `python -m benchmarks.FOLDER.NAME --json`, `--help` for each.

network     networks, backends and their forms, alone
files       whole runs of files, and films in pieces
live        delay, audio, faults, fleets and the page of live streams; the soak
temporal    the temporal step, in-between pictures and the rain gate
quality     pictures against truth and before judges, the pages that show it
fuzzing     damaged input for the real program
gpu         what a few minutes on a machine with a GPU are spent on
support     how they measure, and the parts they run
results     what was measured, as JSON
"""
