"""The command line: one file for each command, the top of the house."""
